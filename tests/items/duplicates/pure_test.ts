import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { algorithms } from "../../../src/media/mod.ts";
import {
  areOne,
  clusters,
  evidences,
  isSame,
  proofOf,
  strongestOf,
} from "../../../src/items/duplicates/evidence.ts";
import { lastAlike, lengthsAlike } from "../../../src/items/duplicates/look/length.ts";
import { stars } from "../../../src/items/duplicates/look/similar/stars.ts";
import { hash53, normalized, titleKey } from "../../../src/items/duplicates/look/titles/key.ts";

Deno.test("every algorithm but CRC-32 is believed", () => {
  deepStrictEqual(
    [...evidences].sort(),
    Object.keys(algorithms).filter((it) => it !== "crc32").sort(),
  );
});

Deno.test("files are the same by the strongest hash that both have", () => {
  const cases: [Record<string, string>, Record<string, string>, boolean][] = [
    [{ md5: "1" }, { md5: "1" }, true],
    [{ md5: "1" }, { md5: "2" }, false],
    [{ md5: "1", sha1: "1" }, { md5: "1", sha1: "2" }, false],
    [{ md5: "1", sha1: "2" }, { md5: "2", sha1: "2" }, false],
    [{ md5: "1", sha256: "1" }, { md5: "2", sha256: "1" }, true],
    [{ md5: "1", sha256: "1" }, { md5: "1", blake3: "1" }, true],
    [{ crc32: "1" }, { crc32: "1" }, false],
    [{ sha256: "1" }, { blake3: "1" }, false],
    [{}, {}, false],
  ];
  for (const [one, other, expected] of cases) {
    strictEqual(isSame(one, other), expected, JSON.stringify([one, other]));
    strictEqual(isSame(other, one), expected);
  }
  strictEqual(strongestOf([{ md5: "1", blake3: "2" }, { md5: "1" }]), "md5");
  strictEqual(strongestOf([{ md5: "1" }, { sha1: "1" }]), undefined);
});

Deno.test("what is read anew is a hash that nobody can make two files for", () => {
  deepStrictEqual(
    ["md5", "sha1", "xxh128", "blake3", "sha512"].map(proofOf),
    ["sha256", "sha256", "sha256", "blake3", "sha512"],
  );
});

Deno.test("files of another size are never one", () => {
  const files = [1, 2, 1].map((sizeBytes, id) => ({ id, sizeBytes, hashes: { md5: "1" } }));

  deepStrictEqual(clusters(files).map((some) => some.map(({ id }) => id)), [[0, 2]]);
  strictEqual(areOne(files), false);
});

Deno.test("no length that is alike is outside of those that are looked at", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 0, max: 25_000_000 }),
    (lengths, other) => {
      const { from, to } = lengthsAlike(lengths);
      if (lengths.some((it) => lastAlike(it, other))) ok(other >= from && other <= to);
    },
  ));
  ok(lastAlike(1_000_000, 1_019_000) && lastAlike(500, 2400));
  ok(!lastAlike(1_000_000, 1_030_000));
});

Deno.test("everything near something is in one group with it, and in no other", () => {
  fc.assert(fc.property(
    fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }))
        .filter(([one, other]) => one < other),
      { selector: String },
    ),
    (edges) => {
      const pairs = edges.map(([one, other]) => ({
        one: `${one}`,
        other: `${other}`,
        distance: 0.1,
      }));

      const found = [...stars(pairs, 1000)];

      const members = found.flatMap((star) => star.members.map(({ id }) => id));
      strictEqual(new Set(members).size, members.length, "in one group at most");
      for (const { members: [centre, ...others] } of found) {
        ok(others.length > 0);
        for (const { id } of others) {
          ok(
            pairs.some(({ one, other }) =>
              [one, other].sort().join() === [centre!.id, id].sort().join()
            ),
          );
        }
      }
      for (const { one, other } of pairs) {
        ok(members.includes(one) || members.includes(other), "no pair is left out altogether");
      }
    },
  ));
});

Deno.test("a chain of small steps is not one group", () => {
  const step = (one: string, other: string) => ({ one, other, distance: 0.5 });

  const found = [...stars([step("a", "b"), step("b", "c"), step("c", "d"), step("d", "e")], 1000)];

  deepStrictEqual(found.map(({ members }) => members.map(({ id }) => id)), [["b", "a", "c"], [
    "d",
    "e",
  ]]);
});

Deno.test("names are the same whatever case, accents, signs and articles", () => {
  strictEqual(normalized("The Amélie: Spider-Man!"), "amelie spider man");
  strictEqual(normalized("Tom & Jerry’s"), "tom and jerrys");
  strictEqual(normalized("七人の侍"), "七人の侍".normalize("NFKD"));
  const film = { kind: "video", title: "A", series: null, season: null, episode: null, year: 2000 };
  strictEqual(titleKey(film), undefined, "one letter says too little");
  strictEqual(titleKey({ ...film, title: "Up" }), "video|up|2000");
  strictEqual(
    titleKey({ ...film, title: "x", series: "The Show", season: 2, episode: 3 }),
    "video|show|s2e3",
  );
});

Deno.test("hash53() gives whole numbers that differ", () => {
  const seen = new Set(Array.from({ length: 20_000 }, (_, index) => hash53(`film ${index}|2000`)));

  strictEqual(seen.size, 20_000);
  ok([...seen].every((it) => Number.isSafeInteger(it) && it >= 0));
});
