/** /api/items over a real port: two who edit one thing, pages, bulk, and what is sent to harm. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { serveItems } from "./items_rig.ts";

Deno.test("of two clients that edit one item the slower one gets 412 and loses nothing", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a", title: "Heat" });
  const [ana, ben] = [await ask("GET", "/api/items/a"), await ask("GET", "/api/items/a")];

  const faster = await ask("PATCH", "/api/items/a", { title: "Ana's" }, { "if-match": ana.etag! });
  const slower = await ask("PATCH", "/api/items/a", { year: 1995 }, { "if-match": ben.etag! });

  deepStrictEqual([faster.status, slower.status], [200, 412]);
  match(slower.body.detail, /Read it again/);
  const now = await ask("GET", "/api/items/a");
  deepStrictEqual([now.body.title, now.body.year, now.etag], ["Ana's", null, faster.etag]);
  const again = await ask("PATCH", "/api/items/a", { year: 1995 }, { "if-match": now.etag! });
  deepStrictEqual([again.status, again.body.title, again.body.year], [200, "Ana's", 1995]);
});

Deno.test("of 50 PATCHes at once exactly one of each version wins, and each that won is in the history", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a" });
  const won: string[] = [];
  for (let round = 0; round < 3; round++) {
    const { etag } = await ask("GET", "/api/items/a");
    const titles = Array.from({ length: 50 }, (_, index) => `r${round}-${index}`);

    const answers = await Promise.all(
      titles.map((title) => ask("PATCH", "/api/items/a", { title }, { "if-match": etag! })),
    );

    const winners = titles.filter((_, index) => answers[index]!.status === 200);
    strictEqual(winners.length, 1);
    ok(answers.every(({ status }) => status === 200 || status === 412));
    strictEqual((await ask("GET", "/api/items/a")).body.title, winners[0]);
    won.push(...winners);
  }

  // With the ETag read anew after each 412, all of them get through, and none is lost.
  const add = async (index: number): Promise<void> => {
    for (;;) {
      const { etag, body } = await ask("GET", "/api/items/a");
      const description = `${body.description ?? ""}[${index}]`;
      const { status } = await ask("PATCH", "/api/items/a", { description }, { "if-match": etag! });
      if (status === 200) return;
      strictEqual(status, 412);
    }
  };
  await Promise.all(Array.from({ length: 10 }, (_, index) => add(index)));

  const { description } = (await ask("GET", "/api/items/a")).body;
  for (let index = 0; index < 10; index++) ok(description.includes(`[${index}]`), description);
  const history = await ask("GET", "/api/changes/?entity=item&entity_id=a&limit=100");
  const titles = history.body.items.map((it: { after: { title?: string } }) => it.after.title);
  deepStrictEqual(titles.filter(Boolean).reverse(), won);
});

Deno.test("an item is made, read, replaced, deleted and brought back", async () => {
  await using server = await serveItems();
  const { ask } = server;
  const made = await ask("POST", "/api/items/", { title: "A DVD", year: 2001 });
  const { id } = made.body;
  deepStrictEqual([made.status, made.etag, made.body.media], [201, `"${made.body.version}"`, null]);

  const some = await ask("GET", `/api/items/${id}?fields=id,title`);
  deepStrictEqual(some.body, { id, title: "A DVD" });
  strictEqual((await ask("GET", `/api/items/${id}?fields=secret`)).status, 400);

  const put = await ask("PUT", `/api/items/${id}`, { title: "Disc" }, { "if-match": made.etag! });
  deepStrictEqual([put.status, put.body.year], [200, null]);
  strictEqual(
    (await ask("DELETE", `/api/items/${id}`, undefined, { "if-match": '"1"' })).status,
    412,
  );
  strictEqual((await ask("DELETE", `/api/items/${id}?user=ana`)).status, 204);
  strictEqual((await ask("GET", `/api/items/${id}`)).status, 404);
  strictEqual((await ask("DELETE", `/api/items/${id}`)).status, 404);

  const { items: [last] } = (await ask("GET", `/api/changes/?entity_id=${id}&user=ana`)).body;
  const undone = await ask("POST", `/api/changes/${last.batch}/undo`);
  deepStrictEqual([undone.status, undone.body.changes], [200, 1]);
  strictEqual((await ask("GET", `/api/items/${id}`)).body.title, "Disc");
  strictEqual((await ask("POST", `/api/changes/${last.batch}/undo`)).status, 409);
});

Deno.test("a file's item is found by folder, name and extension, and taken over once", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a", path: "films/Heat & co/heat.mkv" });
  const query = "media_folder=films/Heat%20%26%20co&identity_name=heat&extension=mkv";

  const found = await ask("GET", `/api/items/by-identity?${query}`);
  deepStrictEqual([found.status, found.body.id, found.body.identity], [200, "a", {
    media_folder: "films/Heat & co",
    identity_name: "heat",
    extension: "mkv",
  }]);
  strictEqual((await ask("GET", "/api/items/by-identity?identity_name=nope")).status, 404);
  const taken = await ask("POST", "/api/items/", { title: "Heat", media_id: "a" });
  deepStrictEqual([taken.status, taken.body.id], [201, "a"]);
  strictEqual((await ask("POST", "/api/items/", { title: "x", media_id: "a" })).status, 409);
});

Deno.test("pages are whole in every order, and a cursor of another order is refused", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  for (let index = 0; index < 25; index++) {
    rig.addFile({ id: `i-${index}`, facts: { title: `t ${index % 3}`, year: 2000 + index % 2 } });
    if (index % 4 === 0) rig.ratings.rate(`i-${index}`, 3, { user: "owner" });
  }
  const tag = await rig.tags.create({ name: "Noir" }, { user: "owner", batch: "x" });
  rig.tags.links.link("i-7", tag.id, { user: "owner", batch: "x" });

  for (const sort of ["title", "-added", "year", "-rating"]) {
    const ids: string[] = [];
    for (let cursor = "";;) {
      const { body } = await ask("GET", `/api/items/?limit=7&sort=${sort}&fields=id${cursor}`);
      ids.push(...body.items.map((it: { id: string }) => it.id));
      if (!body.next_cursor) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    strictEqual(new Set(ids).size, 25, sort);
  }
  const { body } = await ask("GET", "/api/items/?limit=1&sort=year");
  for (
    const bad of [
      `sort=title&cursor=${body.next_cursor}`,
      "cursor=!",
      "cursor=bm8",
      "limit=0",
      "sort=size",
      "favorite=1",
    ]
  ) {
    strictEqual((await ask("GET", `/api/items/?${bad}`)).status, 400, bad);
  }
  const noir = await ask("GET", "/api/items/?tag=noir&fields=id");
  deepStrictEqual(noir.body.items, [{ id: "i-7" }]);
  strictEqual((await ask("GET", "/api/items/?tag=nope")).status, 404);
});

Deno.test("a bulk edit says what became of each item, and is one batch", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  for (const id of ["a", "b", "c"]) rig.addFile({ id });
  const { body: { id: tag } } = await ask("POST", "/api/tags/", { name: "Noir" });
  await ask("POST", "/api/tags/", { name: "Bleak", parent_id: tag, synonyms: ["Grim"] });

  const bulk = await ask("POST", "/api/items/bulk", {
    ids: ["a", "b", "nope"],
    set: { series: "Alien", year: null },
    add: { tags: [tag, "Noir/Bleak"] },
  });
  const removal = { ids: ["b"], remove: { tags: ["grim"] } };
  strictEqual((await ask("POST", "/api/items/bulk", removal)).body.changed, 1);
  const unknown = { ids: ["a"], add: { tags: ["noir/none"] } };
  const refused = await ask("POST", "/api/items/bulk", unknown);
  deepStrictEqual([refused.status, /"noir\/none".*its path/.test(refused.body.detail)], [
    404,
    true,
  ]);
  strictEqual((await ask("GET", "/api/items/?tag=noir/bleak")).body.items.length, 1);

  deepStrictEqual([bulk.status, bulk.body.changed, bulk.body.failed], [200, 2, 1]);
  strictEqual((await ask("GET", "/api/items/?series=Alien&tag=noir")).body.items.length, 2);
  await ask("POST", "/api/items/bulk", { ids: ["b"], add: { tags: ["grim"] } });
  await ask("POST", `/api/changes/${bulk.body.batch}/undo`);
  strictEqual((await ask("GET", "/api/items/?series=Alien")).body.items.length, 0);
  strictEqual((await ask("GET", "/api/items/?tag=noir")).body.items.length, 0);
  strictEqual((await ask("POST", "/api/items/bulk", { set: { year: 2000 } })).status, 400);
});

Deno.test("what is sent to harm is refused, names the field, and changes nothing", async () => {
  await using server = await serveItems();
  const { rig, ask } = server;
  rig.addFile({ id: "a", title: "Heat" });
  const long = "x".repeat(501);
  const bodies: [unknown, RegExp][] = [
    [{ title: long }, /title/],
    [{ title: 5 }, /title/],
    [{ title: "\u0000\u0007" }, /title/],
    [{ year: "1995" }, /year/],
    [{ year: 1e300 }, /year/],
    [{ version: 7 }, /version/],
    [{ own: [] }, /own/],
    [{ media_id: "x" }, /media_id/],
    [{ custom: { nope: 1 } }, /custom\.nope/],
    [{ custom: { nope: { deep: [] } } }, /custom/],
    [[], /body/],
    ["null", /body/],
    ["{", /./],
    [`{"title":"${"x".repeat(1_100_000)}"}`, /larger/],
    [`${"[".repeat(50_000)}${"]".repeat(50_000)}`, /./],
  ];
  for (const [body, said] of bodies) {
    const { status, body: problem } = await ask("PATCH", "/api/items/a", body);
    const name = String(JSON.stringify(body)).slice(0, 60);
    strictEqual(status, 400, `${name}: ${JSON.stringify(problem)}`);
    match(problem.detail, said, name);
  }
  const bad = await ask("PATCH", "/api/items/a", { title: "x" }, { "if-match": "7" });
  strictEqual(bad.status, 400);
  strictEqual((await ask("PATCH", "/api/items/nope", { title: "x" })).status, 404);
  strictEqual(
    (await ask("PATCH", `/api/items/a?user=${"u".repeat(101)}`, { title: "x" })).status,
    400,
  );
  const item = (await ask("GET", "/api/items/a")).body;
  deepStrictEqual([item.title, item.version, item.own], ["Heat", 1, []]);

  const cleaned = await ask("PATCH", "/api/items/a", { title: "a\u202e\u0007b\nc", custom: {} });
  deepStrictEqual([cleaned.status, cleaned.body.title], [200, "a b c"]);
});
