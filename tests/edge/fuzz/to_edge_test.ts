/**
 * An edge that is told 10,000 things that nobody would say, all over the wire, while a well-behaved
 * peer does what it is told.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { openClient } from "../../../src/edge/link/client.ts";
import { isUndecodable } from "../../../src/edge/codec.ts";
import type { Case, PeerPayloads } from "../../../src/edge/messages.ts";
import { type Client, type Grpc, openGrpc, type StatusObject } from "../../../src/edge/proto.ts";
import { say } from "../../helpers/say.ts";
import { grpcTest, MapLibrary, startEdge, startLink, until } from "../rig.ts";
import { rewritten, scratched, seeded } from "./frames.ts";

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

const FRAMES = 10_000;
/** Of those with bytes changed anywhere, most end a stream. */
const SCRATCHED = 400;
/** Each costs a stream of its own. */
const MAX_BAD = 700;
const STREAMS = 12;
/** What the well-behaved peer may take for an answer, while two processors do all of this. */
const PATIENCE_MS = 3000;
const MAX_GROWTH_BYTES = 512 * 1024 ** 2;

interface Shot {
  frame: Uint8Array;
  isBad: boolean;
}

function makeShots({ codecs }: Grpc): Shot[] {
  const random = seeded(20_260_501);
  let bad = 0;
  return Array.from({ length: FRAMES }, (_, n) => {
    const payload = samples[n % samples.length]!;
    const whole = codecs.peer.encode({ requestId: `r${n}`, payload });
    const isScratched = n % Math.floor(FRAMES / SCRATCHED) === 0;
    const draw = () => (isScratched ? scratched : rewritten)(whole, random);
    const check = (frame: Uint8Array) => isUndecodable(codecs.peer.decode(frame));
    let frame = draw();
    while (bad >= MAX_BAD && check(frame)) frame = draw();
    const isBad = check(frame);
    if (isBad) bad++;
    return { frame, isBad };
  });
}

/** Sends shots up to the first bad one, on one stream; the status that it ends with. */
async function fuzz(grpc: Grpc, client: Client, name: string, shots: Shot[]): Promise<number> {
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
  const ended = new Promise<number>((resolve) =>
    stream.once("status", ({ code }: StatusObject) => {
      isOver = true;
      resolve(code);
    })
  );
  for (let shot; !isOver && (shot = shots.pop());) {
    const hasRoom = stream.write(shot.frame);
    if (shot.isBad) return await ended;
    if (hasRoom) continue;
    await Promise.race([ended, new Promise<void>((resolve) => void stream.once("drain", resolve))]);
  }
  stream.end();
  return await ended;
}

/** Gives commands to a peer, one after the other, until it is stopped. */
function commandAll(edge: Awaited<ReturnType<typeof startEdge>>["edge"], catalogId: string) {
  let isOver = false;
  let longestMs = 0;
  let count = 0;
  const running = (async () => {
    while (!isOver) {
      const began = performance.now();
      const payload = {
        case: "fileHashRequest" as const,
        value: { catalogId, hashTypes: [`md5`] },
      };
      const answers = await edge.commands.send({ peerId: "healthy", payload });
      strictEqual(answers.length, 1);
      ok(answers[0]?.case === "fileHashResponse" && answers[0].value.success);
      longestMs = Math.max(longestMs, performance.now() - began);
      count++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  running.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await running;
      return { longestMs, count };
    },
  };
}

Deno.test("10,000 fuzzed frames harm nobody but those who send them", grpcTest, async () => {
  const entries: LogEntry[] = [];
  await using rig = await startEdge({ log: new Log((entry) => void entries.push(entry)) });
  const library = new MapLibrary("Alien.mp4");
  await using _healthy = startLink(rig.address, library, { settings: { peerId: "healthy" } });
  const [catalogId] = await until(() => library.catalogIds().length === 1 && library.catalogIds());
  const grpc = await openGrpc();
  const client = await openClient(grpc, { address: rig.address, useTls: false });
  const shots = makeShots(grpc);
  const bad = shots.filter(({ isBad }) => isBad).length;
  strictEqual(bad, MAX_BAD);
  const healthy = commandAll(rig.edge, catalogId!);
  const rssBefore = Deno.memoryUsage().rss;
  const began = performance.now();

  const ends = new Map<number, number>();
  await Promise.all(Array.from({ length: STREAMS }, async (_, worker) => {
    for (let n = 0; shots.length > 0; n++) {
      const code = await fuzz(grpc, client, `fuzz-${worker}-${n}`, shots);
      ends.set(code, (ends.get(code) ?? 0) + 1);
    }
  }));

  const { longestMs, count } = await healthy.stop();
  const ms = performance.now() - began;
  client.close();
  const { INVALID_ARGUMENT, OK } = grpc.lib.status;
  for (const code of ends.keys()) {
    ok(code === INVALID_ARGUMENT || code === OK, `${code}`);
  }
  strictEqual(ends.get(INVALID_ARGUMENT), bad);
  ok(longestMs < PATIENCE_MS, `a healthy peer took ${Math.round(longestMs)} ms`);
  ok(count > 20, `${count} commands`);
  await until(() => rig.edge.onlineCount() === 1);
  // Counted, and told, but not a thousand times.
  const refusals = rig.edge.metrics().find((it) => it.name === "giggityflix_edge_refusals_total");
  strictEqual(refusals?.samples[0]?.value, bad);
  const refused = entries.filter(({ message }) => message === "Message refused");
  ok(refused.length > 0 && refused.length < 50, `${refused.length} lines`);
  const grown = Deno.memoryUsage().rss - rssBefore;
  ok(grown < MAX_GROWTH_BYTES, `${Math.round(grown / 1024 ** 2)} MiB more`);
  const facts = { bad, ms, longestMs, count, grownMiB: grown / 1024 ** 2 };
  say(
    `10,000 fuzzed frames to an edge: ${
      JSON.stringify(facts, (_, it) => typeof it === "number" ? Math.round(it) : it)
    }`,
  );
});
