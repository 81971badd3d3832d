/** Plays end with the sign-in or the token that they were begun by. @module */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { endingWithProof } from "../../../src/app/parts/edge/begun_by.ts";
import { DeniedError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../../edge/rig.ts";
import { edgePort } from "../../http/rig.ts";
import { openPeopleRig } from "../../http/people/rig.ts";

/** An edge, a peer with one film, and REST before them. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const { edge, address } = stack.use(await startEdge());
  const peer = stack.use(startLink(address, new MapLibrary("Alien.mp4")));
  const [item] = await until(async () => {
    const found = await titles(edge);
    return found[0]?.online && found;
  });
  /** Proofs that are over, of which this edge has heard nothing. */
  const over = new Set<string>();
  const isOn = (id: string) => Promise.resolve(!over.has(id));
  const plays = endingWithProof(edge, isOn, silent);
  const port = { ...edgePort(), openStream: plays.openStream };
  const rest = stack.use(openPeopleRig({ ports: { edge: port } }));
  const stopping = new AbortController();
  const hearing = (async () => {
    for await (const { type, data } of rest.events.listen(stopping.signal)) {
      plays.onEvent(type, data);
    }
  })();
  stack.defer(async () => {
    stopping.abort();
    await hearing;
  });
  const body = { "catalog_id": item!.catalogId };
  return {
    edge,
    plays,
    over,
    peer,
    rest,
    catalogId: item!.catalogId,
    async play(bearer: string): Promise<string> {
      const answer = await rest.ask("POST /api/streams", { bearer, body });
      strictEqual(answer.status, 201);
      return (await answer.json()).id;
    },
    playing: () => edge.streams().map(({ sessionId }) => sessionId).sort(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test(
  "what a sign-in or a token has begun ends with it, and nothing else",
  grpcTest,
  async () => {
    await using it = await setUp();
    const { rest } = it;
    const ann = await rest.join("Ann", "owner");
    const signIn = { name: "Ann", password: "correct horse battery" };
    const phone = await (await rest.ask("POST /api/sessions", { body: signIn })).json();
    const wanted = { name: "tv", scopes: ["play"] };
    const tv = await (await rest.ask("POST /api/tokens", { bearer: ann.bearer, body: wanted }))
      .json();
    const onDesk = await it.play(ann.bearer);
    const onPhone = await it.play(phone.access_token);
    const onTv = await it.play(tv.token);
    deepStrictEqual(it.playing(), [onDesk, onPhone, onTv].sort());

    await rest.ask(`DELETE /api/sessions/${phone.session_id}`, { bearer: ann.bearer });
    await it.peer.event("grant.revoked", 1);
    deepStrictEqual(it.playing(), [onDesk, onTv].sort());

    await rest.ask(`DELETE /api/tokens/${tv.id}`, { bearer: ann.bearer });
    await it.peer.event("grant.revoked", 2);
    deepStrictEqual(it.playing(), [onDesk]);

    // Of a play that began before this edge was started nobody knows by what: any sign-in ends it.
    const earlier = await it.edge.openStream(
      { catalogId: it.catalogId, sdp: "v=0", viewer: ann.id },
      new AbortController().signal,
    );
    deepStrictEqual(it.playing(), [onDesk, earlier.sessionId].sort());
    const other = await (await rest.ask("POST /api/sessions", { body: signIn })).json();
    await rest.ask(`DELETE /api/sessions/${other.session_id}`, { bearer: ann.bearer });
    await it.peer.event("grant.revoked", 3);
    deepStrictEqual(it.playing(), [onDesk]);
  },
);

Deno.test(
  "what ended while other edges could not be heard ends what it has begun",
  grpcTest,
  async () => {
    await using it = await setUp();
    const { rest, plays } = it;
    const [ann, bob] = [await rest.join("Ann", "owner"), await rest.join("Bob", "owner")];
    const wanted = { name: "tv", scopes: ["play"] };
    const tv = await (await rest.ask("POST /api/tokens", { bearer: bob.bearer, body: wanted }))
      .json();
    const [byAnn, byBob, byToken] = [
      await it.play(ann.bearer),
      await it.play(bob.bearer),
      await it.play(tv.token),
    ];
    deepStrictEqual(it.playing(), [byAnn, byBob, byToken].sort());
    // At another edge.
    it.over.add(ann.sessionId).add(tv.id);

    plays.onEvent("edge.rejoined", {});

    await it.peer.event("grant.revoked", 2);
    deepStrictEqual(it.playing(), [byBob]);
  },
);

Deno.test("who is signed out while a play opens does not play", grpcTest, async () => {
  await using it = await setUp();
  const play = {
    catalogId: it.catalogId,
    sdp: "v=0",
    viewer: "usr_1",
    begunBy: "ses_1",
  };
  const opening = it.plays.openStream(play, new AbortController().signal);
  it.plays.onEvent("session.ended", { sessionId: "ses_1", userId: "usr_1" });

  await rejects(opening, DeniedError);
  deepStrictEqual(it.playing(), []);
});
