/** Rules for tags over the titles of several peers: what plays ends with the tag. @module */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { openPeopleRole } from "../../../src/app/parts/people.ts";
import { DeniedError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import { type Edge } from "../../../src/edge/mod.ts";
import { createEmbeddedBus } from "../../../src/edge/server/routing/bus/embedded.ts";
import { catalogItemBody } from "../../../src/http/mod.ts";
import { ownerBy, type Rule } from "../../../src/people/mod.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";
import { TaggedLibrary } from "./library.ts";

const never = new AbortController().signal;
const machine = ownerBy("local");
const password = "correct horse battery";

/** Two edges alone, with one state and one bus; their people; and peers of one film each. */
async function openSite() {
  const stack = new AsyncDisposableStack();
  const state = openSqliteState(stack.use(openDatabase(":memory:", migrations.edge)));
  const join = createEmbeddedBus();
  const open = async (edgeId: string) => {
    const late: { edge?: Edge } = {};
    const role = openPeopleRole({
      state,
      publish: (type, data) => late.edge?.publish(type, data),
      log: silent,
      edge: () => ({
        findTitle: async (id) => catalogItemBody((await late.edge!.findTitle(id))!),
        tagsOf: (ids) => late.edge!.tagsOf(ids),
      }),
      endForbidden: async (reason) => await late.edge?.revokeForbidden(reason),
    });
    const publish = (type: string) => role.onEvent(type);
    const { mayPlay } = role;
    const rig = stack.use(await startEdge({ state, edgeId, bus: join(), publish, mayPlay }));
    late.edge = rig.edge;
    return { ...rig, people: role.port };
  };
  const [one, other] = [await open("edge-1"), await open("edge-2")];
  const link = (peerId: string, library: MapLibrary) =>
    stack.use(startLink(one.address, library, { settings: { peerId, isOwnEdge: true } }));
  const account = async (name: string, role: "guest" | "member", rule?: Rule) => {
    const { id } = await one.people.accounts.create(machine, { name, password, role });
    if (rule) await one.people.sharing.create(machine, { ...rule, userId: id });
    return id;
  };
  return { one, other, link, account, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const rule = (effect: Rule["effect"], value: string): Rule => ({
  effect,
  action: effect === "allow" ? "play" : "see",
  kind: "tag",
  value,
});

/** The same film on each peer. */
class SameFilm extends TaggedLibrary {
  override describe(catalogIds: string[], withTags = false) {
    const contentHash = new Uint8Array(16).fill(7).toHex();
    return super.describe(catalogIds, withTags).map((it) => ({
      ...it,
      sizeBytes: 9,
      contentHash,
    }));
  }
}

Deno.test(
  "what plays by a tag ends with it, at every edge, and a branch is its tag",
  grpcTest,
  async () => {
    await using it = await openSite();
    const { one, other } = it;
    const library = new TaggedLibrary({ "Up.mp4": ["kids/cartoons"] });
    const peer = it.link("alpha", library);
    const guest = await it.account("Gus", "guest", rule("allow", "kids"));
    const member = await it.account("Mem", "member", rule("deny", "horror"));
    const free = await it.account("Free", "member");
    const catalogId = await until(async () => {
      const [title] = await titles(other.edge);
      return title?.online && title.media && title.catalogId;
    }, "the title");
    const play = (viewer: string, { edge } = other) =>
      edge.openStream({ catalogId, sdp: "v=0", viewer }, never);
    const viewers = () => other.edge.streams().map(({ viewer }) => viewer).sort();
    await until(async () => (await one.edge.tagsOf([catalogId])).size === 1, "its tags");
    for (const viewer of [guest, member, free]) await play(viewer);

    // To another branch: the guest's end; the member's goes on.
    library.tag("Up.mp4", "adults/cartoons");
    peer.link.retell("tags");
    await until(() => viewers().length === 2, "the guest's play to end");
    deepStrictEqual(viewers(), [free, member].sort());
    await rejects(play(guest), DeniedError);
    await rejects(play(guest, one), DeniedError);

    library.tag("Up.mp4", "adults/cartoons", "horror/old");
    peer.link.retell("tags");
    await until(() => viewers().length === 1, "the member's play to end");
    deepStrictEqual(viewers(), [free]);
    await rejects(play(member, one), DeniedError);

    library.tag("Up.mp4", "kids");
    peer.link.retell("tags");
    const both = () => Promise.all([play(guest), play(member)]).catch(() => undefined);
    strictEqual((await until(both, "both to play again")).length, 2);
  },
);

Deno.test(
  "of one film at several peers, each opens its own copy and closes all",
  grpcTest,
  async () => {
    await using it = await openSite();
    const { one: { edge } } = it;
    const beta = new SameFilm({ "b.mp4": [] });
    it.link("alpha", new SameFilm({ "a.mp4": ["kids"] }));
    const peer = it.link("beta", beta);
    it.link("old", new MapLibrary("c.mp4"));
    const guest = await it.account("Gus", "guest", rule("allow", "kids"));
    const member = await it.account("Mem", "member", rule("deny", "horror"));
    const [film, old] = await until(async () => {
      const all = await titles(edge);
      const two = all.find(({ replicas }) => replicas.filter(({ online }) => online).length === 2);
      const one = all.find(({ replicas }) => replicas[0]?.peerId === "old");
      const said = (await edge.tagsOf([two?.catalogId ?? ""])).get(two?.catalogId ?? "");
      return one?.media && said?.size === 2 && [two!.catalogId, one.catalogId] as const;
    }, "a film of two, and one of the old peer");
    const play = (viewer: string, catalogId: string) =>
      edge.openStream({ catalogId, sdp: "v=0", viewer }, never);
    const from = async (viewer: string) =>
      [await play(viewer, film), await play(viewer, film)].map(({ peerId }) => peerId).sort();

    deepStrictEqual(await from(guest), ["alpha", "alpha"]);
    deepStrictEqual(await from(member), ["beta", "beta"], "who has fewer viewers is asked first");
    await rejects(play(guest, old), DeniedError, "no tags are known of it");
    await rejects(play(member, old), DeniedError, "it might be what is denied");
    await play(await it.account("Free", "member"), old);

    beta.tag("b.mp4", "horror");
    peer.link.retell("tags");
    await until(() => edge.streams(member).length === 0, "what is denied to end");
    strictEqual(edge.streams(guest).length, 2);
  },
);
