/**
 * An edge among hostile programs, over real sockets: broken frames, messages without end, slow and
 * many connections, floods. Each time a healthy peer beside them keeps being answered.
 *
 * @module
 */
import { match, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Log, type LogEntry } from "../../src/base/log.ts";
import { openClient } from "../../src/edge/link/client.ts";
import { isUndecodable } from "../../src/edge/codec.ts";
import type { Case, PeerPayloads } from "../../src/edge/messages.ts";
import { openGrpc, type StatusObject } from "../../src/edge/proto.ts";
import { open } from "./identity/visitor.ts";
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

/** The same numbers for the same seed: mulberry32. */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let it = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it;
    return ((it ^ (it >>> 14)) >>> 0) % below;
  };
}

const samples: Case<PeerPayloads>[] = [
  { case: "hello", value: { version: 1, extensions: ["stream", "media"], software: "x" } },
  { case: "ping", value: {} },
  { case: "batchFileOffer", value: { files: [{ relativePath: "a/b.mkv", sizeBytes: 2 ** 40 }] } },
  { case: "catalogAnnouncement", value: { catalogIds: ["one", "two", "three"] } },
  { case: "fileHashResponse", value: { catalogId: "x", hashes: { md5: "y" }, success: true } },
  { case: "fileDeleteResponse", value: { catalogId: "x", success: false, error: "FILE_GONE" } },
  { case: "proof", value: { signature: "s", share: "t", mac: "u" } },
  { case: "streamClose", value: { sessionId: "s" } },
  {
    case: "mediaDescriptions",
    value: {
      media: [{
        catalogId: "x",
        title: "T",
        container: "mp4",
        tracks: [{ kind: "video", codec: "avc", width: 1 }],
        sizeBytes: 5,
      }],
    },
  },
];

/** Of the 10,000, on the wire: each bad one ends a stream. */
const BAD_FRAMES = 300;
const GOOD_FRAMES = 1500;

function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const it = [...bytes];
  for (let times = 1 + random(2); times > 0; times--) {
    const at = random(it.length + 1);
    const flip = () => it.splice(at, 1, (it[at] ?? 0) ^ (1 << random(7)));
    const kinds = [
      flip,
      flip,
      flip,
      () => it.splice(at, 1, random(256)),
      () => it.splice(at, 0, random(256)),
      () => it.splice(at, 1 + random(4)),
      () => it.splice(at, 0, ...it.slice(0, random(20))),
      () => it.splice(at, 0, 0xff, 0xff, 0xff, 0xff, 0x7f),
      () => it.splice(at, it.length, ...Array.from({ length: random(40) }, () => random(256))),
    ];
    kinds[random(kinds.length)]!();
  }
  return Uint8Array.from(it);
}

Deno.test("10,000 fuzzed frames harm nobody but those who send them", grpcTest, async () => {
  const entries: LogEntry[] = [];
  await using rig = await startEdge({ log: new Log((entry) => void entries.push(entry)) });
  using healthy = await startHealthy(rig.address);
  const grpc = await openGrpc();
  const random = seeded(20_260_501);
  // All of them meet the codec; so many of them the edge as a stream has time for in a test.
  const frames: Uint8Array[] = [];
  let decoded = 0;
  let bad = 0;
  for (let n = 0; n < 10_000; n++) {
    const payload = samples[n % samples.length]!;
    const frame = mutate(grpc.codecs.peer.encode({ requestId: `r${n}`, payload }), random);
    const isBad = isUndecodable(grpc.codecs.peer.decode(frame));
    if (!isBad) decoded++;
    if (isBad ? ++bad <= BAD_FRAMES : decoded <= GOOD_FRAMES) frames.push(frame);
  }
  ok(decoded > GOOD_FRAMES && decoded < 10_000 - BAD_FRAMES, `${decoded} decoded`);
  const client = await openClient(grpc, { address: rig.address, useTls: false });
  const ends = new Map<number, number>();
  let sent = 0;
  /** Sends frames until the edge ends the stream. */
  const fuzz = async (name: string) => {
    const headers = new grpc.lib.Metadata();
    headers.set("peer_id", name);
    const stream = client.makeBidiStreamRequest<Uint8Array, null>(
      grpc.service.asyncOperations!.path,
      (bytes) => Buffer.from(bytes),
      () => null,
      headers,
    );
    stream.on("error", () => {});
    stream.on("data", () => {});
    let isOver = false;
    const ended = new Promise<void>((resolve) =>
      stream.once("status", ({ code }: StatusObject) => {
        isOver = true;
        ends.set(code, (ends.get(code) ?? 0) + 1);
        resolve();
      })
    );
    // Every frame is to be read: the next one comes behind a bad one only on another stream.
    while (!isOver && frames.length > 0) {
      const frame = frames.pop()!;
      sent++;
      stream.write(frame);
      if (isUndecodable(grpc.codecs.peer.decode(frame))) break;
    }
    if (frames.length > 0) return await ended;
    stream.end();
    await ended;
  };
  await Promise.all(Array.from({ length: 8 }, async (_, worker) => {
    for (let n = 0; frames.length > 0; n++) await fuzz(`fuzz-${worker}-${n % 3}`);
  }));

  strictEqual(sent, BAD_FRAMES + GOOD_FRAMES);
  await healthy.check();
  client.close();
  const { INVALID_ARGUMENT, OK, PERMISSION_DENIED, INTERNAL } = grpc.lib.status;
  strictEqual(ends.get(INVALID_ARGUMENT), BAD_FRAMES);
  for (const code of ends.keys()) {
    ok([INVALID_ARGUMENT, OK, PERMISSION_DENIED].includes(code), `${code}`);
  }
  strictEqual(ends.get(INTERNAL), undefined);
  await until(() => rig.edge.onlineCount() === 1);
  // Told, but not a thousand times.
  const refused = entries.filter(({ message }) => message === "Message refused");
  ok(refused.length > 0 && refused.length < 50, `${refused.length} lines`);
});

Deno.test(
  "a message that is too long ends its stream, and the limit is named",
  grpcTest,
  async () => {
    await using rig = await startEdge();
    using healthy = await startHealthy(rig.address);
    using peer = await open(rig.address, { "peer_id": "large" });
    const catalogIds = Array.from({ length: 130_000 }, () => "x".repeat(36));

    peer.send({ requestId: "r", payload: { case: "catalogAnnouncement", value: { catalogIds } } });

    const { code, details } = await peer.ended;
    strictEqual(code, RESOURCE_EXHAUSTED);
    match(details, /4194304/);
    await healthy.check();
  },
);

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
