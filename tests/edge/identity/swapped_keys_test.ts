/**
 * Joining over a plain connection with somebody between who passes everything on and puts keys of
 * their own in place of either end's: the PIN exchange holds both keys, so it comes to nothing.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { DeniedError } from "../../../src/base/errors.ts";
import { type IdentityKey, makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { type Introduced, transcript } from "../../../src/edge/identity/transcript.ts";
import type { Challenge, EdgeMessage, PeerMessage, Proof } from "../../../src/edge/messages.ts";
import { joinEdge } from "../../../src/edge/mod.ts";
import { grpcTest, startEdge } from "../rig.ts";
import { type Meddling, openBetween } from "./between.ts";

const never = new AbortController().signal;

/** Plays the edge to the peer and the peer to the edge, with `key`, wherever `swaps` says so. */
function impostor(key: IdentityKey, swaps: { peerKey?: boolean; edgeKey?: boolean }) {
  let said: Introduced = {
    edgeId: "",
    edgeKey: "",
    edgeNonce: "",
    peerId: "",
    peerKey: "",
    peerNonce: "",
  };
  const seen: string[] = [];
  const meddling: Meddling = {
    headers(texts) {
      const { peer_id: peerId = "", peer_key: peerKey = "", peer_nonce: peerNonce = "" } = texts;
      said = { ...said, peerId, peerKey, peerNonce };
      return swaps.peerKey ? { ...texts, "peer_key": key.publicKey } : texts;
    },
    toPeer(message: EdgeMessage) {
      const { payload } = message;
      seen.push(payload?.case ?? "");
      if (payload?.case !== "challenge") return message;
      said = {
        ...said,
        edgeId: message.edgeId,
        edgeKey: payload.value.publicKey,
        edgeNonce: payload.value.nonce,
      };
      // What it changes it signs anew, so that no signature gives it away.
      const edgeKey = swaps.edgeKey ? key.publicKey : said.edgeKey;
      const value: Challenge = { ...payload.value, publicKey: edgeKey };
      if (swaps.edgeKey) {
        value.signature = key.sign(transcript("edge admits", { ...said, edgeKey }));
      }
      return { ...message, payload: { case: "challenge", value } };
    },
    toEdge(message: PeerMessage) {
      const { payload } = message;
      if (payload?.case !== "proof" || !swaps.peerKey) return message;
      const signature = key.sign(transcript("peer enters", { ...said, peerKey: key.publicKey }));
      const value: Proof = { ...payload.value, signature };
      return { ...message, payload: { case: "proof", value } };
    },
  };
  return { meddling, seen };
}

for (
  const [whose, swaps, why] of [
    ["the peer's key", { peerKey: true }, /The edge's signature is wrong/],
    ["the edge's key", { edgeKey: true }, /"peer-1": its signature is wrong/],
    ["both keys", { peerKey: true, edgeKey: true }, /there is no such PIN/],
  ] as const
) {
  Deno.test(`a join comes to nothing when somebody swaps ${whose}`, grpcTest, async () => {
    await using rig = await startEdge({ identity: { unsigned: "never" } });
    const { pin, fingerprint } = await rig.edge.identities.invite();
    const theirs = makeIdentityKey();
    const { meddling, seen } = impostor(theirs, swaps);
    await using between = await openBetween(rig.address, meddling);
    const key = makeIdentityKey();
    const join = (address: string) =>
      joinEdge(
        { way: { address, useTls: false }, peerId: "peer-1", key, pin, timeoutMs: 10_000 },
        never,
      );

    await rejects(
      join(between.address),
      (error) => error instanceof DeniedError && why.test(error.message),
    );

    // It came as far as the proofs, and neither end took the other's.
    ok(seen.includes("challenge"), seen.join());
    ok(!seen.includes("admitted"));
    deepStrictEqual(await rig.edge.identities.among(["peer-1"]), []);
    // The PIN is good still, for who is meant: it has lost one of its tries.
    strictEqual(await join(rig.address), fingerprint);
    strictEqual((await rig.edge.identities.among(["peer-1"]))[0]?.publicKey, key.publicKey);
  });
}

Deno.test("who only passes everything on joins nobody but the two", grpcTest, async () => {
  await using rig = await startEdge({ identity: { unsigned: "never" } });
  const { pin, fingerprint } = await rig.edge.identities.invite();
  const { meddling, seen } = impostor(makeIdentityKey(), {});
  await using between = await openBetween(rig.address, meddling);
  const key = makeIdentityKey();
  const way = { address: between.address, useTls: false };

  strictEqual(await joinEdge({ way, peerId: "peer-1", key, pin }, never), fingerprint);

  ok(seen.includes("admitted"));
  strictEqual((await rig.edge.identities.among(["peer-1"]))[0]?.publicKey, key.publicKey);
});
