/** Pages of items: in each order, with each filter, all of them once. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { ListQuery, Order } from "../../../src/items/items/list/list.ts";
import { orders } from "../../../src/items/items/list/list.ts";
import type { Item } from "../../../src/items/items/row.ts";
import { openRig, owner, type Rig } from "../rig.ts";

type Filters = Partial<ListQuery>;

/** 300 items of three kinds; many share a year, a title or a rating. */
function fill(rig: Rig): void {
  const kinds = ["video", "audio", "image"] as const;
  const titles = ["Heat", "The Heat", "élan", "\ud83c\udfac film", "\uff5e wide", "z", "A", "10"];
  rig.db.transaction(() => {
    for (let index = 0; index < 300; index++) {
      const id = `m-${(index * 7919) % 1000}`;
      rig.addFile({
        id,
        kind: kinds[index % 3]!,
        identity: `c-${index}`,
        facts: {
          title: titles[index % titles.length]!,
          ...index % 5 && { year: 1990 + index % 4 },
          ...index % 4 === 0 && { series: index % 8 ? "One" : "Two" },
        },
      });
      if (index % 3 === 1) rig.ratings.rate(id, (index % 10 + 1) / 2, owner);
      if (index % 6 === 1) rig.watch.update(id, { favorite: true }, owner);
      if (index % 2 === 1) rig.watch.update(id, { watched: true }, owner);
    }
  });
}

const keyOf: Record<Order, (it: Item) => [string | number, string | number]> = {
  title: (it) => [it.sortTitle, it.seq],
  added: (it) => [it.seq, it.seq],
  year: (it) => [it.year ?? 0, it.seq],
  rating: (it) => [(it.mine.rating ?? 0) * 2, it.id],
};

function pages(rig: Rig, filters: Filters, limit: number): Item[] {
  const query: ListQuery = { user: "owner", sort: "title", descending: false, limit, ...filters };
  const all: Item[] = [];
  for (;;) {
    const { items, next } = rig.items.list(query);
    ok(items.length <= limit);
    all.push(...items);
    if (!next) return all;
    query.after = next;
  }
}

/** All items, filtered and sorted here. */
function expected(all: Item[], { sort = "title", descending, ...filters }: Filters): string[] {
  const compare = (one: string | number, other: string | number) =>
    typeof one === "string"
      ? Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
      : one - Number(other);
  const kept = all.filter((it) =>
    (filters.kind === undefined || it.kind === filters.kind) &&
    (filters.series === undefined || it.series === filters.series) &&
    (filters.favorite === undefined || it.mine.favorite === filters.favorite) &&
    (filters.watched === undefined || it.mine.watched === filters.watched)
  );
  const sign = descending ? -1 : 1;
  const isLast = (key: string | number) => Number(key === 0); // not known: last, both ways
  return kept.sort((one, other) => {
    const [a, b] = [keyOf[sort](one), keyOf[sort](other)];
    return isLast(a[0]) - isLast(b[0]) || sign * (compare(a[0], b[0]) || compare(a[1], b[1]));
  }).map(({ id }) => id);
}

