/** Grants while films play: over a real link, to a real viewer. @module */
import { within } from "../../helpers/wait.ts";
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { DeniedError, NotFoundError } from "../../../src/base/errors.ts";
import { GrantStore } from "../../../src/edge/grants/store.ts";
import { openAnswering } from "../../helpers/viewer.ts";
import { PublishedPeer } from "../published.ts";
import { grpcTest, startEdge, titles, until } from "../rig.ts";
import { film, openViewer, startPlay } from "./rig.ts";

const never = new AbortController().signal;

Deno.test(
  "a film plays by its grant, and a revoked one is closed within a second",
  grpcTest,
  async () => {
    await using it = await startPlay();
    await using viewer = await openViewer();
    const { edge } = it.rig;

    const stream = await edge.openStream(
      { catalogId: it.catalogId, sdp: viewer.offer, viewer: "ann" },
      never,
    );
    await viewer.answer(stream.sdp);
    deepStrictEqual(await viewer.read(), film);
    strictEqual(edge.streams("ann").length, 1);
    strictEqual(edge.streams("eve").length, 0);

    const started = performance.now();
    strictEqual(await edge.revokeGrants({ viewer: "ann" }, "signed out"), 1);
    await until(() => it.sessions.list().length === 0);
    const ms = performance.now() - started;
    ok(ms < 1000, `closed after ${ms} ms`);
    await viewer.closed;
    strictEqual(edge.streams().length, 0);
    strictEqual(await edge.revokeGrants({ viewer: "ann" }, "again"), 0);

    const { items } = await edge.grants({ limit: 10 });
    deepStrictEqual(
      items.map(({ viewer, state, reason, catalogId, sessionId }) => {
        return { viewer, state, reason, catalogId, sessionId };
      }),
      [{
        viewer: "ann",
        state: "revoked",
        reason: "signed out",
        catalogId: it.catalogId,
        sessionId: stream.sessionId,
      }],
    );
    await it.peer.event("grant.accepted");
    await it.peer.event("grant.revoked");
    await it.rig.event("grant.issued");
    await it.rig.event("grant.revoked");
  },
);

Deno.test("what a revoked peer plays is closed", grpcTest, async () => {
  await using it = await startPlay();
  await using viewer = await openViewer();
  const { edge } = it.rig;
  const [peer] = await edge.peers({ limit: 1 }).then(({ items }) => items);
  const stream = await edge.openStream({ catalogId: it.catalogId, sdp: viewer.offer }, never);
  await viewer.answer(stream.sdp);
  deepStrictEqual(await viewer.read(), film);

  strictEqual(await edge.identities.revoke(peer!.peerId), true);
  await within("the end of what it plays", viewer.closed);
  const { items: [grant] } = await edge.grants({ limit: 1 });
  deepStrictEqual([grant?.state, grant?.reason], ["revoked", "the peer was revoked"]);
});

Deno.test(
  "an edge that was killed knows what it had allowed, and ends what is lost",
  grpcTest,
  async () => {
    await using it = await startPlay();
    await using viewer = await openViewer();
    const { rig: { state, address, edge: killed }, catalogId } = it;
    const stream = await killed.openStream({ catalogId, sdp: viewer.offer, viewer: "ann" }, never);
    await viewer.answer(stream.sdp);
    await viewer.read();
    await it.rig.stop();
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
    const log = new GrantStore(state);
    const title = { catalogId, peerCatalogId: catalogId, offer: "hash" };
    const facts = { viewer: "bob", ...title, peerId: "peer-9", edgeId: "edge-9" };
    await log.issued({ ...facts, sessionId: "lost", issuedAt: ago(400), expiresAt: ago(100) });
    await log.issued({ ...facts, sessionId: "late", issuedAt: ago(300), expiresAt: ago(1) });

    let may = true;
    await using again = await startEdge({ address, state, mayPlay: () => Promise.resolve(may) });
    const of = async (id: string) => {
      const { items } = await again.edge.grants({ limit: 10 });
      return items.find(({ sessionId }) => sessionId === id)!;
    };
    await again.event("grant.expired");
    const lost = await of("lost");
    deepStrictEqual([lost.state, lost.endedAt], ["expired", lost.expiresAt]);
    strictEqual((await of("late")).state, "playing", "another edge may be about to renew it");
    strictEqual((await of(stream.sessionId)).state, "playing");

    await until(async () => (await titles(again.edge))[0]?.online);
    strictEqual(await again.edge.revokeForbidden("still shared"), 0);
    deepStrictEqual(await viewer.read(), film);
    may = false;
    strictEqual(await again.edge.revokeForbidden("not shared any more"), 1);
    await within("the end of a play from before", viewer.closed);
    strictEqual((await of(stream.sessionId)).state, "revoked");
  },
);

