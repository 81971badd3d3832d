/**
 * Golden vectors: what the original programs' generated code writes, byte for byte, both ways.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { isUndecodable } from "../../src/edge/codec.ts";
import { type Codecs, openCodecs } from "../../src/edge/proto.ts";

const edgeId = "edge-1";
const path = "Movies/é.mkv";

/** Envelope, name, message, bytes. */
const vectors: { [Name in keyof Codecs]: [string, object, string][] } = {
  peer: [
    [
      "peer.registration_empty_catalog",
      { requestId: "r1", payload: { case: "catalogAnnouncement", value: { catalogIds: [] } } },
      "0a0272312200",
    ],
    [
      "peer.catalog_two_ids",
      {
        requestId: "r1",
        payload: { case: "catalogAnnouncement", value: { catalogIds: ["a", "b"] } },
      },
      "0a02723122060a01610a0162",
    ],
    [
      "peer.file_offer",
      {
        requestId: "r2",
        payload: {
          case: "batchFileOffer",
          value: { files: [{ relativePath: path, sizeBytes: 5_000_000_000 }] },
        },
      },
      "0a0272322a170a150a0d4d6f766965732fc3a92e6d6b761080e497d012",
    ],
    [
      "peer.file_offer_zero_size",
      {
        requestId: "r2",
        payload: {
          case: "batchFileOffer",
          value: { files: [{ relativePath: "z", sizeBytes: 0 }] },
        },
      },
      "0a0272322a050a030a017a",
    ],
    [
      "peer.delete_ok",
      {
        requestId: "r3",
        payload: { case: "fileDeleteResponse", value: { catalogId: "a", success: true } },
      },
      "0a02723312050a01611001",
    ],
    [
      "peer.delete_bad_id (error=0 present)",
      {
        requestId: "r3",
        payload: {
          case: "fileDeleteResponse",
          value: { catalogId: "a", success: false, error: "BAD_CATALOG_ID" },
        },
      },
      "0a02723312050a01611800",
    ],
    [
      "peer.delete_denied",
      {
        requestId: "r3",
        payload: {
          case: "fileDeleteResponse",
          value: { catalogId: "a", success: false, error: "PERMISSION_DENIED" },
        },
      },
      "0a02723312050a01611802",
    ],
    [
      "peer.hash_ok",
      {
        requestId: "r4",
        payload: {
          case: "fileHashResponse",
          value: { catalogId: "a", hashes: { md5: "aa", sha1: "bb" }, success: true },
        },
      },
      "0a0272341a1c0a016112090a036d643512026161120a0a0473686131120262621801",
    ],
    [
      "peer.hash_gone",
      {
        requestId: "r4",
        payload: {
          case: "fileHashResponse",
          value: { catalogId: "a", hashes: {}, success: false, error: "FILE_GONE" },
        },
      },
      "0a0272341a050a01612001",
    ],
  ],
  edge: [
    [
      "edge.delete",
      {
        requestId: "e1",
        edgeId,
        payload: { case: "fileDeleteRequest", value: { catalogIds: ["a", "b"] } },
      },
      "0a0265311206656467652d311a060a01610a0162",
    ],
    [
      "edge.hash",
      {
        requestId: "e2",
        edgeId,
        payload: {
          case: "fileHashRequest",
          value: { catalogId: "a", hashTypes: ["md5", "sha256"] },
        },
      },
      "0a0265321206656467652d3122100a016112036d64351206736861323536",
    ],
    [
      "edge.remap",
      {
        requestId: "e3",
        edgeId,
        payload: { case: "fileRemapRequest", value: { oldCatalogId: "a", newCatalogId: "b" } },
      },
      "0a0265331206656467652d312a060a0161120162",
    ],
    [
      "edge.offer_response",
      {
        requestId: "r2",
        edgeId,
        payload: {
          case: "batchFileOfferResponse",
          value: { files: [{ relativePath: path, catalogId: "cat-1" }] },
        },
      },
      "0a0272321206656467652d3132180a160a0d4d6f766965732fc3a92e6d6b7612056361742d31",
    ],
    [
      "edge.catalog_request",
      { requestId: "e4", edgeId, payload: { case: "catalogAnnouncementRequest", value: {} } },
      "0a0265341206656467652d313a00",
    ],
    [
      "edge.screenshot",
      {
        requestId: "e5",
        edgeId,
        payload: {
          case: "screenshotCaptureRequest",
          value: {
            catalogId: "a",
            quantity: 3,
            uploadToken: "tok",
            uploadEndpoint: "http://s/api/screenshot/a",
          },
        },
      },
      "0a0265351206656467652d3142250a016110031a03746f6b2219687474703a2f2f732f6170692f73637265656e" +
      "73686f742f61",
    ],
    ["edge.bare_ack", { requestId: "r1", edgeId }, "0a0272311206656467652d31"],
  ],
  edgeWebRTC: [
    [
      "webrtc.session_request",
      {
        requestId: "w1",
        payload: {
          case: "streamSessionRequest",
          value: { catalogId: "a", sessionId: "s", maxBitrateKbps: 5000, preferredCodec: "vp8" },
        },
      },
      "0a027731120e0a01611201731888272203767038",
    ],
    [
      "webrtc.session_request_min",
      {
        requestId: "w1",
        payload: { case: "streamSessionRequest", value: { catalogId: "a", sessionId: "s" } },
      },
      "0a02773112060a0161120173",
    ],
    [
      "webrtc.sdp_answer",
      { requestId: "w2", payload: { case: "sdpAnswer", value: { sessionId: "s", sdp: "v=0" } } },
      "0a0277321a080a01731203763d30",
    ],
    [
      "webrtc.ice_from_edge",
      {
        requestId: "w3",
        payload: {
          case: "iceCandidate",
          value: { sessionId: "s", candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 },
        },
      },
      "0a02773322130a0173120b63616e6469646174653a311a0130",
    ],
  ],
  peerWebRTC: [
    [
      "webrtc.session_response_ok",
      {
        requestId: "w1",
        payload: {
          case: "streamSessionResponse",
          value: { catalogId: "a", sessionId: "s", success: true },
        },
      },
      "0a02773112080a01611201731801",
    ],
    [
      "webrtc.session_response_bad",
      {
        requestId: "w1",
        payload: {
          case: "streamSessionResponse",
          value: { catalogId: "a", sessionId: "s", success: false, error: "BAD_CATALOG_ID" },
        },
      },
      "0a02773112080a01611201732000",
    ],
    [
      "webrtc.sdp_offer",
      { requestId: "w1", payload: { case: "sdpOffer", value: { sessionId: "s", sdp: "v=0" } } },
      "0a0277311a080a01731203763d30",
    ],
    [
      "webrtc.ice_from_peer",
      {
        requestId: "w3",
        payload: {
          case: "iceCandidate",
          value: { sessionId: "s", candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 1 },
        },
      },
      "0a02773322150a0173120b63616e6469646174653a311a01302001",
    ],
  ],
};

