/**
 * Items of a running agent: what is deleted is offered to nobody, and offered again when that is
 * undone; what is called something else is so at the edge.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type RunningAgent, startAgent, untilCataloged } from "../helpers/agent.ts";
import { tempDir } from "../helpers/temp.ts";

async function send(agent: RunningAgent, method: string, path: string): Promise<Response> {
  return await fetch(agent.url + path, { method });
}

/** Until so many titles can be played. */
async function untilOnline(agent: RunningAgent, count: number): Promise<string[]> {
  let ids: string[] = [];
  for (let attempt = 0; attempt < 400; attempt++) {
    const { items } = await agent.get<{ items: { catalog_id: string; online: boolean }[] }>(
      "/api/catalog/",
    );
    ids = items.filter(({ online }) => online).map((it) => it.catalog_id);
    if (ids.length === count) return ids.sort();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${ids.length} titles, not ${count}:\n${agent.output()}`);
}

/** Until the edge calls a film so. */
async function untilCalled(agent: RunningAgent, catalogId: string, title: string): Promise<void> {
  let called = "";
  for (let attempt = 0; attempt < 400 && called !== title; attempt++) {
    ({ title: called } = await agent.get<{ title: string }>(`/api/catalog/${catalogId}`));
    if (called !== title) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  strictEqual(called, title);
}

Deno.test("a deleted item is played by nobody, until that is undone; the edge calls it as people do", async () => {
  await using data = await tempDir();
  await using agent = await startAgent({ dataDir: data.path });
  await untilCataloged(agent, agent);
  const before = await untilOnline(agent, 4);
  const { items } = await agent.get<{ items: { id: string; media: { catalog_id: string } }[] }>(
    "/api/items/",
  );
  strictEqual(items.length, 4);
  const { id, media } = items[0]!;

  strictEqual((await send(agent, "DELETE", `/api/items/${id}`)).status, 204);
  deepStrictEqual(
    await untilOnline(agent, 3),
    before.filter((catalogId) => catalogId !== media.catalog_id),
  );

  const { items: [change] } = await agent.get<{ items: { batch: string }[] }>("/api/changes/");
  const undone = await send(agent, "POST", `/api/changes/${change!.batch}/undo`);
  strictEqual(undone.status, 200);
  await undone.body?.cancel();
  deepStrictEqual(await untilOnline(agent, 4), before);

  const named = { method: "PATCH", body: JSON.stringify({ title: "Heat" }) };
  const headers = { "content-type": "application/json" };
  const patched = await fetch(`${agent.url}/api/items/${id}`, { ...named, headers });
  strictEqual(patched.status, 200);
  await patched.body?.cancel();
  await untilCalled(agent, media.catalog_id, "Heat");
});
