import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { ConflictError, NotFoundError, StaleError } from "../../../src/base/errors.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { newBatch, openChanges } from "../../../src/items/changes/changes.ts";
import { normalizeName, openPeople } from "../../../src/items/people/mod.ts";
import { addItems } from "../tags/rig.ts";

function openRig(items = 0) {
  const db = openDatabase(":memory:", migrations.library);
  const publish = () => {};
  const changes = openChanges({ db, publish });
  addItems(db, items);
  const people = openPeople({ db, changes, publish });
  const by = () => ({ user: "owner", batch: newBatch() });
  return {
    db,
    changes,
    people,
    by,
    add: (name: string) => people.create({ name }, by()),
    names: (q?: string) => people.list({ q, after: "", limit: 50 }).people.map((it) => it.name),
    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

Deno.test("people are found by how any words of their names or aliases begin, without accents", () => {
  using rig = openRig();
  for (const name of ["Zoë Kravitz", "Lenny Kravitz", "Jean-Luc Godard", "김기덕", "Bo Li"]) {
    rig.add(name);
  }
  rig.people.addAlias(rig.people.find("김기덕")!.id, "Kim Ki-duk", rig.by());

  deepStrictEqual(rig.names("krav"), ["Lenny Kravitz", "Zoë Kravitz"]);
  deepStrictEqual(rig.names("kravi zoe"), ["Zoë Kravitz"]);
  deepStrictEqual(rig.names("LUC god"), ["Jean-Luc Godard"]);
  deepStrictEqual(rig.names("ki"), ["김기덕"]);
  deepStrictEqual(rig.names("l"), ["Bo Li", "Jean-Luc Godard", "Lenny Kravitz"]);
  deepStrictEqual(rig.names("avitz"), []);
  deepStrictEqual(rig.names("%"), []);
  strictEqual(rig.names().length, 5);
  strictEqual(normalizeName("  ZOË   Kravitz "), "zoe kravitz");
});

Deno.test("100,000 people are searched without going through all of them", () => {
  using rig = openRig();
  rig.db.transaction(() => {
    for (let index = 0; index < 100_000; index++) {
      const [first, last] = [`a${index % 317}`, `b${index}`];
      const id = `p-${index}`;
      rig.db.run(
        `INSERT INTO people (id, name, normalized_name, created_at, updated_at)
         VALUES (?, ?, ?, '', '')`,
        id,
        `${first} ${last}`,
        `${first} ${last}`,
      );
      for (const word of [first, last]) {
        rig.db.run("INSERT INTO person_words VALUES (?, ?)", word, id);
      }
    }
  });

  const times = ["a3", "b9", "b99", "a", "a1 b5", "b12345", "a31", "zz", ""].map((q) => {
    rig.names(q);
    const from = performance.now();
    rig.names(q);
    return performance.now() - from;
  });

  ok(Math.max(...times) < 150, times.map((it) => it.toFixed(1)).join(" "));
});

Deno.test("an alias names one person, and offers to merge where it names another", () => {
  using rig = openRig();
  const [one, other] = [rig.add("Prince"), rig.add("Somebody")];

  const named = rig.people.addAlias(one.id, "The Artist", rig.by(), 1);
  throws(() => rig.people.addAlias(other.id, "the ARTIST", rig.by()), (error: ConflictError) => {
    deepStrictEqual(error.details, { person_id: one.id, offer: "merge" });
    return true;
  });
  throws(() => rig.people.addAlias(other.id, "prince", rig.by()), ConflictError);
  throws(() => rig.add("the artist"), ConflictError);
  throws(() => rig.people.addAlias(one.id, "x", rig.by(), 1), StaleError);
  const namesake = rig.people.create({ name: "Prince" }, rig.by(), { namesake: true });
  rig.people.removeAlias(one.id, "the artist", rig.by());
  throws(() => rig.people.removeAlias(one.id, "the artist", rig.by()), NotFoundError);

  deepStrictEqual(named.aliases, ["The Artist"]);
  strictEqual(rig.people.find("PRINCE")!.id, one.id);
  ok(namesake.id !== one.id);
});

Deno.test("a person has several roles in an item, in the order of the credits", () => {
  using rig = openRig(2);
  const [orson, joseph] = [rig.add("Orson Welles"), rig.add("Joseph Cotten")];
  const { credits } = rig.people;

  credits.link("i-0", { personId: orson.id, role: "director", creditedAs: null }, rig.by());
  credits.link("i-0", { personId: orson.id, role: "actor", creditedAs: "Kane" }, rig.by());
  credits.link(
    "i-0",
    { personId: joseph.id, role: "actor", creditedAs: "Leland", position: 0 },
    rig.by(),
  );
  credits.link("i-0", { personId: orson.id, role: "actor", creditedAs: "C. F. Kane" }, rig.by());
  const all = credits.of("i-0").map((it) => [it.role, it.creditedAs, it.position]);
  credits.unlink("i-0", { personId: orson.id, role: "director" }, rig.by());
  const without = credits.of("i-0").length;
  credits.unlink("i-0", { personId: orson.id, role: undefined }, rig.by());

  deepStrictEqual(all, [["actor", "Leland", 0], ["director", null, 0], ["actor", "C. F. Kane", 1]]);
  deepStrictEqual([without, credits.of("i-0").length], [2, 1]);
  strictEqual(rig.db.get("SELECT version FROM items WHERE id = 'i-0'")?.version, 7);
  throws(
    () => credits.link("nope", { personId: orson.id, role: "actor", creditedAs: null }, rig.by()),
    NotFoundError,
  );
  throws(
    () => credits.link("i-0", { personId: "nope", role: "actor", creditedAs: null }, rig.by()),
    ConflictError,
  );
});

Deno.test("merging people keeps every credit, and is undone as one", async () => {
  using rig = openRig(250);
  const [one, other] = [rig.add("Bob Dylan"), rig.add("Robert Zimmerman")];
  const credit = { role: "actor" as const, creditedAs: null };
  for (let index = 0; index < 250; index++) {
    rig.people.credits.link(`i-${index}`, { ...credit, personId: other.id }, rig.by());
  }
  rig.people.credits.link("i-0", { ...credit, personId: one.id, creditedAs: "Alias" }, rig.by());
  rig.people.addAlias(other.id, "Blind Boy Grunt", rig.by());
  const by = rig.by();

  await rejects(rig.people.merge(one.id, one.id, by), ConflictError);
  const merged = await rig.people.merge(other.id, one.id, by);
  const credits = rig.people.credits.of("i-0");
  await rig.changes.undo(by.batch, "owner");

  deepStrictEqual(merged.aliases, ["Blind Boy Grunt", "Robert Zimmerman"]);
  deepStrictEqual([merged.itemCount, credits.length, credits[0]!.creditedAs], [250, 1, "Alias"]);
  deepStrictEqual(rig.people.get(other.id).itemCount, 250);
  deepStrictEqual(rig.people.get(one.id).aliases, []);
  strictEqual(rig.people.find("blind boy grunt")!.id, other.id);
});

Deno.test("who is deleted leaves the credits, and comes back to them", async () => {
  using rig = openRig(1);
  const one = rig.add("Bob");
  const credit = { personId: one.id, role: "other" as const, creditedAs: "gaffer" };
  rig.people.credits.link("i-0", credit, rig.by());
  const by = rig.by();

  await rig.people.remove(one.id, by);
  const gone = [rig.people.find("bob"), rig.people.credits.of("i-0").length];
  await rig.changes.undo(by.batch, "owner");

  deepStrictEqual(gone, [undefined, 0]);
  deepStrictEqual(rig.people.credits.of("i-0"), [{ ...credit, position: 0 }]);
  deepStrictEqual(rig.names("bo"), ["Bob"]);
});
