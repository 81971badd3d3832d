/**
 * Programs that know only the published messages against ours: an original peer on our edge, and
 * our peer on an original edge.
 *
 * @module
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { Log } from "../../src/base/log.ts";
import { PublishedEdge, PublishedPeer } from "./published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

const status = {
  unknown: 2,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
};

const alien = { "relative_path": "Films\\Alien.mkv", "size_bytes": 5_000_000_000 };
const offer = { "request_id": "o1", "batch_file_offer": { files: [alien] } };

Deno.test("an original peer is given an id and enters the catalogue", grpcTest, async () => {
  await using rig = await startEdge();
  using peer = new PublishedPeer(rig.address, "old");
  await peer.headers;

  peer.send(offer);
  const reply = await peer.receive("batch_file_offer_response");
  const [file] = (reply.batch_file_offer_response as {
    files: { relative_path: string; catalog_id: string }[];
  }).files;
  strictEqual((await titles(rig.edge)).length, 0); // offered is not yet announced
  peer.send({ request_id: "a1", catalog_announcement: { catalog_ids: [file!.catalog_id] } });
  const [item] = await until(async () =>
    (await titles(rig.edge)).length > 0 && (await titles(rig.edge))
  );

  strictEqual(reply.request_id, "o1");
  strictEqual(reply.edge_id, "edge-1");
  strictEqual(file!.relative_path, "Films\\Alien.mkv");
  deepStrictEqual(item, {
    catalogId: file!.catalog_id,
    title: "Alien",
    sizeBytes: 5_000_000_000,
    online: true,
    availablePeerCount: 1,
    replicas: [{ peerId: "old", relativePath: "Films\\Alien.mkv", online: true }],
  });
  // No extension, and no receipt, goes to a peer that has not asked for one.
  deepStrictEqual(peer.received, []);
  await rejects(
    rig.edge.openStream({ catalogId: item!.catalogId, sdp: "v=0" }, new AbortController().signal),
    /cannot stream through this edge/,
  );

  peer.send({ ...offer, request_id: "o2" });
  const again = await peer.receive("batch_file_offer_response");
  deepStrictEqual(again.batch_file_offer_response, reply.batch_file_offer_response);
});

Deno.test(
  "an empty heartbeat does not empty the catalogue: the list is asked for",
  grpcTest,
  async () => {
    await using rig = await startEdge();
    using peer = new PublishedPeer(rig.address, "old");
    peer.send(offer);
    const reply = await peer.receive("batch_file_offer_response");
    const [file] = (reply.batch_file_offer_response as { files: { catalog_id: string }[] }).files;
    peer.send({ request_id: "a1", catalog_announcement: { catalog_ids: [file!.catalog_id] } });
    await until(async () => (await titles(rig.edge)).length === 1);

    peer.send({ request_id: "a2", catalog_announcement: {} });
    const pull = await peer.receive("catalog_announcement_request");
    strictEqual((await titles(rig.edge)).length, 1);
    peer.send({ request_id: pull.request_id!, catalog_announcement: {} });

    await until(async () => (await titles(rig.edge)).length === 0);
  },
);

Deno.test("what an original peer has deleted is not in the catalogue", grpcTest, async () => {
  await using rig = await startEdge();
  using peer = new PublishedPeer(rig.address, "theirs");
  const files = ["a.mkv", "b.mkv", "c.mkv"].map((it) => ({ relative_path: it, size_bytes: 1 }));
  peer.send({ request_id: "1", batch_file_offer: { files } });
  const { batch_file_offer_response: answer } = await peer.receive("batch_file_offer_response");
  const ids = (answer as { files: { catalog_id: string }[] }).files.map((it) => it.catalog_id);
  peer.send({ request_id: "2", catalog_announcement: { catalog_ids: ids } });
  const online = async () => (await titles(rig.edge)).filter((it) => it.online).length;
  await until(async () => await online() === 3);
  const heartbeat = () => peer.send({ request_id: "", catalog_announcement: {} });
  const answerList = async (left: string[]) => {
    const { request_id } = await peer.receive("catalog_announcement_request");
    peer.send({ request_id: request_id!, catalog_announcement: { catalog_ids: left } });
  };
  heartbeat();
  await answerList(ids);

  // It deletes two, and says so of one.
  const payload = {
    case: "fileDeleteRequest",
    value: { catalogIds: ids.slice(0, 2) },
  } as const;
  await rig.edge.commands.give({ peerId: "theirs", payload });
  const { request_id } = await peer.receive("file_delete_request");
  const deleted = { "catalog_id": ids[0], success: true };
  peer.send({ request_id: request_id!, file_delete_response: deleted });

  await until(async () => await online() === 2);
  heartbeat();
  await answerList(ids.slice(2));
  await until(async () => await online() === 1);
});

Deno.test("a second stream of a peer is refused, and the first one stays", grpcTest, async () => {
  await using rig = await startEdge();
  using first = new PublishedPeer(rig.address, "twin");
  await first.headers;

  using second = new PublishedPeer(rig.address, "twin");
  const refused = await second.ended;

  strictEqual(refused.code, status.permissionDenied);
  strictEqual(refused.details, "Peer validation failed");
  first.send(offer);
  ok(await first.receive("batch_file_offer_response"));
  first.end();
  strictEqual((await first.ended).code, 0);
  using third = new PublishedPeer(rig.address, "twin");
  third.send(offer);
  ok(await third.receive("batch_file_offer_response"));
});

Deno.test("nobody gets in without peer_id, or when the edge is full", grpcTest, async () => {
  const reasons: unknown[] = [];
  const log = new Log(({ fields }) => void reasons.push(fields?.reason));
  await using rig = await startEdge({ maxPeers: 1, log });
  using nobody = new PublishedPeer(rig.address);
  using empty = new PublishedPeer(rig.address, "");
  const missing = { code: status.unauthenticated, details: "Missing peer_id" };

  for (const { ended } of [nobody, empty]) {
    const { code, details } = await ended;
    deepStrictEqual({ code, details }, missing);
  }
  await rejects(nobody.webrtc({ request_id: "w" }), missing);
  using _one = new PublishedPeer(rig.address, "one");
  await _one.headers;
  using two = new PublishedPeer(rig.address, "two");
  strictEqual((await two.ended).details, "Peer validation failed");
  match(String(reasons.at(-1)), /^1 peers are here.* \(MAX_PEERS\)$/);
});

Deno.test("WebRTCOperations answers as declared", grpcTest, async () => {
  await using rig = await startEdge();
  using peer = new PublishedPeer(rig.address, "old");
  using other = new PublishedPeer(rig.address, "not streaming");
  other.end();
  await other.ended;
  const session = (catalogId: unknown) => ({
    request_id: "w1",
    stream_session_request: { catalog_id: catalogId, session_id: "s" },
  });
  peer.send(offer);
  const reply = await peer.receive("batch_file_offer_response");
  const [file] = (reply.batch_file_offer_response as { files: { catalog_id: string }[] }).files;

  await rejects(other.webrtc(session("x")), {
    code: status.failedPrecondition,
    details: "Peer not connected",
  });
  deepStrictEqual(await peer.webrtc(session("x")), {
    request_id: "w1",
    stream_session_response: {
      catalog_id: "x",
      session_id: "s",
      error: "BAD_CATALOG_ID",
    },
  });
  const accepted = await peer.webrtc(session(file!.catalog_id));
  strictEqual((accepted.stream_session_response as { success: boolean }).success, true);
  const answered = await peer.webrtc({ sdp_answer: { session_id: "s", sdp: "v=0" } });
  strictEqual((answered.stream_session_response as { success: boolean }).success, true);
});

Deno.test("what is no message ends its stream with a reason, and no other", grpcTest, async () => {
  await using rig = await startEdge();
  using good = new PublishedPeer(rig.address, "good");
  using bad = new PublishedPeer(rig.address, "bad");
  await Promise.all([good.headers, bad.headers]);
  bad.end();
  await bad.ended;
  const cases = [
    ["bad UTF-8", Uint8Array.fromHex("0a02fffe"), status.invalidArgument],
    ["half a message", Uint8Array.fromHex("0a027231220a"), status.invalidArgument],
    ["4 MiB and more", new Uint8Array(4 * 1024 * 1024 + 1), status.resourceExhausted],
  ] as const;

  for (const [what, bytes, expected] of cases) {
    const { promise, resolve } = Promise.withResolvers<{ code: number; details: string }>();
    bad.onRawEnd = resolve;
    bad.sendRaw(bytes);
    const { code, details } = await promise;
    strictEqual(code, expected, `${what}: ${details}`);
    await until(async () => (await rig.edge.findPeer("bad"))?.online === false);
  }

  good.send(offer);
  ok(await good.receive("batch_file_offer_response"));
});

Deno.test("an edge that stops says so", grpcTest, async () => {
  const rig = await startEdge();
  using peer = new PublishedPeer(rig.address, "old");
  await peer.headers;

  await rig.stop();
  const { code, details } = await peer.ended;

  deepStrictEqual([code, details], [status.unavailable, "Cancelling all calls"]);
});

Deno.test("our peer lives with an edge that never says a word", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  const library = new MapLibrary("Alien.mp4");
  library.files.set("Brazil.mkv", { sizeBytes: 1, catalogId: "b" });
  await using peer = startLink(edge.address, library, {
    settings: { heartbeatSec: 0.1, timeoutSec: 0.2 },
  });

  const lists = [];
  for (let n = 0; n < 4; n++) {
    lists.push((await edge.receive("catalog_announcement")).catalog_announcement);
  }
  const offered = await edge.receive("batch_file_offer");

  // Every heartbeat is the full list; and nothing of ours but the hello is sent.
  deepStrictEqual(lists, Array(4).fill({ catalog_ids: ["b"] }));
  deepStrictEqual(offered.batch_file_offer, {
    files: [{ relative_path: "Alien.mp4", size_bytes: 9 }],
  });
  deepStrictEqual(edge.peerIds, ["peer-1"]);
  await peer.event("link.connected");
  const bare = edge.received.filter((message) => Object.keys(message).length === 1);
  strictEqual(bare.length, 1);
});

Deno.test("our peer answers every command of an original edge", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  const library = new MapLibrary("new.mp4", "again.mp4");
  for (const id of ["a", "b", "c"]) library.files.set(id, { sizeBytes: 1, catalogId: id });
  await using _ = startLink(edge.address, library, { settings: { timeoutSec: 0.5 } });
  const first = await edge.receive("batch_file_offer");
  await edge.receive("catalog_announcement");

  // An offer's answer, with another system's separators, then one that nobody waits for.
  edge.say({
    request_id: first.request_id!,
    batch_file_offer_response: { files: [{ relative_path: "new.mp4", catalog_id: "n" }] },
  });
  deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["a", "b", "c", "n"]);
  edge.say({
    request_id: "unasked",
    batch_file_offer_response: {
      files: [{ relative_path: "again.mp4", catalog_id: "g" }, {
        relative_path: "..\\not\\ours",
        catalog_id: "x",
      }],
    },
  });
  deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["a", "b", "c", "g", "n"]);

  edge.say({ request_id: "e1", catalog_announcement_request: {} });
  const pulled = await edge.receive("catalog_announcement");
  deepStrictEqual([pulled.request_id, ids(pulled)], ["e1", ["a", "b", "c", "g", "n"]]);

  edge.say({ request_id: "e2", file_hash_request: { catalog_id: "a", hash_types: ["md5"] } });
  deepStrictEqual(await edge.receive("file_hash_response"), {
    request_id: "e2",
    file_hash_response: { catalog_id: "a", hashes: { md5: "md5-digest" }, success: true },
  });
  edge.say({ request_id: "e3", file_hash_request: { catalog_id: "nope", hash_types: ["md5"] } });
  deepStrictEqual(await edge.receive("file_hash_response"), {
    request_id: "e3",
    file_hash_response: { catalog_id: "nope", error: "BAD_CATALOG_ID" },
  });

  edge.say({ request_id: "e4", file_delete_request: { catalog_ids: ["a", "nope"] } });
  deepStrictEqual(await edge.receive("file_delete_response"), {
    request_id: "e4",
    file_delete_response: { catalog_id: "a", success: true },
  });
  deepStrictEqual(await edge.receive("file_delete_response"), {
    request_id: "e4",
    file_delete_response: { catalog_id: "nope", error: "BAD_CATALOG_ID" },
  });
  deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["b", "c", "g", "n"]);

  edge.say({ request_id: "e5", file_remap_request: { old_catalog_id: "b", new_catalog_id: "z" } });
  deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["c", "g", "n", "z"]);
  edge.say({ request_id: "e6", file_remap_request: { old_catalog_id: "c", new_catalog_id: "z" } });
  deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["c", "g", "n", "z"]);

  edge.say({ request_id: "e7", screenshot_capture_request: { catalog_id: "z", quantity: -1 } });
  edge.say({ request_id: "e8" });
  edge.say({ request_id: "e9", catalog_announcement_request: {} });
  strictEqual((await edge.receive("catalog_announcement")).request_id, "e9");
});

Deno.test("REMOTE_DELETE=deny refuses and keeps the file", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  const library = new MapLibrary();
  library.files.set("a", { sizeBytes: 1, catalogId: "a" });
  await using _ = startLink(edge.address, library, { settings: { remoteDelete: "deny" } });
  await edge.receive("catalog_announcement");

  edge.say({ request_id: "e1", file_delete_request: { catalog_ids: ["a"] } });
  const { file_delete_response: answer } = await edge.receive("file_delete_response");

  deepStrictEqual(answer, { catalog_id: "a", error: "PERMISSION_DENIED" });
  strictEqual(library.files.size, 1);
});

Deno.test("our peer comes back after any end of its stream, OK too", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  const library = new MapLibrary();
  library.files.set("a", { sizeBytes: 1, catalogId: "a" });
  await using _ = startLink(edge.address, library);
  const ends = [
    undefined,
    { code: status.permissionDenied, details: "Peer validation failed" },
    { code: status.unknown, details: "oops" },
    { code: status.unauthenticated, details: "Missing peer_id" },
  ];

  for (const end of ends) {
    deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["a"]);
    edge.hangUp(end);
  }

  deepStrictEqual(ids(await edge.receive("catalog_announcement")), ["a"]);
  strictEqual(edge.peerIds.length, 5);
});

function ids(message: Record<string, unknown>): string[] {
  return (message.catalog_announcement as { catalog_ids?: string[] }).catalog_ids ?? [];
}
