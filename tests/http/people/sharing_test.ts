/** What rules leave of the catalogue, of peers and of events, over REST. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { silent } from "../../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import { openEdge } from "../../../src/edge/mod.ts";
import { EdgeStore } from "../../../src/edge/server/store.ts";
import { catalogItemBody, type EdgePort } from "../../../src/http/mod.ts";
import { edgePort } from "../rig.ts";
import { cookiesOf, openPeopleRig, PASSWORD } from "./rig.ts";

/** Titles that one peer has, and what it says of the tags of all of them. */
function taggedBy(peerId: string, tags: Record<string, string[]>) {
  const edge = edgePort();
  const replicas = [{ "peer_id": peerId, "relative_path": "a.mkv", online: true }];
  return {
    ...edge,
    catalog: async (page: Parameters<typeof edge.catalog>[0]) => {
      const { items, ...rest } = await edge.catalog(page);
      return { ...rest, items: items.map((it) => ({ ...it, replicas })) };
    },
    findTitle: async (id: string) => ({ ...await edge.findTitle(id), replicas }),
    tagsOf: (ids: readonly string[]) =>
      Promise.resolve(
        new Map(ids.map((id) => {
          const said = { paths: tags[id] ?? [], isComplete: true };
          return [id, new Map([[peerId, said]])];
        })),
      ),
  };
}

Deno.test("a guest is invited, sees what is shared, plays it, and nothing else", async () => {
  using rig = openPeopleRig({
    ports: { edge: taggedBy("p-1", { "c-3": ["genre/kids/old"], "c-4": ["genre/war"] }) },
  });
  const { bearer } = await rig.join("Ann", "owner");
  const invited = await rig.ask("POST /api/invitations", {
    bearer,
    body: {
      role: "guest",
      shares: [{ effect: "allow", action: "play", kind: "tag", value: "genre/kids" }],
    },
  });
  const { url, state } = await invited.json();
  strictEqual(state, "open");
  const token = new URL(url).hash.slice(1);
  const body = { token, name: "Gus", password: PASSWORD, use: "cookie" };
  const joined = await rig.ask("POST /api/invitations/accept", { body });
  strictEqual(joined.status, 201);
  const { user } = await joined.json();
  const cookie = cookiesOf(joined);
  const titles = async () => {
    const { items } = await (await rig.ask("GET /api/catalog", { cookie })).json();
    return items.map((it: { catalog_id: string }) => it.catalog_id);
  };
  const play = (catalogId: string) =>
    rig.status("POST /api/streams", { cookie, body: { catalog_id: catalogId } });

  deepStrictEqual(await titles(), ["c-3"]);
  strictEqual(await play("c-3"), 201);
  strictEqual(await play("c-1"), 404, "that there is one is not told");
  strictEqual(await rig.status("GET /api/catalog/c-1", { cookie }), 404);
  strictEqual(await rig.status("GET /api/media", { cookie }), 403);
  const rule = await rig.ask("POST /api/sharing-rules", {
    bearer,
    body: { user_id: user.id, effect: "allow", action: "see", kind: "title", value: "c-1" },
  });
  const { id } = await rule.json();
  deepStrictEqual(await titles(), ["c-1", "c-3"]);
  strictEqual(await play("c-1"), 403);
  await rig.ask(`DELETE /api/sharing-rules/${id}`, { bearer });
  deepStrictEqual(await titles(), ["c-3"]);
  strictEqual(await rig.status("POST /api/invitations/accept", { body }), 401);
});

