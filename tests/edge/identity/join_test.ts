/**
 * Joining an edge with a PIN: once, in its time, with few tries, and never through somebody between.
 *
 * @module
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { DeniedError, InvalidError, NotFoundError } from "../../../src/base/errors.ts";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { startPairing } from "../../../src/edge/identity/pairing.ts";
import { parsePin, secretOf } from "../../../src/edge/identity/joining/pins.ts";
import { makeNonce, transcript } from "../../../src/edge/identity/transcript.ts";
import { joinEdge } from "../../../src/edge/mod.ts";
import type { Proof } from "../../../src/edge/messages.ts";
import { type EdgeStream, openGrpc } from "../../../src/edge/proto.ts";
import { listening } from "../listening.ts";
import { grpcTest, MapLibrary, startEdge, startLink, until } from "../rig.ts";

const never = new AbortController().signal;

function joining(address: string, pin: string, key = makeIdentityKey(), peerId = "peer-1") {
  const way = { address, useTls: false };
  return joinEdge({ way, peerId, key, pin, timeoutMs: 5000 }, never);
}

/** Another PIN with the same open part. */
function wrongOf(pin: string): string {
  return pin.slice(0, -1) + (Number(pin.at(-1)) + 1) % 10;
}

const strict = { identity: { unsigned: "never" as const } };

Deno.test(
  "a PIN lets one peer in, once, and each end knows the other from then on",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using rig = await startEdge(strict);
    const { pin, fingerprint, id } = await rig.edge.identities.invite();
    match(pin, /^\d{3}-\d{3}-\d{3}$/);
    strictEqual((await rig.edge.identities.invitations())[0]?.id, id);

    strictEqual(await joining(rig.address, pin, key), fingerprint);

    await rig.event("peer.joined");
    strictEqual(rig.edge.onlineCount(), 0);
    deepStrictEqual(await rig.edge.identities.invitations(), []);
    await using peer = startLink(rig.address, new MapLibrary("Alien.mp4"), {
      settings: { identity: { key, timeoutMs: 5000, pinOf: () => fingerprint } },
    });
    await peer.event("link.connected");
    await until(async () => (await rig.edge.findPeer("peer-1"))?.catalogSize === 1);
    strictEqual((await rig.edge.identities.among(["peer-1"]))[0]?.origin, "pin");
    await rejects(joining(rig.address, pin, makeIdentityKey(), "peer-2"), /there is no such PIN/);
    deepStrictEqual(await rig.edge.identities.among(["peer-2"]), []);
  },
);

Deno.test(
  "a token lets one peer in as a PIN does, and a part of it is told apart",
  grpcTest,
  async () => {
    await using rig = await startEdge(strict);
    const { pin: token, fingerprint } = await rig.edge.identities.invite(60, "token");
    match(token, /^gfj_\d{3}[\w-]{22}$/);

    await rejects(joining(rig.address, token.slice(0, -1)), /copy all of it/);
    const wrong = token.slice(0, 7) + token.slice(7).split("").reverse().join("");
    await rejects(joining(rig.address, wrong), /there is no such PIN/);
    deepStrictEqual((await rig.edge.identities.invitations()).map(({ kind }) => kind), ["token"]);
    strictEqual(await joining(rig.address, token), fingerprint);
    strictEqual((await rig.edge.identities.among(["peer-1"]))[0]?.origin, "token");
    await rejects(joining(rig.address, token, makeIdentityKey(), "peer-2"), DeniedError);
  },
);

Deno.test("a PIN bears five tries, and what is stored of it is not the PIN", grpcTest, async () => {
  await using rig = await startEdge(strict);
  const { pin } = await rig.edge.identities.invite();
  const [row] = await rig.state.all<{ secret: string }>("SELECT secret FROM enrolments");
  match(row!.secret, /^[0-9a-f]{64}$/);
  ok(!JSON.stringify(row).includes(pin.replaceAll("-", "").slice(3)));

  for (let n = 0; n < 5; n++) {
    await rejects(
      joining(rig.address, wrongOf(pin)),
      (error) => error instanceof DeniedError && /there is no such PIN/.test(error.message),
    );
  }

  await rejects(joining(rig.address, pin), /there is no such PIN/);
  await rejects(joining(rig.address, "12-34"), InvalidError);
});

Deno.test("a PIN is over when its time is, or when it is taken back", grpcTest, async () => {
  await using rig = await startEdge(strict);
  const { identities } = rig.edge;
  const late = await identities.invite(1);
  const taken = await identities.invite();
  await identities.removeInvitation(taken.id);
  await rejects(identities.removeInvitation(taken.id), NotFoundError);
  await rejects(identities.invite(0), InvalidError);

  await rejects(joining(rig.address, taken.pin), /there is no such PIN/);
  await until(async () => (await identities.invitations()).length === 0);
  await rejects(joining(rig.address, late.pin), /its time is over/);
});

