/** Rules about peers, and several edges: who may not any more may not at any of them. @module */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { openPeopleRole } from "../../../src/app/parts/people.ts";
import { DeniedError } from "../../../src/base/errors.ts";
import { type AppEvent, Events } from "../../../src/base/events.ts";
import { silent } from "../../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState, type State } from "../../../src/db/mod.ts";
import type { Bus, Edge } from "../../../src/edge/mod.ts";
import { createEmbeddedBus } from "../../../src/edge/server/routing/bus/embedded.ts";
import type { EdgePort } from "../../../src/http/mod.ts";
import { hearing } from "../../../src/http/resources/events/hearing.ts";
import { ownerBy } from "../../../src/people/mod.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../../edge/rig.ts";

const never = new AbortController().signal;
const machine = ownerBy("local");
const password = "correct horse battery";

/** An edge with its people, as the agent puts them together. */
async function openSite(state: State, bus: Bus, edgeId: string) {
  const events = new Events();
  const late: { edge?: Edge } = {};
  const findTitle = async (id: string) => {
    const title = await late.edge?.findTitle(id);
    const replicas = title?.replicas.map(({ peerId }) => ({ "peer_id": peerId })) ?? [];
    return { replicas } as unknown as Awaited<ReturnType<EdgePort["findTitle"]>>;
  };
  const people = openPeopleRole({
    state,
    publish: (type, data) => late.edge?.publish(type, data),
    log: silent,
    edge: () => ({ findTitle, tagsOf: () => Promise.resolve(new Map()) }),
    endForbidden: async (reason) => await late.edge?.revokeForbidden(reason),
  });
  const seen: string[] = [];
  const publish = (type: string, data: Record<string, unknown>) => {
    events.publish(type, data);
    people.onEvent(type);
    seen.push(type);
  };
  const rig = await startEdge({ state, bus, edgeId, publish, mayPlay: people.mayPlay });
  late.edge = rig.edge;
  return { ...rig, events, people: people.port, told: seen };
}

/** The same film on each peer: of one content. */
class SameFilm extends MapLibrary {
  override describe(catalogIds: string[]) {
    const contentHash = new Uint8Array(16).fill(7).toHex();
    return super.describe(catalogIds).map((it) => ({ ...it, sizeBytes: 10, contentHash }));
  }
}

