/**
 * What can be had, who waits for it, and what is in danger: an edge and its peers on loopback, the
 * state in SQLite and in PostgreSQL.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { ConflictError, InvalidError, NotFoundError } from "../../src/base/errors.ts";
import { migrations, openPostgresState, type State } from "../../src/db/mod.ts";
import { Subscriptions, SubscriptionStore } from "../../src/edge/server/subscriptions/mod.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { engines } from "./engines.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

function onBoth(name: string, check: (state: State) => Promise<void>): void {
  for (const { name: engine, ignore, open } of engines) {
    Deno.test(`${engine}: ${name}`, { ...grpcTest, ignore }, async () => {
      await using state = await open();
      await check(state);
    });
  }
}

/** Files whose content is their name without the folder: "x/a.mp4" is the same film everywhere. */
class ContentLibrary extends MapLibrary {
  atRisk = false;

  override catalogPage(after: string, limit: number) {
    return super.catalogPage(after, limit)
      .map((it) => ({ ...it, version: `${it.version} ${this.atRisk}` }));
  }

  override describe(catalogIds: string[]) {
    return super.describe(catalogIds).map((it) => {
      const name = it.title.split("/").at(-1)!;
      const contentHash = new TextEncoder().encode(name.padEnd(16, "_")).toHex();
      return { ...it, sizeBytes: name.length, contentHash, atRisk: this.atRisk };
    });
  }
}

const settings = (peerId: string) => ({ settings: { peerId } });

onBoth("two peers with the same film are two replicas of one title", async (state) => {
  await using rig = await startEdge({ state, timeouts: { graceSec: 0 } });
  const first = new ContentLibrary("films/alien.mp4");
  const second = new ContentLibrary("elsewhere/alien.mp4", "brazil.mp4");
  await using _one = startLink(rig.address, first, settings("one"));
  await until(async () => (await titles(rig.edge))[0]?.contentHash);
  await using two = startLink(rig.address, second, settings("two"));

  const alien = await until(async () => {
    const found = await titles(rig.edge);
    return found.length === 2 && found.find(({ availablePeerCount }) => availablePeerCount === 2);
  });
  deepStrictEqual(alien.replicas, [
    { peerId: "one", relativePath: "films/alien.mp4", online: true },
    { peerId: "two", relativePath: "elsewhere/alien.mp4", online: true },
  ]);
  // The second peer has followed the remap, and says so.
  await until(() => second.files.get("elsewhere/alien.mp4")?.catalogId === alien.catalogId);
  await until(async () => (await rig.edge.findPeer("two"))?.catalogSize === 2);

  const copies = () => rig.edge.lastCopies({ limit: 10 });
  deepStrictEqual((await copies()).items.map(({ title }) => title), ["The brazil.mp4"]);
  await two.stop();
  const alarm = await rig.event("catalog.endangered");
  deepStrictEqual(alarm.data, {
    reason: "last_copy",
    count: 1,
    catalogIds: [alien.catalogId],
  });
  const event = await until(() =>
    rig.seen.findLast(({ type, data }) =>
      type === "catalog.availability" && data.catalogId === alien.catalogId &&
      data.availablePeerCount === 1
    )
  );
  strictEqual(event.data.isAvailable, true);
  deepStrictEqual((await copies()).items.map(({ catalogId }) => catalogId), [alien.catalogId]);
});