Deno.test("codecs write and read the golden vectors byte for byte", async () => {
  const codecs = await openCodecs();

  for (const [envelope, rows] of Object.entries(vectors)) {
    const codec = codecs[envelope as keyof Codecs] as {
      encode(message: object): Uint8Array;
      decode(bytes: Uint8Array): object;
    };
    for (const [name, message, hex] of rows) {
      strictEqual(codec.encode(message).toHex(), hex, name);
      deepStrictEqual(codec.decode(Uint8Array.fromHex(hex)), message, name);
    }
  }
});

const published = "../shared/spec/giggityflix-wire-vectors.json";

Deno.test({
  name: "the table here is the published one",
  ignore: !existsSync(published),
  async fn() {
    const theirs: { name: string; hex: string }[] = JSON.parse(await Deno.readTextFile(published));

    const ours = Object.values(vectors).flat().map(([name, , hex]) => ({ name, hex }));

    const sorted = (rows: { name: string; hex: string }[]) =>
      rows.map(({ name, hex }) => `${name} ${hex}`).sort();
    deepStrictEqual(sorted(ours), sorted(theirs));
  },
});

Deno.test("an extension is nothing but an unknown field to an old program", async () => {
  const { edge, peer } = await openCodecs();
  const ping = edge.encode({ requestId: "r1", edgeId, payload: { case: "ping", value: {} } });

  // 1001 << 3 | 2 as a varint, then length 0, after the published fields.
  strictEqual(ping.toHex(), "0a0272311206656467652d31" + "ca3e00");

  // And a payload of a time to come, field 2000, is a message without payload to us.
  deepStrictEqual(peer.decode(Uint8Array.fromHex("0a027231" + "827d00")), { requestId: "r1" });
});

Deno.test("decode() gives a reason instead of throwing when bytes are no message", async () => {
  const { peer } = await openCodecs();
  const cases = {
    "bad UTF-8": "0a02fffe",
    "half a message": "0a027231220a",
    "a wire type that does not exist": "0f",
    "a size over the safe integers": "0a0172" + "2a0f0a0d0a0161" + "10ffffffffffffffff7f",
  };

  for (const [what, hex] of Object.entries(cases)) {
    const message = peer.decode(Uint8Array.fromHex(hex));
    ok(isUndecodable(message), `${what}: ${JSON.stringify(message)}`);
  }
});

Deno.test("encode() refuses what the wire cannot carry", async () => {
  const { peer } = await openCodecs();

  throws(
    () =>
      peer.encode({
        requestId: "r",
        payload: {
          case: "batchFileOffer",
          value: { files: [{ relativePath: "a", sizeBytes: 2 ** 60 }] },
        },
      }),
    RangeError,
  );
});