Deno.test("a member sees all but what is denied; then the whole library is closed, too", async () => {
  using rig = openPeopleRig({
    ports: { edge: taggedBy("p-1", { "c-2": ["adult"] }) },
  });
  const ann = await rig.join("Ann", "owner");
  const { bearer } = await rig.join("Bob", "member");
  const titles = async (who = bearer) =>
    (await (await rig.ask("GET /api/catalog?limit=2", { bearer: who })).json()).items
      .map((it: { catalog_id: string }) => it.catalog_id);
  strictEqual(await rig.status("GET /api/media", { bearer }), 200);
  strictEqual(await rig.status("GET /api/media/m-1/file", { bearer }), 200);

  await rig.ask("POST /api/sharing-rules", {
    bearer: ann.bearer,
    body: { role: "member", effect: "deny", action: "see", kind: "tag", value: " Adult " },
  });
  const none = { role: "member", effect: "deny", action: "see", kind: "tag", value: "genre/?" };
  strictEqual(
    await rig.status("POST /api/sharing-rules", { bearer: ann.bearer, body: none }),
    400,
    "it would do nothing",
  );

  deepStrictEqual(await titles(), ["c-0", "c-1"]);
  strictEqual(await rig.status("GET /api/catalog/c-2", { bearer }), 404);
  strictEqual(await rig.status("GET /api/catalog/c-2", { bearer: ann.bearer }), 200);
  strictEqual(
    await rig.status("GET /api/peers/p-1", { bearer }),
    200,
    "no rule of titles hides it",
  );
  strictEqual(await rig.status("GET /api/media", { bearer }), 403);
  strictEqual(await rig.status("GET /api/media/m-1/file", { bearer }), 403);
});

Deno.test("a rule for nobody's peer is refused; of what may come it is said that it is not there", async () => {
  const known = ["p-1", "c-1", "genre/film-noir"];
  using rig = openPeopleRig({ knows: ({ value }) => Promise.resolve(known.includes(value)) });
  const { bearer } = await rig.join("Ann", "owner");
  const make = async (kind: string, value: string, to: object = { role: "guest" }) => {
    const body = { ...to, effect: "allow", action: "play", kind, value };
    const made = await rig.ask("POST /api/sharing-rules", { bearer, body });
    const { detail, notices } = await made.json();
    return [made.status, detail ?? notices];
  };
  const invite = async (...shares: [string, string][]) => {
    const rules = shares.map(([kind, value]) => ({ effect: "allow", action: "see", kind, value }));
    const body = { role: "guest", shares: rules };
    const made = await rig.ask("POST /api/invitations", { bearer, body });
    const { detail, notices } = await made.json();
    return [made.status, detail ?? notices];
  };
  const noPeer =
    'Cannot make a rule for peer "p-9": none of that name has ever joined or connected';
  const noTag = 'Nothing here has the tag "adult" now: the rule is for what will have it';
  const noTitle = 'There is no title "c-9" here now: the rule is for when it comes';

  deepStrictEqual(await make("peer", "p-1"), [201, undefined]);
  deepStrictEqual(await make("tag", "Genre/Film Noir"), [201, undefined]);
  deepStrictEqual(await make("peer", "p-9"), [404, noPeer]);
  deepStrictEqual(await make("tag", "Adult"), [201, [noTag]]);
  deepStrictEqual(await make("title", "c-9"), [201, [noTitle]]);
  deepStrictEqual(await make("title", "c-1", { user_id: "usr_0" }), [
    404,
    'Cannot find the account "usr_0"',
  ]);
  deepStrictEqual(await invite(["tag", "adult"], ["peer", "p-9"]), [404, noPeer]);
  deepStrictEqual(await invite(["tag", "adult"], ["title", "c-9"]), [201, [noTag, noTitle]]);
  deepStrictEqual(await invite(["peer", "p-1"]), [201, undefined]);
  const { items } = await (await rig.ask("GET /api/sharing-rules", { bearer })).json();
  strictEqual(items.length, 4);

  // Whoever is allowed something may see no more, one would think: of a member that is not so.
  const idle = ["A member may see and play all that is not denied: this rule does nothing for one"];
  const bob = await rig.join("Bob", "member");
  deepStrictEqual(await make("peer", "p-1", { user_id: bob.id }), [201, idle]);
  deepStrictEqual(await make("peer", "p-1", { role: "member" }), [201, idle]);
});

Deno.test("events tell people what is theirs, and end with their session", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const bob = await rig.join("Bob", "member");
  const answer = await rig.ask("GET /api/events", { bearer: bob.bearer });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();

  rig.events.publish("scan.progress", { path: "/home/ann/secret" });
  rig.events.publish("rating.changed", { itemIds: ["i"], user: "owner" });
  rig.events.publish("catalog.changed", {});
  await rig.ask(`DELETE /api/sessions/${bob.sessionId}`, { bearer: ann.bearer });
  let told = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) told += part.value;

  deepStrictEqual([...told.matchAll(/^event: (.+)$/gm)].map(([, type]) => type), [
    "catalog.changed",
  ]);
});

