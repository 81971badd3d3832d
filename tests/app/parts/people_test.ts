/** What plays when it is shared no more: at once, and for every kind of viewer. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { orPeer } from "../../../src/app/parts/edge_role.ts";
import { openPeopleRole } from "../../../src/app/parts/people.ts";
import { silent } from "../../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import type { Edge } from "../../../src/edge/mod.ts";
import type { EdgePort } from "../../../src/http/mod.ts";
import { ownerBy } from "../../../src/people/mod.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../../edge/rig.ts";

const never = new AbortController().signal;
const machine = ownerBy("local");
const password = "correct horse battery";

/** People, an edge, and a peer with one film. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const state = openSqliteState(stack.use(openDatabase(":memory:", migrations.edge)));
  const at: { edge?: Edge } = {};
  const findTitle = async (id: string) => {
    const title = await at.edge?.findTitle(id);
    const replicas = title?.replicas.map(({ peerId }) => ({ "peer_id": peerId })) ?? [];
    return { replicas } as unknown as Awaited<ReturnType<EdgePort["findTitle"]>>;
  };
  const role = openPeopleRole({
    state,
    publish: (type) => role.onEvent(type),
    log: silent,
    edge: () => ({ findTitle, tagsOf: () => Promise.resolve(new Map()) }),
    endForbidden: async (reason) => await at.edge?.revokeForbidden(reason),
  });
  const settings = { peerViewers: true };
  const mayPlay = orPeer(role.mayPlay, () => settings.peerViewers);
  const rig = stack.use(await startEdge({ state, mayPlay }));
  at.edge = rig.edge;
  const peer = stack.use(startLink(rig.address, new MapLibrary("Alien.mp4")));
  const [item] = await until(async () => {
    const found = await titles(rig.edge);
    return found[0]?.online && found;
  });
  const catalogId = item!.catalogId;
  return {
    edge: rig.edge,
    people: role.port,
    settings,
    catalogId,
    peer,
    play: (viewer: string) =>
      rig.edge.openStream({ catalogId, sdp: `v=0 ${viewer}`, viewer }, never),
    /** Who plays now. */
    viewers: () => rig.edge.streams().map(({ viewer }) => viewer).sort(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("a rule that is revoked ends what plays by it, and nothing else", grpcTest, async () => {
  await using it = await setUp();
  const { people, edge } = it;
  const guest = (name: string) =>
    people.accounts.create(machine, { name, password, role: "guest" });
  const [ann, bob] = await Promise.all([guest("ann"), guest("bob")]);
  const share = (userId: string) =>
    people.sharing.create(machine, {
      userId,
      effect: "allow",
      action: "play",
      kind: "title",
      value: it.catalogId,
    });
  const rule = await share(ann.id);
  await share(bob.id);
  const { accessToken } = await people.signIn({ name: "ann", password }, {});
  const signedIn = (await people.authenticate(accessToken))!;
  const { token } = await people.tokens.create(signedIn, ann.id, {
    name: "player",
    scopes: ["play"],
    expiresInDays: null,
  });
  const program = (await people.authenticate(token))!;
  strictEqual(program.by, "token");

  // Ann in a browser, a program with her token, Bob, a peer for a viewer of its own, the owner.
  const plays = [signedIn.userId!, program.userId!, bob.id, "peer:old", "owner"];
  for (const viewer of plays) await it.play(viewer);
  deepStrictEqual(it.viewers(), plays.toSorted());

  await people.sharing.delete(machine, rule.id);

  const others = [bob.id, "owner", "peer:old"].sort();
  await until(() => it.viewers().length <= 3);
  deepStrictEqual(it.viewers(), others);
  await it.peer.event("grant.revoked", 2);
  const { items } = await edge.grants({ limit: 10 });
  const revoked = items.filter(({ state }) => state === "revoked");
  deepStrictEqual(revoked.map(({ viewer, reason }) => [viewer, reason]), [
    [ann.id, "not shared any more"],
    [ann.id, "not shared any more"],
  ]);

  // An account that is disabled plays nothing, either; those of peers go when they may not be.
  await people.accounts.change(machine, bob.id, { isDisabled: true });
  await until(() => it.viewers().length === 2);
  it.settings.peerViewers = false;
  strictEqual(await edge.revokeForbidden("PEER_VIEWERS is off"), 1);
  deepStrictEqual(it.viewers(), ["owner"]);
  await it.peer.event("grant.revoked", 4);
});
