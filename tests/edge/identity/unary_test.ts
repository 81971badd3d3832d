/**
 * Whose unary calls are answered: of the connected peer itself, and nobody who takes its name.
 *
 * @module
 */
import { match, strictEqual } from "node:assert/strict";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { PublishedPeer } from "../published.ts";
import { grpcTest, startEdge } from "../rig.ts";
import { elsewhere, openSigned, proofOf } from "./visitor.ts";

Deno.test(
  "the unary call of a signed peer counts on its own connection only",
  grpcTest,
  async () => {
    const key = makeIdentityKey();
    await using rig = await startEdge();
    using peer = await openSigned(rig.address, "peer-1", key);
    peer.send(
      proofOf(await peer.receive("challenge"), { peerId: "peer-1", key, nonce: peer.nonce }),
    );
    await peer.receive("admitted");

    using stranger = new PublishedPeer(rig.address, "peer-1");
    const refused = await stranger.webrtc({ request_id: "w" }).catch((error) => error);

    strictEqual(refused.details, "Peer not connected");
  },
);

Deno.test(
  "the unary call of an unsigned peer counts from its own machine only",
  { ...grpcTest, ignore: !elsewhere },
  async () => {
    const entries: LogEntry[] = [];
    const log = new Log((entry) => void entries.push(entry));
    await using rig = await startEdge({ address: "0.0.0.0:0", log });
    using viewer = new PublishedPeer(rig.address, "viewer");
    await viewer.headers;
    const asked = { "stream_session_request": { "catalog_id": "x", "session_id": "s" } };

    using neighbour = new PublishedPeer(rig.address.replace(/^[^:]+/, elsewhere!), "viewer");
    match((await neighbour.ended).details, /has not joined this edge/);
    const refused = await neighbour.webrtc(asked).catch((error) => error);
    strictEqual(refused.details, "Peer not connected");
    const [noted] = entries.filter(({ message }) => message === "Call refused");
    strictEqual(noted?.fields?.peerId, "viewer");

    // An original may use another connection; so may any program here, which the door lets in.
    using second = new PublishedPeer(rig.address.replace("127.0.0.1", "127.0.0.2"), "viewer");
    const answered = await second.webrtc(asked);
    const { error } = answered.stream_session_response as { error: string };
    strictEqual(error, "BAD_CATALOG_ID");
  },
);
