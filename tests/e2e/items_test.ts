/**
 * Items of a running agent: what is deleted is offered to nobody, and offered again when that is undone.
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

Deno.test("a deleted item is played by nobody, until that is undone", async () => {
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
});