onBoth("a file that has another size leaves its title, which is told", async (state) => {
  await using rig = await startEdge({ state });
  const first = new ContentLibrary("films/alien.mp4");
  const second = new ContentLibrary("elsewhere/alien.mp4");
  await using _one = startLink(rig.address, first, settings("one"));
  await until(async () => (await titles(rig.edge))[0]?.contentHash);
  await using two = startLink(rig.address, second, settings("two"));
  const toldOf = (catalogId: string, count: number) =>
    until(() =>
      rig.seen.some(({ type, data }) =>
        type === "catalog.availability" && data.catalogId === catalogId &&
        data.availablePeerCount === count
      )
    );
  const { catalogId } = await until(async () =>
    (await titles(rig.edge)).find(({ availablePeerCount }) => availablePeerCount === 2)
  );
  await until(() => second.files.get("elsewhere/alien.mp4")?.catalogId === catalogId);
  await toldOf(catalogId, 2);
  rig.seen.length = 0;

  second.describe = () => [];
  second.files.set("elsewhere/alien.mp4", { sizeBytes: 99 });
  two.link.offer();

  await toldOf(catalogId, 1);
  const own = (await titles(rig.edge)).find((it) => it.catalogId !== catalogId);
  strictEqual(own?.sizeBytes, 99);
  await toldOf(own.catalogId, 1);
});

onBoth(
  "a file that is called by another title's id is no loss: its content says what it is",
  async (state) => {
    await using rig = await startEdge({ state });
    const path = "elsewhere/alien.mp4";
    const second = new ContentLibrary(path);
    const first = new ContentLibrary("films/alien.mp4", "films/brazil.mp4");
    await using _one = startLink(rig.address, first, settings("one"));
    await until(async () => (await titles(rig.edge)).filter((it) => it.contentHash).length === 2);
    await using two = startLink(rig.address, second, settings("two"));
    const [alien, brazil] = await until(async () => {
      const found = await titles(rig.edge);
      return found[0]?.availablePeerCount === 2 && found;
    });
    const { catalogId } = alien!;
    await until(() => second.files.get(path)?.catalogId === catalogId);
    const counts = () =>
      rig.seen.flatMap(({ type, data }) =>
        type === "catalog.availability" && data.catalogId === catalogId
          ? [data.availablePeerCount]
          : []
      );
    await until(() => counts().at(-1) === 2);
    rig.seen.length = 0;

    // It is slow to say what the file is.
    const { unoffered } = second;
    second.unoffered = () => [];
    second.remap(catalogId, brazil!.catalogId);
    two.link.offer();
    await until(() => counts().at(-1) === 1);
    second.unoffered = unoffered;
    two.link.offer();
    await until(() => counts().at(-1) === 2);

    strictEqual(second.files.get(path)?.catalogId, catalogId);
    strictEqual(rig.seen.some(({ type }) => type === "catalog.endangered"), false);
  },
);

onBoth("a copy that a peer has deleted may leave a last one, which is told", async (state) => {
  await using rig = await startEdge({ state, timeouts: { graceSec: 0.5 } });
  const second = new ContentLibrary("elsewhere/alien.mp4");
  const first = new ContentLibrary("films/alien.mp4");
  await using _one = startLink(rig.address, first, settings("one"));
  await until(async () => (await titles(rig.edge))[0]?.contentHash);
  await using two = startLink(rig.address, second, settings("two"));
  const alien = await until(async () =>
    (await titles(rig.edge)).find(({ availablePeerCount }) => availablePeerCount === 2)
  );
  await until(() => second.files.get("elsewhere/alien.mp4")?.catalogId === alien.catalogId);

  second.files.clear();
  two.link.offer();

  const alarm = await rig.event("catalog.endangered");
  deepStrictEqual(alarm.data, { reason: "last_copy", count: 1, catalogIds: [alien.catalogId] });
});

onBoth("titles of which all copies are on failing drives are in danger", async (state) => {
  await using rig = await startEdge({ state });
  const library = new ContentLibrary("alien.mp4");
  await using peer = startLink(rig.address, library);
  await until(async () => (await titles(rig.edge))[0]?.contentHash);

  library.atRisk = true;
  peer.link.offer();
  const alarm = await rig.event("catalog.endangered");
  strictEqual(alarm.data.reason, "failing_drives");
  deepStrictEqual((await titles(rig.edge))[0]?.replicas.map((it) => it.atRisk), [true]);

  library.atRisk = false;
  peer.link.offer();
  await until(async () => (await titles(rig.edge))[0]?.replicas[0]?.atRisk === undefined);
});