Deno.test(
  "a play goes on by later grants when its edge was started anew",
  grpcTest,
  async () => {
    let may = true;
    const mayPlay = () => Promise.resolve(may);
    await using it = await startPlay({ timeouts: { grantSec: 20 }, mayPlay });
    await using viewer = await openViewer();
    await using gone = await openViewer();
    const { rig: { state, address, edge: killed }, catalogId } = it;
    const open = async ({ offer, answer }: typeof viewer, name: string) => {
      const stream = await killed.openStream({ catalogId, sdp: offer, viewer: name }, never);
      await answer(stream.sdp);
      return stream.sessionId;
    };
    const sessionId = await open(viewer, "ann");
    const closed = await open(gone, "bob");
    deepStrictEqual(await viewer.read(), film);
    await gone.read();
    await it.rig.stop();
    // Nobody hears that this one is over.
    await it.sessions.close(closed);
    await within("the end of a play", gone.closed);
    const log = new GrantStore(state);
    const [row] = await log.playing({ sessionId });
    for (const [id, viewer] of [["caller", "peer:old"], ["before", "ann"]] as const) {
      const offer = id === "before" ? null : row!.offer;
      await log.issued({ ...row!, sessionId: id, viewer, offer });
    }

    // Half of this is more than what is left: all that may be is renewed at once.
    await using again = await startEdge({ address, state, timeouts: { grantSec: 40 }, mayPlay });
    const of = async (id: string) =>
      (await again.edge.grants({ limit: 10 })).items.find((it) => it.sessionId === id)!;
    await until(async () => (await of(closed)).state === "ended", "what its peer says of it");
    const { state: how, renewals, issuedAt, expiresAt } = await of(sessionId);
    deepStrictEqual([how, renewals, issuedAt], ["playing", 1, row!.issuedAt]);
    ok(expiresAt > row!.expiresAt);
    for (const id of ["caller", "before"]) {
      deepStrictEqual([(await of(id)).state, (await of(id)).renewals], ["playing", 0], id);
    }
    deepStrictEqual(await viewer.read(), film);
    strictEqual(again.edge.findStream(sessionId, "ann").peerId, "peer-1");
    throws(() => again.edge.findStream(sessionId, "eve"), NotFoundError);
    strictEqual(it.peer.seen.some(({ type }) => type === "grant.refused"), false);
    strictEqual(again.seen.some(({ type }) => type === "grant.issued"), false);

    may = false;
    strictEqual(await again.edge.revokeForbidden("not shared any more"), 3);
    await within("the end of a play from before", viewer.closed);
    strictEqual((await of(sessionId)).state, "revoked");
  },
);

Deno.test("another viewer's stream is not there", grpcTest, async () => {
  await using it = await startPlay();
  await using viewer = await openViewer();
  const { edge } = it.rig;
  const { sessionId } = await edge.openStream(
    { catalogId: it.catalogId, sdp: viewer.offer, viewer: "ann" },
    never,
  );
  const candidate = { sessionId, candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 };

  const calls = [
    () => edge.findStream(sessionId, "eve"),
    () => edge.closeStream(sessionId, "eve"),
    () => edge.takeCandidates(sessionId, "eve"),
    () => edge.addCandidate(candidate, "eve"),
    () => edge.answerStream(sessionId, "v=0", "eve"),
  ];
  for (const call of calls) {
    await rejects(async () => await call(), (error) => error instanceof NotFoundError);
  }
  strictEqual(edge.findStream(sessionId, "ann").viewer, "ann");
  edge.closeStream(sessionId, "ann");
  await until(() => it.sessions.list().length === 0);
});

Deno.test("a grant is renewed while its viewer may play, and no longer", grpcTest, async () => {
  let may = true;
  const asked: string[] = [];
  await using it = await startPlay({
    timeouts: { grantSec: 1 },
    mayPlay: (viewer, catalogId) => {
      asked.push(`${viewer} ${catalogId}`);
      return Promise.resolve(may);
    },
  });
  await using viewer = await openViewer();
  const { edge } = it.rig;
  const open = () => edge.openStream({ catalogId: it.catalogId, sdp: viewer.offer }, never);
  const stream = await open();
  await viewer.answer(stream.sdp);
  await viewer.read();

  const renewals = async () => (await edge.grants({ limit: 1 })).items[0]!.renewals;
  await until(async () => await renewals() >= 2);
  strictEqual(it.sessions.list().length, 1);
  may = false;
  await until(() => it.sessions.list().length === 0);
  await it.rig.event("grant.revoked");
  deepStrictEqual([...new Set(asked)], [`owner ${it.catalogId}`]);

  await rejects(
    open(),
    (error) => error instanceof DeniedError && /not shared/.test(error.message),
  );
});

Deno.test(
  "a session is set up by the published WebRTCOperations, and plays",
  grpcTest,
  async () => {
    await using it = await startPlay();
    using caller = new PublishedPeer(it.rig.address, "old");
    await caller.headers;
    const viewer = await openAnswering();

    const offered = await caller.webrtc({
      request_id: "w1",
      stream_session_request: { catalog_id: it.catalogId, session_id: "mine" },
    });
    const { session_id: id, sdp } = offered.sdp_offer as { session_id: string; sdp: string };
    strictEqual(id, "mine");
    const answer = await viewer.take(sdp);
    const bare = answer.split("\r\n").filter((line) => !/^a=(candidate|end-of)/.test(line));
    const answered = await caller.webrtc({
      sdp_answer: { session_id: id, sdp: bare.join("\r\n") },
    });
    deepStrictEqual(answered.stream_session_response, { session_id: id, success: true });
    for (const [, candidate] of answer.matchAll(/^a=(candidate:.*)\r$/gm)) {
      const reply = await caller.webrtc({
        ice_candidate: { session_id: id, candidate, sdp_mid: "0", sdp_m_line_index: 0 },
      });
      ok(reply.stream_session_response ?? reply.ice_candidate);
    }

    deepStrictEqual(await viewer.read(), film);
    strictEqual(it.rig.edge.streams()[0]?.viewer, "peer:old");
    const again = await caller.webrtc({ sdp_answer: { session_id: id, sdp: "v=0" } });
    strictEqual((again.stream_session_response as { success?: boolean }).success, undefined);
    const stranger = await caller.webrtc({ sdp_answer: { session_id: "x", sdp: "v=0" } });
    strictEqual((stranger.stream_session_response as { error: string }).error, "BAD_CATALOG_ID");
    caller.end();
    await until(() => it.sessions.list().length === 0);
    await viewer.close();
  },
);
