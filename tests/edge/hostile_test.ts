/**
 * An edge among hostile programs, over real sockets: messages without end, slow and many
 * connections, floods. Each time a healthy peer beside them keeps being answered.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Log, type LogEntry } from "../../src/base/log.ts";
import { makeIdentityKey } from "../../src/edge/identity/mod.ts";
import { open, openSigned } from "./identity/visitor.ts";
import { grpcTest, startEdge, until } from "./rig.ts";

const RESOURCE_EXHAUSTED = 8;
/** What the healthy peer may wait for its answer, while two processors do all of this. */
const PATIENCE_MS = 2000;

/** A peer that asks again and again, and how long its longest wait was. */
async function startHealthy(address: string) {
  const peer = await open(address, { "peer_id": "healthy" });
  const hello = { version: 1, extensions: [], software: "" };
  peer.send({ requestId: "hello", payload: { case: "hello", value: hello } });
  await peer.receive("hello");
  let isOver = false;
  let longest = 0;
  let count = 0;
  const running = (async () => {
    while (!isOver) {
      const requestId = `ping-${count++}`;
      const started = performance.now();
      peer.send({ requestId, payload: { case: "ping", value: {} } });
      await peer.receipt(requestId);
      longest = Math.max(longest, performance.now() - started);
      await sleep(5);
    }
  })();
  running.catch(() => {});
  return {
    /** Rejects when the peer was not answered, or not in time. */
    async check() {
      for (const seen = count; count < seen + 3;) await Promise.race([running, sleep(5)]);
      isOver = true;
      await running;
      ok(longest < PATIENCE_MS, `a healthy peer waited ${Math.round(longest)} ms`);
    },
    [Symbol.dispose]: () => peer[Symbol.dispose](),
  };
}

Deno.test(
  "a message that is too long ends its stream, and the limit is named",
  grpcTest,
  async () => {
    const entries: LogEntry[] = [];
    await using rig = await startEdge({ log: new Log((entry) => void entries.push(entry)) });
    using healthy = await startHealthy(rig.address);
    using peer = await open(rig.address, { "peer_id": "large" });
    const catalogIds = Array.from({ length: 130_000 }, () => "x".repeat(36));

    peer.send({ requestId: "r", payload: { case: "catalogAnnouncement", value: { catalogIds } } });

    const { code, details } = await peer.ended;
    strictEqual(code, RESOURCE_EXHAUSTED);
    match(details, /4194304/);
    await until(() => entries.some(({ message }) => message === "Peer disconnected"));
    const refused = entries.find(({ message }) => message === "Message refused");
    deepStrictEqual([refused?.fields?.peerId, refused?.fields?.reason], ["large", details]);
    await healthy.check();
  },
);

Deno.test("a name that is too long is refused, and not logged in full", grpcTest, async () => {
  const entries: LogEntry[] = [];
  await using rig = await startEdge({ log: new Log((entry) => void entries.push(entry)) });

  using peer = await open(rig.address, { "peer_id": "x".repeat(5000) });

  strictEqual((await peer.ended).details, "Peer validation failed");
  const refused = entries.find(({ message }) => message === "Peer refused");
  strictEqual(refused?.fields?.peerId, `${"x".repeat(300)}… (5000 characters)`);
});

Deno.test("one address has so many streams and connections, and no more", grpcTest, async () => {
  const entries: LogEntry[] = [];
  const limits = { countsLoopback: true, perAddress: { connections: 6, streams: 4 } };
  await using rig = await startEdge({
    identity: { limits },
    log: new Log((entry) => void entries.push(entry)),
  });
  using healthy = await startHealthy(rig.address);
  using held = new DisposableStack();
  for (let n = 0; n < 3; n++) {
    const peer = held.use(await open(rig.address, { "peer_id": `p${n}` }));
    const hello = { version: 1, extensions: [], software: "" };
    peer.send({ requestId: "h", payload: { case: "hello", value: hello } });
    await peer.receive("hello");
  }
  using fifth = await open(rig.address, { "peer_id": "p4" });
  const { code, details } = await fifth.ended;
  strictEqual(code, RESOURCE_EXHAUSTED);
  strictEqual(details, "4 streams of this address are open");

  const sockets = await Promise.all(Array.from({ length: 30 }, () => rawSocket(rig.address)));
  await until(() => sockets.filter(({ closed }) => closed).length >= 25);
  sockets.forEach((it) => it.destroy());
  await healthy.check();
  ok(entries.some(({ message }) => message === "Connection refused"));
  ok(entries.filter(({ level }) => level === "warn").length < 10);
});

Deno.test(
  "an address that fails at the door again and again is not looked at",
  grpcTest,
  async () => {
    await using rig = await startEdge({
      identity: { limits: { countsLoopback: true, failuresPerMin: 3 } },
    });
    using healthy = await startHealthy(rig.address);
    const key = makeIdentityKey();
    for (let n = 0; n < 3; n++) {
      using peer = await openSigned(rig.address, `p${n}`, key);
      await peer.receive("challenge");
    }

    const code = async () => {
      using peer = await openSigned(rig.address, "p4", key);
      const end = peer.ended.then(({ details }) => details);
      return await Promise.race([
        end,
        peer.receive("challenge").then(() => "challenge", () => end),
      ]);
    };
    await until(async () => await code() !== "challenge");

    strictEqual(await code(), "3 streams of this address were not admitted in a minute");
    await healthy.check();
  },
);

Deno.test(
  "who connects and says nothing, or a letter at a time, is cut off",
  grpcTest,
  async () => {
    await using rig = await startEdge({
      identity: { limits: { idleMs: 300 } },
      timeouts: { peerSec: 1 },
    });
    using healthy = await startHealthy(rig.address);
    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const sockets = await Promise.all(Array.from({ length: 50 }, () => rawSocket(rig.address)));
    const timer = setInterval(() => {
      for (const [n, socket] of sockets.entries()) {
        if (n % 2 || socket.closed) continue;
        socket.write(preface[socket.bytesWritten % preface.length]!);
      }
    }, 20);

    await until(() => sockets.every(({ closed }) => closed));

    clearInterval(timer);
    await healthy.check();
  },
);

Deno.test(
  "a flood of messages that nobody reads the answers of goes at the edge's pace",
  grpcTest,
  async () => {
    await using rig = await startEdge();
    using healthy = await startHealthy(rig.address);
    using flood = await open(rig.address, { "peer_id": "flood" });
    const hello = { version: 1, extensions: [], software: "" };
    flood.send({ requestId: "h", payload: { case: "hello", value: hello } });
    await flood.receive("hello");
    const catalogIds = Array.from({ length: 50 }, (_, n) => `id-${n}`);
    for (let n = 0; n < 1500; n++) {
      flood.send({ requestId: `${n}`, payload: { case: "ping", value: {} } });
      if (n % 10 === 0) {
        flood.send({
          requestId: `a${n}`,
          payload: { case: "catalogAnnouncement", value: { catalogIds } },
        });
      }
      await flood.hasRoom();
    }
    flood.send({ requestId: "last", payload: { case: "ping", value: {} } });

    await flood.receipt("last"); // all were heard, none was lost
    await healthy.check();
  },
);

async function rawSocket(address: string): Promise<Socket> {
  const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.resume();
  return socket;
}
