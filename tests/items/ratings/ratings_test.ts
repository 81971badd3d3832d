/** Ratings: half steps, one per item and user, taken back by 0. @module */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { InvalidError, NotFoundError, StaleError } from "../../../src/base/errors.ts";
import { openRig, owner } from "../rig.ts";

const guest = { user: "guest" };
const first = { ratedAt: "~", itemId: "~" };

Deno.test("rate() keeps one rating for each user, with its history and the average of all", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });

  rig.ratings.rate("a", 3, owner);
  const mine = rig.ratings.rate("a", 4.5, owner);
  rig.ratings.rate("a", 1, guest);
  rig.ratings.rate("a", 4.5, owner); // no change of mind

  deepStrictEqual([mine?.stars, mine?.version], [4.5, 2]);
  deepStrictEqual(rig.ratings.average("a"), { stars: 2.75, count: 2 });
  deepStrictEqual(rig.ratings.history("a", "owner").map(({ stars }) => stars), [4.5, 3]);
  deepStrictEqual(rig.ratings.list("owner", first, 9).map(({ stars }) => stars), [4.5]);
});

Deno.test("rate() with 0 or nothing takes the rating back, also where there is none", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });

  rig.ratings.rate("a", 3, owner);
  strictEqual(rig.ratings.rate("a", 0, owner), undefined);
  strictEqual(rig.ratings.rate("a", null, owner), undefined);

  deepStrictEqual(rig.ratings.history("a", "owner").map(({ stars }) => stars), [null, 3]);
  deepStrictEqual(rig.ratings.average("a"), { stars: null, count: 0 });
  strictEqual(rig.ratings.rate("a", 2, owner)?.version, 3, "later than any that it had");
});

Deno.test("rate() refuses what is no half step, items that there are not, and stale versions", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  for (const stars of [0.4, 5.5, -1, 3.3, NaN, Infinity]) {
    throws(() => rig.ratings.rate("a", stars, owner), InvalidError, String(stars));
  }
  throws(() => rig.ratings.rate("nope", 3, owner), NotFoundError);
  rig.ratings.rate("a", 3, { ...owner, expected: 0 });
  throws(() => rig.ratings.rate("a", 4, { ...owner, expected: 0 }), StaleError);
  rig.items.remove("a", owner);
  throws(() => rig.ratings.rate("a", 3, owner), NotFoundError);
});

Deno.test("undo puts a rating back, unless it was changed since; others' ratings stay", async () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  rig.ratings.rate("a", 2, { ...owner, batch: "one" });
  rig.ratings.rate("a", 3, { ...guest, batch: "two" });

  await rig.changes.undo("one", "owner");

  strictEqual(rig.ratings.find("a", "owner"), undefined);
  strictEqual(rig.ratings.find("a", "guest")?.stars, 3);
  rig.ratings.rate("a", 5, { ...guest, batch: "three" });
  const error = await rig.changes.undo("two", "owner").catch((it) => it);
  deepStrictEqual(error.details.conflicts, [
    { entity: "item.rating", entity_id: "a", fields: ["guest"] },
  ]);
});

Deno.test("list() gives a user's ratings, the last first, page by page", () => {
  using rig = openRig();
  for (let index = 0; index < 7; index++) {
    rig.addFile({ id: `i-${index}` });
    rig.ratings.rate(`i-${index}`, 1, owner);
    rig.ratings.rate(`i-${index}`, 2, guest);
  }
  rig.items.remove("i-3", owner);
  const found: string[] = [];
  for (let before = first;;) {
    const page = rig.ratings.list("owner", before, 3);
    found.push(...page.map(({ itemId }) => itemId));
    if (page.length < 3) break;
    before = page.at(-1)!;
  }
  deepStrictEqual(found.toSorted(), ["i-0", "i-1", "i-2", "i-4", "i-5", "i-6"]);
});