Deno.test("one address has twenty tries, whatever the PINs", grpcTest, async () => {
  await using rig = await startEdge(strict);
  const { pin } = await rig.edge.identities.invite();
  const other = pin.startsWith("000") ? "001" : "000";
  for (let n = 0; n < 20; n++) {
    await rejects(joining(rig.address, `${other}-000-000`), /there is no such PIN/);
  }

  await rejects(joining(rig.address, pin), /too many tries from this address/);
});

Deno.test("a name that belongs to another key cannot be had with a PIN", grpcTest, async () => {
  await using rig = await startEdge(strict);
  const { identities } = rig.edge;
  await joining(rig.address, (await identities.invite()).pin);
  const { pin } = await identities.invite();

  await rejects(joining(rig.address, pin), /belongs to another key/);
  await identities.revoke("peer-1");
  await rejects(joining(rig.address, pin), /this peer was revoked/);
});

Deno.test(
  "somebody between without the PIN is refused, also with the edge's own words",
  grpcTest,
  async () => {
    await using rig = await startEdge(strict);
    const { pin } = await rig.edge.identities.invite();
    const key = makeIdentityKey();
    const guess = wrongOf(pin);
    // It shows a key of its own, pairs with a PIN that it guesses, and says yes to everything.
    await using hostile = await startHostile(async (stream) => {
      const text = (name: string) => String(stream.metadata.get(name)[0]);
      const said = {
        edgeId: "edge-1",
        edgeKey: key.publicKey,
        edgeNonce: makeNonce(),
        peerId: text("peer_id"),
        peerKey: text("peer_key"),
        peerNonce: text("peer_nonce"),
      };
      const pairing = await startPairing(await secretOf(parsePin(guess), key.publicKey), said);
      stream.write({
        requestId: "1",
        edgeId: "edge-1",
        payload: {
          case: "challenge",
          value: {
            nonce: said.edgeNonce,
            publicKey: key.publicKey,
            signature: key.sign(transcript("edge admits", said)),
            share: pairing.share,
          },
        },
      });
      stream.on("data", (message) => {
        const { share, mac } = (message as { payload: { value: Proof } }).payload.value;
        const agreement = pairing.agree(share, true);
        seen.push(agreement.isMac("peer pairs", mac));
        // Its best: its own proof, and the peer's own words said back.
        for (const it of [agreement.mac("edge pairs"), mac]) {
          stream.write({
            requestId: "1",
            edgeId: "edge-1",
            payload: { case: "admitted", value: { mac: it } },
          });
        }
      });
    });
    const seen: boolean[] = [];

    await rejects(joining(hostile.address, pin), /what answers does not know the PIN/);

    deepStrictEqual(seen, [false]); // and it has learnt only that its one guess was wrong
    // The invitation is whole, and the edge behind is joined without it.
    await joining(rig.address, pin);
  },
);

Deno.test("an edge that signs with another key than it shows is refused", grpcTest, async () => {
  const [shown, signing] = [makeIdentityKey(), makeIdentityKey()];
  await using hostile = await startHostile((stream) => {
    const nonce = makeNonce();
    const said = {
      edgeId: "e",
      edgeKey: shown.publicKey,
      edgeNonce: nonce,
      peerId: "peer-1",
      peerKey: String(stream.metadata.get("peer_key")[0]),
      peerNonce: String(stream.metadata.get("peer_nonce")[0]),
    };
    const signature = signing.sign(transcript("edge admits", said));
    const value = { nonce, publicKey: shown.publicKey, signature, share: "" };
    stream.write({ requestId: "1", edgeId: "e", payload: { case: "challenge", value } });
  });

  await using peer = startLink(hostile.address, new MapLibrary("Alien.mp4"), {
    settings: {
      identity: { key: makeIdentityKey(), timeoutMs: 5000, pinOf: () => shown.fingerprint },
    },
  });
  match(await until(() => peer.link.state().reason), /The edge's signature is wrong/);
});

/** A gRPC server that does with a stream what a test wants. */
async function startHostile(take: (stream: EdgeStream) => void | Promise<void>) {
  const { lib, service } = await openGrpc();
  const server = new lib.Server();
  server.addService(service, {
    asyncOperations(stream: EdgeStream) {
      stream.on("error", () => {});
      void take(stream);
    },
    webrtcOperations() {},
  });
  const port = await listening(server, lib);
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => Promise.resolve(server.forceShutdown()),
  };
}