Deno.test("with a token one hears what its scopes could ask for, also as the owner", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const bob = await rig.join("Bob", "member");
  const told = [
    ["catalog.changed", {}],
    ["rating.changed", { itemIds: ["i"], user: bob.id }],
    ["scan.progress", { path: "/films" }],
    ["grant.issued", { viewer: bob.id }],
    ["command.done", { commandId: "c" }],
    ["invitation.changed", { invitationId: "i" }],
    ["sharing.changed", { userId: bob.id }],
    ["user.changed", { userId: "u" }],
    ["not_yet.known", {}],
  ] as const;
  const heardWith = async ({ bearer }: { bearer: string }, ...scopes: string[]) => {
    const body = { name: "t", scopes };
    const { token, id } = await (await rig.ask("POST /api/tokens", { bearer, body })).json();
    const answer = await rig.ask("GET /api/events", { bearer: token });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    for (const [type, data] of told) rig.events.publish(type, data);
    await rig.ask(`DELETE /api/tokens/${id}`, { bearer });
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return [...text.matchAll(/^event: (.+)$/gm)].map(([, type]) => type);
  };
  const types = told.map(([type]) => type);

  deepStrictEqual(await heardWith(ann, "read"), ["catalog.changed"]);
  deepStrictEqual(await heardWith(ann, "read", "play", "manage"), types.slice(0, 3));
  deepStrictEqual(await heardWith(ann, "read", "admin"), [types[0], ...types.slice(3)]);
  deepStrictEqual(await heardWith(bob, "read"), ["catalog.changed", "sharing.changed"]);
});

Deno.test("events name no titles and peers that lists do not show", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const gus = await rig.join("Gus", "guest");
  const bob = await rig.join("Bob", "member");
  const cid = await rig.join("Cid", "member");
  const deny = (value: string) =>
    rig.ask("POST /api/sharing-rules", {
      bearer: ann.bearer,
      body: { user_id: bob.id, effect: "deny", action: "see", kind: "peer", value },
    });
  await rig.ask("POST /api/sharing-rules", {
    bearer: ann.bearer,
    body: { user_id: gus.id, effect: "allow", action: "see", kind: "title", value: "c-3" },
  });
  strictEqual((await deny("p-2")).status, 201);
  const listeners = [gus, bob, cid];
  const told = await Promise.all(listeners.map(async ({ bearer }) => {
    const answer = await rig.ask("GET /api/events", { bearer });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    return reader;
  }));

  for (const catalogId of ["c-1", "c-3", "c-gone"]) {
    const data = { catalogId, availablePeerCount: 9, isAvailable: true };
    rig.events.publish("catalog.availability", data);
  }
  rig.events.publish("catalog.endangered", { reason: "last_copy", catalogIds: ["c-1"], count: 1 });
  rig.events.publish("peer.connected", { peerId: "p-1" });
  rig.events.publish("peer.connected", { peerId: "p-2" });
  rig.events.publish("item.changed", { itemIds: ["i-1"] });
  for (const it of listeners) {
    await rig.ask(`DELETE /api/sessions/${it.sessionId}`, { bearer: ann.bearer });
  }
  const heard = await Promise.all(told.map(async (reader) => {
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    return [...text.matchAll(/^data: (.+)$/gm)].map(([, line]) => {
      const { type, data } = JSON.parse(line!);
      return [type, data.catalog_id ?? data.peer_id ?? "", data.available_peer_count].join(" ")
        .trim();
    });
  }));

  deepStrictEqual(heard, [
    ["catalog.availability c-3 0"],
    ["catalog.availability c-1 0", "catalog.availability c-3 0", "peer.connected p-1"],
    [
      "catalog.availability c-1 9",
      "catalog.availability c-3 9",
      "catalog.availability c-gone 9",
      "peer.connected p-1",
      "peer.connected p-2",
      "item.changed",
    ],
  ]);
});