async function openSites(count: number) {
  const stack = new AsyncDisposableStack();
  const state = openSqliteState(stack.use(openDatabase(":memory:", migrations.edge)));
  const embedded = createEmbeddedBus();
  const backs: (() => void)[] = [];
  const join = (): Bus => ({
    ...embedded(),
    onBack: (listener) => {
      backs.push(listener);
      return { [Symbol.dispose]: () => {} };
    },
  });
  const sites: Awaited<ReturnType<typeof openSite>>[] = [];
  for (let n = 0; n < count; n++) {
    const site = await openSite(state, join(), `edge-${n + 1}`);
    stack.defer(site.stop);
    sites.push(site);
  }
  const [first] = sites;
  for (const peerId of ["alpha", "beta"]) {
    stack.use(startLink(first!.address, new SameFilm("Alien.mp4"), { settings: { peerId } }));
  }
  const catalogId = await until(async () => {
    const [one, other] = await titles(first!.edge);
    return !other && one?.replicas.filter(({ online }) => online).length === 2 && one.catalogId;
  }, "one title on two peers");
  await until(async () => {
    const all = await Promise.all(sites.map(({ edge }) => edge.findTitle(catalogId)));
    return all.every((it) => it?.availablePeerCount === 2);
  }, "the peers at all edges");
  const member = await first!.people.accounts.create(machine, {
    name: "Mem",
    password,
    role: "member",
  });
  return {
    sites,
    catalogId,
    member,
    /** The bus has been away. */
    comeBack: () => backs.forEach((tell) => tell()),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const deny = (userId: string, value: string) =>
  ({ userId, effect: "deny", action: "see", kind: "peer", value }) as const;

Deno.test(
  "a peer that is shared no more plays no more, though another has the title",
  grpcTest,
  async () => {
    await using it = await openSites(1);
    const [{ edge, people }] = it.sites as [typeof it.sites[0] & object];
    const { catalogId, member } = it;
    const play = () => edge.openStream({ catalogId, sdp: "v=0", viewer: member.id }, never);
    const playing = () => edge.streams(member.id).map(({ peerId }) => peerId).sort();
    await play();
    await play();
    deepStrictEqual(playing(), ["alpha", "beta"], "the one with fewer viewers is asked first");

    const rule = await people.sharing.create(machine, deny(member.id, "beta"));
    await until(() => playing().length === 1);
    deepStrictEqual(playing(), ["alpha"]);
    const { items } = await edge.grants({ limit: 9 });
    deepStrictEqual(
      items.filter(({ state }) => state === "revoked").map(({ peerId }) => peerId),
      ["beta"],
    );

    // Nor is it chosen any more, whoever asks and however few play from it.
    strictEqual((await play()).peerId, "alpha");
    strictEqual((await play()).peerId, "alpha");
    await people.sharing.delete(machine, rule.id);
    strictEqual((await play()).peerId, "beta");
    await people.sharing.create(machine, deny(member.id, "beta"));
    await people.sharing.create(machine, deny(member.id, "alpha"));
    await rejects(play(), DeniedError);
  },
);

Deno.test(
  "what is forbidden at one edge ends at the others: plays, and event streams",
  grpcTest,
  async () => {
    await using it = await openSites(2);
    const [one, other] = it.sites as [typeof it.sites[0] & object, typeof it.sites[0] & object];
    const { catalogId, member } = it;
    const guest = await one.people.accounts.create(machine, {
      name: "Gus",
      password,
      role: "guest",
    });
    const share = { effect: "allow", action: "play", kind: "title", value: catalogId } as const;
    const rule = await one.people.sharing.create(machine, { userId: guest.id, ...share });
    await until(() => other.told.includes("sharing.changed"));
    const play = (viewer: string) => one.edge.openStream({ catalogId, sdp: "v=0", viewer }, never);
    await play(guest.id);
    await play(member.id);

    await other.people.sharing.delete(machine, rule.id);
    await until(() => one.edge.streams(guest.id).length === 0, "the guest's play to end");
    strictEqual(one.edge.streams(member.id).length, 1);

    const signedIn = await one.people.signIn({ name: "Mem", password }, {});
    const caller = (await one.people.authenticate(signedIn.accessToken))!;
    const heard: AppEvent[] = [];
    const listening = (async () => {
      for await (const event of hearing(one.events, { caller }, never)) heard.push(event);
    })();
    await other.people.accounts.change(machine, member.id, { isDisabled: true });
    await listening;
    await until(() => one.edge.streams(member.id).length === 0, "the member's play to end");

    // An owner at the other edge ends a play here; this edge knows it at once.
    await play("owner");
    strictEqual(await other.edge.revokeGrants({ viewer: "owner" }, "enough"), 1);
    await until(() => one.edge.streams("owner").length === 0, "the owner's play to end");
  },
);

Deno.test(
  "an edge that could not hear the others looks at all that plays when it can",
  grpcTest,
  async () => {
    await using it = await openSites(1);
    const [site] = it.sites as [typeof it.sites[0] & object];
    const { catalogId, member } = it;
    await site.edge.openStream({ catalogId, sdp: "v=0", viewer: member.id }, never);
    const signedIn = await site.people.signIn({ name: "Mem", password }, {});
    const caller = (await site.people.authenticate(signedIn.accessToken))!;
    const listening = (async () => {
      for await (const _ of hearing(site.events, { caller }, never)); // until it ends
    })();
    // Another edge has done this, and the bus was away.
    await site.state.run("UPDATE users SET disabled_at = ?", new Date().toISOString());
    strictEqual(site.edge.streams(member.id).length, 1);
    it.comeBack();
    await listening;
    await until(() => site.edge.streams(member.id).length === 0, "the play to end");
  },
);
