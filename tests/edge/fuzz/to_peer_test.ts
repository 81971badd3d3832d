/**
 * A peer that is told 2,000 things that no edge would say: it stays linked, does what well-formed
 * commands among them say, and nothing else.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { isUndecodable } from "../../../src/edge/codec.ts";
import {
  type Case,
  edgeExtensions,
  type EdgeMessage,
  type EdgePayloads,
  type PeerMessage,
} from "../../../src/edge/messages.ts";
import { type EdgeStream, openGrpc } from "../../../src/edge/proto.ts";
import { say } from "../../helpers/say.ts";
import { listening } from "../listening.ts";
import { grpcTest, MapLibrary, startLink, until } from "../rig.ts";
import { rewritten, scratched, seeded } from "./frames.ts";

const hello = { version: 1, extensions: edgeExtensions, software: "x", catalogue: "c" };

const samples: Case<EdgePayloads>[] = [
  { case: "hello", value: { ...hello, grantKeys: [{ kid: "k", publicKey: "p" }] } },
  { case: "ping", value: {} },
  { case: "fileDeleteRequest", value: { catalogIds: ["none", "neither"] } },
  { case: "fileHashRequest", value: { catalogId: "none", hashTypes: ["md5", "sha1"] } },
  { case: "fileRemapRequest", value: { oldCatalogId: "none", newCatalogId: "other" } },
  {
    case: "batchFileOfferResponse",
    value: { files: [{ relativePath: "none.mp4", catalogId: "none" }] },
  },
  { case: "catalogAnnouncementRequest", value: {} },
  {
    case: "screenshotCaptureRequest",
    value: {
      catalogId: "none",
      quantity: 2,
      uploadToken: "t",
      uploadEndpoint: "/api/screenshot/x",
    },
  },
  {
    case: "streamOpenRequest",
    value: {
      sessionId: "s",
      catalogId: "none",
      sdp: "v=0",
      grant: "x.y.z",
      iceServers: [{ urls: ["stun:x"], username: "u", credential: "c" }],
    },
  },
  { case: "streamAnswer", value: { sessionId: "s", sdp: "v=0", grant: "x.y.z" } },
  {
    case: "streamCandidate",
    value: { sessionId: "s", candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 },
  },
  { case: "grantRenewal", value: { sessionId: "s", grant: "x.y.z" } },
  { case: "grantRevoked", value: { sessionId: "s", reason: "r" } },
  { case: "streamClose", value: { sessionId: "s" } },
  { case: "unknownCatalogIds", value: { catalogIds: ["none"] } },
  { case: "catalogDigestAnswer", value: { same: true } },
  { case: "challenge", value: { nonce: "n", publicKey: "p", signature: "s", share: "t" } },
  { case: "admitted", value: { mac: "m" } },
];

const FRAMES = 2000;
/** A command among so many. */
const EVERY = 50;

Deno.test("2,000 fuzzed frames of an edge harm no peer", grpcTest, async () => {
  const { lib, service, codecs } = await openGrpc();
  const received: PeerMessage[] = [];
  const opened = Promise.withResolvers<EdgeStream>();
  let streams = 0;
  const server = new lib.Server();
  const raw = (bytes: Uint8Array) => Buffer.from(bytes);
  server.addService({
    ...service,
    asyncOperations: { ...service.asyncOperations!, responseSerialize: raw },
  }, {
    asyncOperations(stream: EdgeStream) {
      streams++;
      stream.on("error", () => {});
      stream.on("end", () => stream.end());
      stream.on("data", (message: PeerMessage) => received.push(message));
      opened.resolve(stream);
    },
    webrtcOperations() {},
  });
  const port = await listening(server, lib);
  using _server = { [Symbol.dispose]: () => server.forceShutdown() };
  const library = new MapLibrary();
  const names = Array.from({ length: 20 }, (_, n) => `film-${n}`);
  for (const name of names) library.files.set(`${name}.mp4`, { sizeBytes: 1, catalogId: name });
  const entries: LogEntry[] = [];
  await using peer = startLink(`127.0.0.1:${port}`, library, {
    settings: { heartbeatSec: 60 },
    log: new Log((entry) => void entries.push(entry)),
  });
  const stream = await opened.promise;
  const send = async (bytes: Uint8Array) => {
    if (!stream.write(bytes as unknown as EdgeMessage)) await once(stream, "drain");
  };
  const tell = (requestId: string, payload: Case<EdgePayloads>) =>
    send(codecs.edge.encode({ requestId, edgeId: "e", payload }));
  await tell("hello", { case: "hello", value: hello });

  const random = seeded(20_261_122);
  const began = performance.now();
  let bad = 0;
  for (let n = 0; n < FRAMES; n++) {
    const payload = samples[n % samples.length]!;
    const whole = codecs.edge.encode({ requestId: `r${n}`, edgeId: "e", payload });
    const frame = (n % 4 === 0 ? scratched : rewritten)(whole, random);
    if (isUndecodable(codecs.edge.decode(frame))) bad++;
    await send(frame);
    if (n % EVERY > 0) continue;
    const value = { catalogId: names[n / EVERY % names.length]!, hashTypes: ["md5"] };
    await tell(`good-${n}`, { case: "fileHashRequest", value });
    const answer = await until(() => received.find((it) => it.requestId === `good-${n}`));
    ok(answer.payload?.case === "fileHashResponse" && answer.payload.value.success);
  }
  const ms = Math.round(performance.now() - began);

  ok(bad > 200 && bad < FRAMES / 2, `${bad} bad ones`);
  strictEqual(streams, 1);
  strictEqual(peer.link.state().connected, true);
  const ignored = peer.link.metrics().find(({ name }) => name.endsWith("messages_ignored_total"));
  ok(Number(ignored?.samples[0]?.value) >= bad);
  // Nothing that it has was touched: all that was said spoke of other files.
  deepStrictEqual(library.catalogIds().sort(), names.toSorted());
  const loud = entries.filter(({ message }) => message === "Ignored a message of the edge");
  ok(loud.length > 0 && loud.filter(({ level }) => level === "warn").length < 50, `${loud.length}`);
  deepStrictEqual(entries.filter(({ level }) => level === "error"), []);
  say(`2,000 fuzzed frames to a peer, ${bad} of them bad: ${ms} ms, ${received.length} answers`);
});