Deno.test("a peer that is kept from a member is not there, nor what its files are called", async () => {
  const state = openSqliteState(openDatabase(":memory:", migrations.edge));
  const real = openEdge({ state, publish: () => {}, log: silent, edgeId: "e" });
  const store = new EdgeStore(state);
  let titleId = "";
  for (
    const [peerId, path] of [["p-2", "x/secret of p-2.mkv"], ["p-1", "films/Alien.mkv"]] as const
  ) {
    await store.connected(peerId, "2026-01-01T00:00:00.000Z");
    const [file] = await store.assign(peerId, [{ relativePath: path, sizeBytes: 1 }]);
    const { catalogId } = file!;
    await store.announce(peerId, [catalogId]);
    const title = peerId === "p-2" ? "Words of p-2" : "Alien";
    const said = { title, container: "mp4", tracks: [], contentHash: "a".repeat(32) };
    await store.describe(peerId, [{ ...said, catalogId, sizeBytes: 1 }]);
    titleId ||= catalogId;
  }
  const edge: EdgePort = {
    ...edgePort(),
    tagsOf: real.tagsOf,
    catalog: async (request) => {
      const { items, nextCursor } = await real.catalog(request);
      return { items: items.map(catalogItemBody), nextCursor };
    },
    findTitle: async (id, sees) => catalogItemBody((await real.findTitle(id, sees))!),
  };
  using rig = openPeopleRig({ ports: { edge } });
  const ann = await rig.join("Ann", "owner");
  const { bearer, id } = await rig.join("Bob", "member");
  const read = async (path: string, who = bearer) =>
    await (await rig.ask(`GET ${path}`, { bearer: who })).json();
  const peers = async (who = bearer) =>
    (await read("/api/peers?limit=2", who)).items.map((it: { peer_id: string }) => it.peer_id);
  const all = await peers();
  strictEqual((await read(`/api/catalog/${titleId}`)).title, "Words of p-2");
  await rig.ask("POST /api/sharing-rules", {
    bearer: ann.bearer,
    body: { user_id: id, effect: "deny", action: "see", kind: "peer", value: "p-2" },
  });

  ok(all.includes("p-2"));
  ok(!(await peers()).includes("p-2"));
  deepStrictEqual(await peers(ann.bearer), all);
  strictEqual(await rig.status("GET /api/peers/p-2", { bearer }), 404);
  strictEqual(await rig.status("GET /api/peers/p-2/identity", { bearer }), 404);
  strictEqual(await rig.status("GET /api/peers/p-1", { bearer }), 200);
  const title = await read(`/api/catalog/${titleId}`);
  ok(!JSON.stringify(title).includes("p-2"), JSON.stringify(title));
  strictEqual(title.title, "Alien");
  const { items } = await read("/api/catalog");
  deepStrictEqual(items, [title]);
  const search = async (q: string, who?: string) =>
    (await read(`/api/catalog?q=${encodeURIComponent(q)}`, who)).items.length;
  deepStrictEqual([await search("ALI en"), await search("words"), await search("")], [1, 0, 1]);
  deepStrictEqual(await search("p-2 WORDS", ann.bearer), 1);
  strictEqual(await rig.status(`GET /api/catalog?q=${"a".repeat(201)}`, { bearer }), 400);
  strictEqual((await read("/api/catalog", ann.bearer)).items[0].title, "Words of p-2");
});

Deno.test("a request for screenshots is its asker's, and names no peer to them", async () => {
  const asked = {
    ...{ requestId: "r-1", catalogId: "c-1", quantity: 3, state: "pending" as const },
    ...{
      reason: 'peer "p-2": no',
      createdAt: "",
      expiresAt: 0,
      attempts: 1,
      tried: [],
      hashes: [],
    },
    ...{ peerId: "p-2", dueAt: 0, busy: false, pictures: [] },
  };
  let requester = "";
  const port = edgePort();
  const findRequest = () => Promise.resolve({ ...asked, requester });
  const screenshots = { ...port.screenshots, findRequest };
  using rig = openPeopleRig({ ports: { edge: { ...port, screenshots } } });
  const ann = await rig.join("Ann", "owner");
  const [bob, mia] = [await rig.join("Bob", "member"), await rig.join("Mia", "member")];
  requester = bob.id;
  const call = "GET /api/catalog/c-1/screenshot-requests/r-1";

  strictEqual(await rig.status(call, mia), 404);
  strictEqual((await (await rig.ask(call, bob)).json()).reason, null);
  strictEqual((await (await rig.ask(call, ann)).json()).reason, asked.reason);
});
