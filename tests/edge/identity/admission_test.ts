/**
 * Who comes in at an edge's door, over real gRPC on loopback: keys, replays, downgrades, strangers,
 * revocation, and old programs on both sides.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { PublishedEdge, PublishedPeer } from "../published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, until } from "../rig.ts";
import { open, openSigned, proofOf } from "./visitor.ts";

const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;

function recorder() {
  const entries: LogEntry[] = [];
  return { entries, log: new Log((entry) => void entries.push(entry)) };
}

Deno.test(
  "a peer with a key is asked for a proof, and its name is the key's from then on",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    const { entries, log } = recorder();
    await using rig = await startEdge({ log });
    {
      await using peer = startLink(rig.address, new MapLibrary("Alien.mp4"), {
        settings: { identity: { key, timeoutMs: 5000 } },
      });
      await until(async () => (await rig.edge.findPeer("peer-1"))?.catalogSize === 1);
      strictEqual(peer.link.state().connected, true);
    }
    await rig.event("peer.disconnected");
    const [known] = await rig.edge.identities.among(["peer-1"]);
    strictEqual(known?.publicKey, key.publicKey);
    strictEqual(known?.origin, "seen");

    using unsigned = new PublishedPeer(rig.address, "peer-1");
    const downgraded = await unsigned.ended;
    strictEqual(downgraded.code, PERMISSION_DENIED);
    match(downgraded.details, /has a key, and the connection is not signed/);

    const other = await openSigned(rig.address, "peer-1", makeIdentityKey());
    match((await other.ended).details, /"peer-1": this peer_id belongs to another key/);
    deepStrictEqual(entries.filter(({ message }) => message === "Peer refused").length, 2);
    ok(entries.every(({ level }) => level !== "error"));
  },
);

Deno.test("a proof that was heard once is none the next time", grpcTest, async () => {
  const key = makeIdentityKey();
  await using rig = await startEdge();
  using first = await openSigned(rig.address, "peer-1", key);
  const proof = proofOf(await first.receive("challenge"), {
    peerId: "peer-1",
    key,
    nonce: first.nonce,
  });
  first.send(proof);
  await first.receive("admitted");
  first[Symbol.dispose]();
  await rig.event("peer.disconnected");

  // The same words, also with the same nonce of the peer.
  using second = await openSigned(rig.address, "peer-1", key, { "peer_nonce": first.nonce });
  await second.receive("challenge");
  second.send(proof);

  const { code, details } = await second.ended;
  strictEqual(code, PERMISSION_DENIED);
  match(details, /its signature is wrong/);
  strictEqual(rig.edge.onlineCount(), 0);
});

Deno.test("nothing is heard before the proof, except hello", grpcTest, async () => {
  const key = makeIdentityKey();
  await using rig = await startEdge();
  using peer = await openSigned(rig.address, "peer-1", key);
  const hello = { version: 1, extensions: ["x"], software: "" };
  peer.send({ requestId: "h", payload: { case: "hello", value: hello } });
  const file = { relativePath: "early.mp4", sizeBytes: 1 };
  peer.send({ requestId: "o", payload: { case: "batchFileOffer", value: { files: [file] } } });
  const challenge = await peer.receive("challenge");
  peer.send(proofOf(challenge, { peerId: "peer-1", key, nonce: peer.nonce }));

  await peer.receive("admitted");
  const answer = await peer.receive("hello");

  strictEqual(answer.requestId, "h");
  peer.send({ requestId: "p", payload: { case: "ping", value: {} } });
  deepStrictEqual((await rig.edge.findPeer("peer-1"))?.extensions, ["x"]);
  strictEqual((await rig.edge.findPeer("peer-1"))?.catalogSize, 0);
});

Deno.test(
  "keys and nonces that are none, and proofs of others, are refused",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using rig = await startEdge();
    for (const wrong of ["x", "A".repeat(44), `${"A".repeat(42)}!`]) {
      using peer = await openSigned(rig.address, "p", key, { "peer_key": wrong });
      match((await peer.ended).details, /peer_key or peer_nonce is none/);
      using two = await openSigned(rig.address, "p", key, { "peer_nonce": wrong });
      match((await two.ended).details, /peer_key or peer_nonce is none/);
    }
    const liar = makeIdentityKey();
    for (const nonce of ["", "n"]) {
      using peer = await openSigned(rig.address, "p", key);
      const challenge = await peer.receive("challenge");
      // Signed with another key than the one that was shown; and for another nonce.
      peer.send(
        nonce
          ? proofOf(challenge, { peerId: "p", key, nonce })
          : proofOf(challenge, { peerId: "p", key: liar, nonce: peer.nonce }),
      );
      match((await peer.ended).details, /its signature is wrong/);
    }
    using impostor = await openSigned(rig.address, "p", key);
    const challenge = await impostor.receive("challenge");
    impostor.send(proofOf(challenge, { peerId: "q", key, nonce: impostor.nonce }));
    match((await impostor.ended).details, /its signature is wrong/);
    deepStrictEqual(await rig.edge.identities.among(["p", "q"]), []);
  },
);

Deno.test(
  "where unsigned peers may not come, nobody does who has not joined",
  grpcTest,
  async () => {
    await using rig = await startEdge({ identity: { unsigned: "never" } });
    using unsigned = new PublishedPeer(rig.address, "old");
    using signed = await openSigned(rig.address, "new", makeIdentityKey());

    for (const { ended } of [unsigned, signed]) {
      const { code, details } = await ended;
      strictEqual(code, PERMISSION_DENIED);
      match(details, /it has not joined this edge.*giggityflix join/);
    }
    await using peer = startLink(rig.address, new MapLibrary(), {
      settings: { identity: { key: makeIdentityKey(), timeoutMs: 5000 } },
    });
    match(await until(() => peer.link.state().reason), /has not joined this edge/);
    // Response headers alone are no link.
    deepStrictEqual(peer.seen, []);
  },
);

Deno.test(
  "a revoked peer is cut off at once and stays out until it is restored",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using rig = await startEdge();
    const settings = { identity: { key, timeoutMs: 5000 } };
    await using peer = startLink(rig.address, new MapLibrary(), { settings });
    await rig.event("peer.connected");
    using old = new PublishedPeer(rig.address, "old");
    await old.headers;

    await Promise.all(["peer-1", "old"].map((it) => rig.edge.identities.revoke(it)));

    const cut = await old.ended;
    deepStrictEqual([cut.code, cut.details], [PERMISSION_DENIED, "This peer was revoked"]);
    await peer.event("link.disconnected");
    match(
      await until(() =>
        /Cannot admit/.test(peer.link.state().reason ?? "") && peer.link.state().reason!
      ),
      /"peer-1": this peer was revoked/,
    );
    using again = new PublishedPeer(rig.address, "old");
    match((await again.ended).details, /this peer was revoked/);
    // Its key is known, whatever name it takes.
    using renamed = await openSigned(rig.address, "somebody-else", key);
    match((await renamed.ended).details, /this peer was revoked/);
    strictEqual(rig.edge.onlineCount(), 0);

    strictEqual(await rig.edge.identities.restore("peer-1"), true);
    await rig.event("peer.connected", 3);
  },
);

Deno.test(
  "a key that is lost can be forgotten, and a new one takes the name",
  grpcTest,
  async () => {
    await using rig = await startEdge();
    const enter = async (key = makeIdentityKey()) => {
      using peer = await openSigned(rig.address, "p", key);
      peer.send(proofOf(await peer.receive("challenge"), { peerId: "p", key, nonce: peer.nonce }));
      await peer.receive("admitted");
    };
    await enter();
    await until(() => rig.edge.onlineCount() === 0);
    await rig.edge.identities.forgetKey("p");

    await enter();
  },
);

Deno.test(
  "a peer that has pinned its edge says nothing to another one, nor to an old one",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using rig = await startEdge();
    await using original = await PublishedEdge.open();
    const settings = { identity: { key, timeoutMs: 300, pinOf: () => "ab".repeat(32) } };

    await using peer = startLink(rig.address, new MapLibrary("Alien.mp4"), { settings });
    const wrong = await until(() => peer.link.state().reason);
    match(
      wrong,
      /The edge is not the one that was joined: its key is [0-9a-f]{4} .*expected abab abab/,
    );
    await using lost = startLink(original.address, new MapLibrary("Alien.mp4"), { settings });
    match(await until(() => lost.link.state().reason), /has not proved who it is in 0\.3 s/);

    deepStrictEqual(original.received, []);
    deepStrictEqual([...peer.seen, ...lost.seen], []);
    strictEqual(rig.edge.onlineCount(), 0);
  },
);

Deno.test("a peer with a key links to an original edge as ever", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  await using _ = startLink(edge.address, new MapLibrary("Alien.mp4"), {
    settings: { identity: { key: makeIdentityKey(), timeoutMs: 5000 } },
  });

  ok(await edge.receive("catalog_announcement"));
  deepStrictEqual(edge.peerIds, ["peer-1"]);
});

Deno.test(
  "a session that does not answer makes room for the same peer; one that does stays",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using rig = await startEdge({ identity: { probeMs: 100 } });
    const enter = async () => {
      const peer = await openSigned(rig.address, "peer-1", key);
      peer.send(
        proofOf(await peer.receive("challenge"), { peerId: "peer-1", key, nonce: peer.nonce }),
      );
      return peer;
    };
    const hello = { version: 1, extensions: [], software: "" };
    using silent = await enter();
    await silent.receive("admitted");
    silent.send({ requestId: "h", payload: { case: "hello", value: hello } });
    await silent.receive("hello");

    // It answers the probe, so the second is the one that goes.
    const refused = enter();
    const ping = await silent.receive("ping");
    silent.send({ requestId: ping.requestId, payload: { case: "ping", value: {} } });
    using second = await refused;
    deepStrictEqual(await second.ended, {
      code: PERMISSION_DENIED,
      details: "Peer validation failed",
    });

    using third = await enter();
    await third.receive("admitted");
    strictEqual((await silent.ended).details, "This peer has connected anew");
    strictEqual(rig.edge.onlineCount(), 1);
  },
);

Deno.test("an edge that stops says so to who is still at its door", grpcTest, async () => {
  const rig = await startEdge();
  using peer = await openSigned(rig.address, "p", makeIdentityKey());
  await peer.receive("challenge");

  await rig.stop();

  const { code, details } = await peer.ended;
  deepStrictEqual([code, details], [UNAVAILABLE, "Cancelling all calls"]);
});

Deno.test("somebody who never proves anything is sent away", grpcTest, async () => {
  await using rig = await startEdge();
  using chatty = await openSigned(rig.address, "p", makeIdentityKey());
  await chatty.receive("challenge");
  for (let n = 0; n < 102; n++) {
    chatty.send({ requestId: `${n}`, payload: { case: "ping", value: {} } });
  }
  match((await chatty.ended).details, /100 messages came before the proof/);
  using nobody = await open(rig.address, { "peer_key": "x" });
  strictEqual((await nobody.ended).details, "Missing peer_id");
});

Deno.test(
  "a peer revoked at one edge is cut off at another with the same state",
  grpcTest,
  async () => {
    await using one = await startEdge({ timeouts: { peerSec: 1 } });
    await using two = await startEdge({ state: one.state, timeouts: { peerSec: 1 } });
    using peer = new PublishedPeer(two.address, "old");
    await peer.headers;

    await one.edge.identities.revoke("old");

    strictEqual((await peer.ended).details, "This peer was revoked");
  },
);

Deno.test(
  "a revoked peer is cut off under every name of its key, at all edges, and restored so",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using one = await startEdge({ timeouts: { peerSec: 1 } });
    await using two = await startEdge({ state: one.state, timeouts: { peerSec: 1 } });
    const enter = async (address: string, peerId: string) => {
      const peer = await openSigned(address, peerId, key);
      const challenge = await peer.receive("challenge");
      peer.send(proofOf(challenge, { peerId, key, nonce: peer.nonce }));
      await peer.receive("admitted");
      return peer;
    };
    {
      using _first = await enter(one.address, "by-default");
    }
    using here = await enter(one.address, "renamed");
    using there = await enter(two.address, "renamed again");

    await one.edge.identities.revoke("by-default");

    for (const { ended } of [here, there]) {
      const { code, details } = await ended;
      deepStrictEqual([code, details], [PERMISSION_DENIED, "This peer was revoked"]);
    }
    const names = ["by-default", "renamed", "renamed again"];
    const known = await one.edge.identities.among(names);
    strictEqual(known.filter(({ revokedAt }) => revokedAt !== null).length, 3);
    await one.edge.identities.restore("renamed");
    using _back = await enter(two.address, "by-default");
  },
);
