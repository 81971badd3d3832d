/**
 * Settings that change while the agent runs.
 *
 * @module
 */
import { strictEqual } from "node:assert/strict";
import {
  listAll,
  runCommand,
  type RunningAgent,
  startAgent,
  untilScanned,
} from "../helpers/agent.ts";
import { samples } from "../helpers/clips.ts";
import { freePort } from "../helpers/port.ts";
import { tempDir } from "../helpers/temp.ts";

interface Health {
  parts: {
    link: { connected: boolean; address: string };
    edge: { status: string; address?: string; peers?: number };
    drives: { lanes: { drive_ids: string[]; limit: number }[] };
  };
}

Deno.test("a peer joins another edge, and becomes its own again, without a restart", async () => {
  await using edgeDir = await tempDir();
  await using peerDir = await tempDir();
  await using edge = await startAgent({ role: "edge", dataDir: edgeDir.path });
  const other = (await untilHealth(edge, ({ parts }) => parts.edge.peers === 0)).parts.edge
    .address!;
  await using peer = await startAgent({ dataDir: peerDir.path });
  const own = await untilHealth(peer, ({ parts }) => parts.link.connected);
  strictEqual(own.parts.edge.status, "healthy");

  await set(peer, "edge_grpc_address", other);

  const joined = await untilHealth(
    peer,
    ({ parts }) => parts.link.connected && parts.edge.status === "off",
  );
  strictEqual(joined.parts.link.address, other);
  await untilHealth(edge, ({ parts }) => parts.edge.peers === 1);
  await until(async () => (await listAll(edge, "/api/catalog/")).length === 4);

  await set(peer, "edge_grpc_address", null);

  const back = await untilHealth(
    peer,
    ({ parts }) => parts.link.connected && parts.edge.status !== "off",
  );
  strictEqual(back.parts.edge.peers, 1);
  await untilHealth(edge, ({ parts }) => parts.edge.peers === 0);
  await until(async () => (await listAll(peer, "/api/catalog/")).length === 4);
});

Deno.test("the edge moves to another port, and the link follows", async () => {
  await using data = await tempDir();
  await runCommand(["config", "set", "grpc_server_address", "127.0.0.1:0"], { dataDir: data.path });
  await using agent = await startAgent({
    dataDir: data.path,
    env: { GRPC_SERVER_ADDRESS: "" },
  });
  const before = await untilHealth(agent, ({ parts }) => parts.link.connected);
  const address = `127.0.0.1:${freePort()}`;

  await set(agent, "grpc_server_address", address);

  const after = await untilHealth(
    agent,
    ({ parts }) => parts.link.connected && parts.link.address !== before.parts.link.address,
  );
  strictEqual(after.parts.link.address, address);
  strictEqual(after.parts.edge.address, address);
});

Deno.test("a media folder that is set is scanned at once, and the samples go", async () => {
  await using data = await tempDir();
  await using root = await tempDir();
  await root.file("mine.webm", await Deno.readFile(samples.webm));
  await using agent = await startAgent({ dataDir: data.path });
  await untilScanned(agent);

  await set(agent, "media_dirs", root.path);

  await until(async () => {
    const titles = await listAll<{ title: string; online: boolean }>(agent, "/api/catalog/");
    return titles.map(({ title }) => title).join() === "mine";
  });
});

Deno.test("a drive's limit is another at once, by its id before its kind", async () => {
  await using data = await tempDir();
  await using agent = await startAgent({ dataDir: data.path });
  await untilScanned(agent);
  const limitOf = ({ parts }: Health) => parts.drives.lanes.map(({ limit }) => limit).join();
  const { parts } = await untilHealth(agent, (health) => limitOf(health) !== "");
  const [lane] = parts.drives.lanes;

  await set(agent, "io_limits", `${lane!.drive_ids[0]}=7,hdd=3,virtual=3,ssd=3,nvme=3,unknown=3`);
  await untilHealth(agent, (health) => limitOf(health).startsWith("7"));
  await set(agent, "io_limits", null);
  await untilHealth(agent, (health) => !limitOf(health).startsWith("7"));

  const response = await fetch(`${agent.url}/api/configurations/io_limits/value/`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value: "hdd=many" }),
  });
  strictEqual(response.status, 400);
  strictEqual(/expected kind=readers or drive id=readers/.test(await response.text()), true);
});

async function set(agent: RunningAgent, key: string, value: unknown): Promise<void> {
  const response = await fetch(`${agent.url}/api/configurations/${key}/value/`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value }),
  });
  strictEqual(response.status, 200, await response.text());
}

async function untilHealth(
  agent: RunningAgent,
  test: (health: Health) => boolean | undefined,
): Promise<Health> {
  let last: Health | undefined;
  await until(async () => test(last = await agent.get<Health>("/api/health/")) === true)
    .catch((cause) => {
      throw new Error(`${JSON.stringify(last?.parts)}\n${agent.output()}`, { cause });
    });
  return last!;
}

/** Asks again and again; what is not there for a moment, a server that moves, is asked again. */
async function until(test: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!await test().catch(() => false)) {
    if (Date.now() > end) throw new Error("Waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