onBoth("a subscription is matched by each peer once, also by what comes later", async (state) => {
  await using rig = await startEdge({ state });
  const library = new ContentLibrary("alien.mp4");
  await using _one = startLink(rig.address, library, settings("one"));
  const alien = await until(async () =>
    (await titles(rig.edge)).find(({ contentHash }) => contentHash !== undefined)
  );
  const { subscriptions } = rig.edge;

  const there = await subscriptions.create({ owner: "me", catalogId: alien.catalogId });
  const awaited = await subscriptions.create({ owner: "me", query: "BRAZIL" });
  const first = await rig.event("subscription.matched");
  deepStrictEqual(first.data, {
    subscriptionId: there.id,
    serviceId: "me",
    catalogId: alien.catalogId,
    title: "The alien.mp4",
    availablePeers: [{ peerId: "one", edgeId: "edge-1", state: "connected" }],
  });
  await using _two = startLink(
    rig.address,
    new ContentLibrary("brazil.mp4", "alien.mp4"),
    settings("two"),
  );
  const matches = () => rig.seen.filter(({ type }) => type === "subscription.matched");
  await until(() => matches().length === 3);

  deepStrictEqual(
    matches().slice(1).map(({ data }) => data.subscriptionId).sort(),
    [there.id, awaited.id].sort(),
  );
  ok((await subscriptions.find(awaited.id)).matchedAt);
  await until(async () => (await rig.edge.findPeer("two"))?.catalogSize === 2);
  strictEqual(matches().length, 3);
});

onBoth("a subscription ends by itself, and there are not too many", async (state) => {
  const store = new SubscriptionStore(state);
  const seen: string[] = [];
  const subscriptions = new Subscriptions(store, "e", (type) => seen.push(type), () => {});
  const title = { catalogId: "c", title: "Alien", sortTitle: "alien", peerIds: ["p"] };
  const short = await subscriptions.create({ owner: "me", catalogId: "c", ttlHours: 1e-9 });
  await until(() => new Date().toISOString() > short.expiresAt);

  await subscriptions.match([title]);
  deepStrictEqual(seen, []);
  await rejects(subscriptions.find(short.id), NotFoundError);
  await subscriptions.expire();
  strictEqual(await store.count(), 0);

  await rejects(subscriptions.create({ owner: "me" }), InvalidError);
  const oneMore = () => subscriptions.create({ owner: "me", query: "ali" });
  for (let n = 0; n < 1000; n += 25) await Promise.all(Array.from({ length: 25 }, oneMore));
  await rejects(oneMore(), ConflictError);
  await subscriptions.create({ owner: "you", query: "ali" });
  const page = await subscriptions.page({ limit: 10, owner: "you" });
  strictEqual(page.items.length, 1);
});

Deno.test(
  "what a peer says while PostgreSQL is away longer than that is said again",
  { ...grpcTest, ignore: !hasPostgres },
  async () => {
    await using own = await startPostgres();
    await using state = await openPostgresState(own.url, migrations.edge, { patienceMs: 100 });
    await using rig = await startEdge({ state });
    const library = new ContentLibrary("alien.mp4");
    await using peer = startLink(rig.address, library);
    await until(async () => (await titles(rig.edge))[0]?.contentHash);

    await own.stop();
    library.files.set("brazil.mp4", { sizeBytes: 10 });
    peer.link.offer();
    await peer.event("link.disconnected");
    await rejects(rig.edge.findTitle("x"), /Cannot reach PostgreSQL at 127\.0\.0\.1:/);
    await own.start();

    const all = await until(
      async () => {
        const found = await titles(rig.edge).catch(() => []);
        return found.length === 2 && found.every((it) => it.contentHash && it.online) && found;
      },
      "both titles",
      20_000,
    );
    strictEqual(new Set(all.map(({ catalogId }) => catalogId)).size, 2);
  },
);
