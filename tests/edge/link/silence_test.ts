/**
 * Edges that say nothing: those that are not there any more, though the connection stands, and those
 * that never say anything.
 *
 * @module
 */
import { match, ok, strictEqual } from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { isGone } from "../../../src/edge/link/silence.ts";
import { CuttingProxy } from "../cuts/proxy.ts";
import { PublishedEdge } from "../published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, until } from "../rig.ts";

/** An empty SETTINGS, and the receipt for the other end's: RFC 9113, 6.5. */
const SETTINGS = Uint8Array.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]);

/** Takes connections, says so much, and swallows all that comes from then on. */
async function blackHole(first: Uint8Array) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}).resume());
    socket.write(first);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const quick = { timeoutSec: 0.3, heartbeatSec: 30, reconnectIntervalSec: 0.01 };

for (
  const [how, first] of [
    ["before any answer", new Uint8Array()],
    ["after the first words of HTTP/2", SETTINGS],
  ] as const
) {
  Deno.test(`a line that dies ${how} is given up, and the next edge tried`, grpcTest, async () => {
    await using hole = await blackHole(first);
    await using edge = await startEdge();
    await using peer = startLink(`${hole.address},${edge.address}`, new MapLibrary(), {
      settings: quick,
    });

    await peer.event("link.connected");

    strictEqual(peer.link.state().address, edge.address);
    // It was never said to be linked.
    strictEqual(peer.seen.length, 1);
  });

  Deno.test(`a line that dies ${how} is tried again and again`, grpcTest, async () => {
    await using hole = await blackHole(first);
    await using peer = startLink(hole.address, new MapLibrary(), { settings: quick });

    await until(() => hole.sockets.length >= 3);

    match(peer.link.state().reason ?? "", /nothing answers|has not answered in 0\.3 s/i);
    strictEqual(peer.link.state().connected, false);
  });
}

Deno.test("a joined edge whose network goes is asked, without a ping", grpcTest, async () => {
  await using edge = await startEdge();
  await using proxy = await CuttingProxy.open(Number(edge.address.split(":")[1]));
  const { fingerprint } = edge.edge.identities;
  const identity = { key: makeIdentityKey(), timeoutMs: 5000, pinOf: () => fingerprint };
  await using peer = startLink(proxy.address, new MapLibrary(), {
    settings: { timeoutSec: 2, heartbeatSec: 0.3, reconnectIntervalSec: 0.01, identity },
  });
  await until(() => peer.link.state().extensions.length > 0);

  proxy.cut("silence");

  await peer.event("link.disconnected");
  match(peer.link.state().reason ?? "", /has not answered in 2 s/);
});

Deno.test("an edge that never says a word, and is there, is left in peace", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  await using peer = startLink(edge.address, new MapLibrary("Alien.mp4"), {
    settings: { timeoutSec: 0.1, heartbeatSec: 0.1 },
  });

  await peer.event("link.connected");
  const began = Date.now();
  await until(() => edge.received.length >= 8);

  ok(Date.now() - began > 300, "for longer than any limit");
  strictEqual(edge.peerIds.length, 1);
  strictEqual(peer.link.state().connected, true);
});

Deno.test("isGone() asks who is silent, and nobody else", async () => {
  const over = new AbortController();
  const asked: number[] = [];
  let heardAt = 0;
  let answers = 0;
  const watch = (ask: () => "there" | "silent" | "ended", isWatched = () => false) =>
    isGone({
      ask: () => {
        asked.push(Date.now());
        return Promise.resolve(ask());
      },
      answered: () => answers++,
      heardAt: () => heardAt,
      isWatched,
      limitMs: 20,
      everyMs: 20,
      signal: over.signal,
    });

  strictEqual(await watch(() => asked.length < 3 ? "there" : "silent"), true);
  strictEqual(answers, 2);
  strictEqual(await watch(() => "silent", () => true), false);
  strictEqual(asked.length, 3);

  // It speaks, so it is not asked; and what it says meanwhile counts as its answer.
  heardAt = Date.now() + 200;
  const speaking = watch(() => "silent");
  await sleep(60);
  strictEqual(asked.length, 3);
  over.abort();
  strictEqual(await speaking, false);
});
