/**
 * Peers written in Python with grpcio against our edge: every flow of the published protocol.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the published names
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { makeNonce } from "../../../src/edge/identity/transcript.ts";
import { grpcTest, startEdge, titles, until } from "../rig.ts";
import { hasGrpcio, PythonPeer, type PythonPeerOptions, PythonProgram } from "./rig.ts";

const test = { ...grpcTest, ignore: !hasGrpcio };
const REFUSED = ["PERMISSION_DENIED", "Peer validation failed"];
const alien = { relative_path: "Films\\Alien.mkv", size_bytes: "5000000000" };
const heat = { relative_path: "Films/Heat é.mkv", size_bytes: "7" };

/** An edge and a program of peers. */
async function meet(setup: Parameters<typeof startEdge>[0] = {}) {
  const stack = new AsyncDisposableStack();
  const rig = stack.use(await startEdge(setup));
  const program = stack.use(new PythonProgram("peer.py"));
  const peer = (name: string, more?: PythonPeerOptions) =>
    new PythonPeer(program, name, rig.address, more);
  return { ...rig, peer, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Offers, takes the ids, announces them. */
async function bring(peer: PythonPeer, files: typeof alien[]): Promise<string[]> {
  peer.send({ request_id: "offer", batch_file_offer: { files } });
  const answer = await peer.receive("batch_file_offer_response");
  const given = answer.batch_file_offer_response!.files;
  deepStrictEqual(given.map((it) => it.relative_path), files.map((it) => it.relative_path));
  const ids = given.map((it) => it.catalog_id);
  peer.send({ request_id: "list", catalog_announcement: { catalog_ids: ids } });
  return ids;
}

Deno.test("grpcio: who is let in, and the words to who is not", test, async () => {
  await using edge = await meet({ maxPeers: 2 });
  const nobody = edge.peer("nobody", { peerId: null });
  const empty = edge.peer("empty", { peerId: "" });
  const one = edge.peer("one");
  await one.hear("headers");

  for (const it of [nobody, empty]) {
    deepStrictEqual(await it.status(), ["UNAUTHENTICATED", "Missing peer_id"]);
  }
  deepStrictEqual(await nobody.unary({}), {
    code: "UNAUTHENTICATED",
    details: "Missing peer_id",
  });
  deepStrictEqual(await edge.peer("one again", { peerId: "one" }).status(), REFUSED);
  const two = edge.peer("two");
  await two.hear("headers");
  deepStrictEqual(await edge.peer("one too many").status(), REFUSED);

  // A goodbye ends with OK and makes room at once; so does a reset, ten times in a row.
  two.halfClose();
  strictEqual((await two.status())[0], "OK");
  for (let n = 0; n < 10; n++) {
    const again = edge.peer(`again ${n}`, { peerId: "two" });
    await again.hear("headers");
    again.cancel();
    strictEqual((await again.status())[0], "CANCELLED");
    await until(() => edge.edge.onlineCount() === 1);
  }
  await edge.stop();
  const [code, details] = await one.status();
  deepStrictEqual([code, details], ["UNAVAILABLE", "Cancelling all calls"]);
});

Deno.test(
  "grpcio: an edge that stops says so to all, also to who is at its door",
  test,
  async () => {
    await using edge = await meet();
    const inside = ["1", "2", "3"].map((name) => edge.peer(name));
    // They show a key, are asked for a proof, and never bring one.
    const atDoor = ["4", "5", "6"].map((name) => {
      const metadata = { peer_key: makeIdentityKey().publicKey, peer_nonce: makeNonce() };
      return edge.peer(name, { metadata });
    });
    for (const it of [...inside, ...atDoor]) await it.hear("headers");

    await edge.stop();

    for (const it of [...inside, ...atDoor]) {
      deepStrictEqual(await it.status(), ["UNAVAILABLE", "Cancelling all calls"]);
    }
  },
);

Deno.test("grpcio: a peer's files, and commands to it and back", test, async () => {
  await using edge = await meet();
  const peer = edge.peer("old");
  const [a, b] = await bring(peer, [alien, heat]);
  const items = await until(async () => {
    const items = await titles(edge.edge);
    return items.length === 2 && items;
  });
  deepStrictEqual(
    items.flatMap((it) => it.replicas.map(({ relativePath }) => relativePath)).toSorted(),
    [heat.relative_path, alien.relative_path],
  );
  strictEqual(items.find((it) => it.catalogId === a)?.sizeBytes, 5_000_000_000);

  const { commands } = edge.edge;
  const signal = AbortSignal.timeout(15_000);
  const give = (payload: Parameters<typeof commands.give>[0]["payload"]) =>
    commands.send({ peerId: "old", payload }, signal);
  const hashing = give({ case: "fileHashRequest", value: { catalogId: a!, hashTypes: ["md5"] } });
  const asked = await peer.receive("file_hash_request");
  deepStrictEqual(asked.file_hash_request, { catalog_id: a, hash_types: ["md5"] });
  strictEqual(asked.edge_id, "edge-1");
  const hashes = { md5: "aa", sha1: "bb" };
  const hashed = { catalog_id: a, hashes, success: true };
  peer.send({ request_id: asked.request_id!, file_hash_response: hashed });
  deepStrictEqual(await hashing, [
    { case: "fileHashResponse", value: { catalogId: a, hashes, success: true } },
  ]);

  // The most common reason is zero, and it is there.
  const deleting = give({ case: "fileDeleteRequest", value: { catalogIds: [b!, "nope"] } });
  const told = await peer.receive("file_delete_request");
  deepStrictEqual(told.file_delete_request, { catalog_ids: [b, "nope"] });
  const request_id = told.request_id!;
  peer.send({ request_id, file_delete_response: { catalog_id: b, success: true } });
  peer.send({
    request_id,
    file_delete_response: { catalog_id: "nope", error: "BAD_CATALOG_ID" },
  });
  deepStrictEqual(await deleting, [
    { case: "fileDeleteResponse", value: { catalogId: b, success: true } },
    {
      case: "fileDeleteResponse",
      value: { catalogId: "nope", success: false, error: "BAD_CATALOG_ID" },
    },
  ]);

  // No answer to these is in the published protocol: that they were sent is all.
  await give({ case: "fileRemapRequest", value: { oldCatalogId: b!, newCatalogId: "new" } });
  deepStrictEqual((await peer.receive("file_remap_request")).file_remap_request, {
    old_catalog_id: b,
    new_catalog_id: "new",
  });
  const capture = {
    catalogId: a!,
    quantity: 3,
    uploadToken: "tok",
    uploadEndpoint: "/api/screenshot/a",
  };
  await give({ case: "screenshotCaptureRequest", value: capture });
  deepStrictEqual((await peer.receive("screenshot_capture_request")).screenshot_capture_request, {
    catalog_id: a,
    quantity: 3,
    upload_token: "tok",
    upload_endpoint: "/api/screenshot/a",
  });

  // A heartbeat empties nothing: the list is asked for, and that answer is believed.
  peer.send({ request_id: "beat", catalog_announcement: {} });
  const pull = await peer.receive("catalog_announcement_request");
  peer.send({ request_id: pull.request_id!, catalog_announcement: { catalog_ids: [a!] } });
  await until(async () => (await titles(edge.edge)).length === 1);
  strictEqual(peer.program.said.filter((it) => it.event === "message").length, 0);
});

Deno.test("grpcio: WebRTCOperations", test, async () => {
  await using edge = await meet();
  const peer = edge.peer("old");
  const [a] = await bring(peer, [alien]);
  const session = (catalog_id: string) => ({
    request_id: "w1",
    stream_session_request: { catalog_id, session_id: "s", preferred_codec: "vp8" },
  });
  const away = edge.peer("away");
  await away.hear("headers");
  away.halfClose();
  await away.status();

  deepStrictEqual(await away.unary(session(a!)), {
    code: "FAILED_PRECONDITION",
    details: "Peer not connected",
  });
  deepStrictEqual(await peer.unary(session("nope")), {
    request_id: "w1",
    stream_session_response: { catalog_id: "nope", session_id: "s", error: "BAD_CATALOG_ID" },
  });
  deepStrictEqual(await peer.unary(session(a!)), {
    request_id: "w1",
    stream_session_response: { catalog_id: a, session_id: "s", success: true },
  });
  const candidate = { session_id: "s", candidate: "candidate:1", sdp_mid: "0" };
  const answers = [
    await peer.unary({ request_id: "w2", sdp_answer: { session_id: "s", sdp: "v=0" } }),
    await peer.unary({ request_id: "w3", ice_candidate: candidate }),
  ];
  deepStrictEqual(answers.map((it) => it.request_id), ["w2", "w3"]);
  strictEqual((await peer.unary({ hex: "0a02fffe" })).code, "INVALID_ARGUMENT");
});

Deno.test("grpcio: what is no message, too large, or of a time to come", test, async () => {
  await using edge = await meet();
  const peer = edge.peer("old");
  const ids = await bring(peer, [alien]);

  // Payload 2000, a field 15 beside a payload, and no payload at all.
  for (const hex of ["0a0272318" + "27d00", "0a02723122007a0161", "0a027231"]) peer.send({ hex });
  deepStrictEqual(await bring(peer, [alien]), ids);

  const bad = { "bad UTF-8": "0a02fffe", "half a message": "0a027231220a", "no type": "0f" };
  for (const [what, hex] of Object.entries(bad)) {
    const it = edge.peer(what);
    await it.hear("headers");
    it.send({ hex });
    const [code, details] = await it.status();
    strictEqual(code, "INVALID_ARGUMENT", what);
    match(String(details), /Cannot decode PeerMessage/);
  }
  const large = edge.peer("large");
  await large.hear("headers");
  large.send({ hex: "0a" + "80808003" + "61".repeat(6_291_456) }); // 6 MiB of request_id
  const [code, details] = await large.status();
  strictEqual(code, "RESOURCE_EXHAUSTED");
  match(String(details), /4194304/);
  // 20,000 ids that are not this peer's: its own is in the catalogue all the same.
  const many = Array.from({ length: 20_000 }, () => crypto.randomUUID());
  peer.send({ request_id: "list", catalog_announcement: { catalog_ids: [...many, ...ids] } });
  deepStrictEqual(await bring(peer, [alien]), ids);
  strictEqual((await titles(edge.edge)).length, 1);
});

Deno.test("grpcio: a peer that is silent does not stay as a zombie", test, async () => {
  await using edge = await meet({ timeouts: { peerSec: 1.5 } });
  // Announcements keep it, pings of HTTP/2 do not.
  const busy = edge.peer("busy");
  const silent = edge.peer("silent", { options: { "grpc.keepalive_time_ms": 10_000 } });
  await silent.hear("headers");
  const beat = setInterval(
    () => busy.send({ request_id: "b", catalog_announcement: {} }),
    300,
  );
  try {
    strictEqual((await silent.status())[0], "DEADLINE_EXCEEDED");
  } finally {
    clearInterval(beat);
  }
  strictEqual(edge.edge.onlineCount(), 1);
  ok(!busy.program.said.some((it) => it.of === "busy" && it.event === "status"));
});

Deno.test("grpcio: without a signature only from where that is allowed", test, async () => {
  await using closed = await meet({ identity: { unsigned: "never" } });
  const [code, details] = await closed.peer("unsigned").status();
  strictEqual(code, "PERMISSION_DENIED");
  match(String(details), /has not joined this edge/);
  strictEqual(await closed.edge.findPeer("unsigned"), undefined);
});

Deno.test("grpcio: a peer's file is a copy of another's with the same md5", test, async () => {
  await using edge = await meet({ hashPace: { changeMs: 1, askMs: 0, lookMs: 5 } });
  const md5 = "0123456789abcdef0123456789abcdef";
  /** Answers what it is asked for, as the original does. */
  const answer = async (peer: PythonPeer) => {
    const { request_id, file_hash_request } = await peer.receive("file_hash_request");
    const { catalog_id, hash_types } = file_hash_request as Record<string, unknown>;
    deepStrictEqual(hash_types, ["md5"]);
    const file_hash_response = { catalog_id, hashes: { md5 }, success: true };
    peer.send({ request_id: request_id!, file_hash_response });
    return catalog_id;
  };
  const [one, two] = [edge.peer("one"), edge.peer("two")];
  const [first] = await bring(one, [heat]);
  const [second] = await bring(two, [{ relative_path: "Heat.avi", size_bytes: "7" }]);

  deepStrictEqual(await Promise.all([answer(one), answer(two)]), [first, second]);
  const { file_remap_request: remap } = await two.receive("file_remap_request");

  deepStrictEqual(remap, { old_catalog_id: second, new_catalog_id: first });
  const { request_id } = await two.receive("catalog_announcement_request");
  two.send({ request_id: request_id!, catalog_announcement: { catalog_ids: [first!] } });
  const [title] = await until(async () => {
    const items = await titles(edge.edge);
    return items.length === 1 && items;
  });
  deepStrictEqual(title!.replicas.map(({ peerId }) => peerId), ["one", "two"]);
  strictEqual(title!.catalogId, first);
});