Deno.test("pages in every order and direction give each item once, with any filters", () => {
  using rig = openRig();
  fill(rig);
  const all = pages(rig, { sort: "added" }, 500);
  strictEqual(all.length, 300);
  const maybe = <T>(it: fc.Arbitrary<T>) => fc.option(it, { nil: undefined });

  fc.assert(
    fc.property(
      fc.record({
        sort: fc.constantFrom(...orders),
        descending: fc.boolean(),
        kind: maybe(fc.constantFrom("video", "audio", "image")),
        series: maybe(fc.constantFrom("One", "Two", "Three")),
        favorite: maybe(fc.boolean()),
        watched: maybe(fc.boolean()),
      }),
      fc.integer({ min: 1, max: 120 }),
      (filters, limit) => {
        const found = pages(rig, filters as Filters, limit).map(({ id }) => id);
        deepStrictEqual(found, expected([...all], filters as Filters));
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("a filter by tag takes any of them; a deleted item is in no list", async () => {
  using rig = openRig();
  for (const id of ["a", "b", "c", "d"]) rig.addFile({ id });
  const by = { user: "owner", batch: "x" };
  const [one, two] = [
    await rig.tags.create({ name: "1" }, by),
    await rig.tags.create({ name: "2" }, by),
  ];
  rig.tags.links.link("a", one.id, by);
  rig.tags.links.link("b", one.id, by);
  rig.tags.links.link("b", two.id, by);
  rig.tags.links.link("d", two.id, by);
  const ids = (filters: Filters) => pages(rig, filters, 2).map(({ id }) => id);

  deepStrictEqual(ids({ tags: [one.id] }), ["a", "b"]);
  deepStrictEqual(ids({ tags: [one.id, two.id], descending: true }), ["d", "b", "a"]);
  rig.items.remove("b", owner);
  deepStrictEqual(ids({ tags: [one.id, two.id] }), ["a", "d"]);
  deepStrictEqual(ids({}), ["a", "c", "d"]);
});

Deno.test("every page is read off an index: nothing is sorted, and nobody looks at all items", () => {
  using rig = openRig();
  fill(rig);
  const plans: string[] = [];
  const { all } = rig.db;
  rig.db.all = <T>(sql: string, ...values: (string | number | null)[]): T[] => {
    if (/ AS tie/.test(sql)) {
      const steps = all.call(rig.db, `EXPLAIN QUERY PLAN ${sql}`, ...values) as {
        detail: string;
      }[];
      plans.push(...steps.map(({ detail }) => detail));
    }
    return all.call(rig.db, sql, ...values) as T[];
  };

  for (const sort of orders) {
    for (const descending of [false, true]) {
      for (const kind of [undefined, "video"] as const) pages(rig, { sort, descending, kind }, 7);
    }
  }

  ok(plans.length > 100, "it looked at the plans");
  // What is not rated stands in order of ids, which is an index too.
  const bad = plans.filter((it) =>
    /TEMP B-TREE/.test(it) ||
    (/^SCAN/.test(it) && it !== "SCAN i USING INDEX sqlite_autoindex_items_1")
  );
  deepStrictEqual(bad, []);
});

Deno.test("a page of 50,000 items costs a few times its items read one by one, in any order", () => {
  using rig = openRig();
  fillMany(rig.db, 50_000);
  const slow: string[] = [];
  const filters: Filters[] = [{}, { kind: "image" }, { watched: true }, { favorite: true }];
  for (const sort of orders) {
    for (const descending of [false, true]) {
      for (const filter of filters) {
        const query = { user: "owner", sort, descending, limit: 50, ...filter };
        // Against each other, and the middle one of several: this machine does other things too.
        const ratios = pageCosts(rig, query, 12).sort((a, b) => a - b);
        const median = ratios[ratios.length >> 1]!;
        if (median > 30) slow.push(`${sort} ${descending} ${JSON.stringify(filter)}: ${median}`);
      }
    }
  }
  deepStrictEqual(slow, []);
});

/** Rows as a long life leaves them: half are rated, many watched, thousands of one year. */
function fillMany(db: Rig["db"], count: number): void {
  const kinds = ["video", "video", "audio", "image"];
  db.transaction(() => {
    for (let index = 0; index < count; index++) {
      db.run(
        `INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status,
           title, kind, identity, added_at, updated_at)
         VALUES (?1, '/f', ?1, ?1, 1, 0, 'ready', ?2, ?3, ?1, '2026', '2026')`,
        `id-${(index * 7919) % 1_000_003}`,
        `The film ${(index * 7919) % (count / 2)}`,
        kinds[index % 4]!,
      );
    }
    db.run("UPDATE items SET year = 1950 + seq % 5, updated_at = '2027' WHERE seq % 7");
    db.run(
      `INSERT INTO ratings (item_id, user, halves, rated_at)
         SELECT id, 'owner', seq % 10 + 1, '2026' FROM items WHERE seq % 2`,
    );
    db.run(
      `INSERT INTO watch_states (user, content_key, watched, favorite, updated_at)
         SELECT 'owner', id, seq % 3 = 0, seq % 5000 = 0, '2026' FROM items`,
    );
  });
}

/** Times of pages, the first ones and some from the middle of all, as times of 50 items by id. */
function pageCosts(rig: Rig, query: ListQuery, count: number): number[] {
  const middle: Record<Order, NonNullable<ListQuery["after"]>> = {
    year: { key: 1952, tie: 25_000 },
    added: { key: 25_000, tie: 25_000 },
    title: { key: "film 3", tie: 25_000 },
    rating: { key: 4, tie: "id-500000" },
  };
  const costs: number[] = [];
  for (let page = 0; page < count; page++) {
    const from = performance.now();
    const { next } = rig.items.list(query);
    const listed = performance.now();
    for (let seq = 0; seq < 50; seq++) rig.items.find(`id-${seq * 7919}`, "owner");
    costs.push((listed - from) / (performance.now() - listed));
    if (!next) break;
    query.after = page === count >> 1 ? middle[query.sort] : next;
  }
  return costs;
}
