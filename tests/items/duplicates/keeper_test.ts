import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { looksCopied, rules, suggestKeeper } from "../../../src/items/duplicates/keeper.ts";
import type { GroupKind, Member } from "../../../src/items/duplicates/mod.ts";

const world = { isFailing: (driveIds: readonly string[]) => driveIds.includes("dying") };

const member = (id: string, of: Partial<Member> = {}): Member => ({
  id,
  root: "/films",
  relativePath: "film.mkv",
  driveIds: ["good"],
  status: "ready",
  sizeBytes: 1000,
  modifiedMs: 1,
  addedAt: "2026-01-01T00:00:00Z",
  distance: 0,
  saidOfIt: 0,
  ...of,
});

/** Rule → kind, the better one, the worse one. The worse one is the better one by later rules. */
const cases: Record<string, [GroupKind, Partial<Member>, Partial<Member>]> = {
  "here": ["exact", { driveIds: ["dying"] }, { status: "offline" }],
  "healthy drive": ["exact", { error: "odd" }, { driveIds: ["dying"] }],
  "whole": ["similar", { width: 10, height: 10 }, { error: "cut off", width: 20, height: 20 }],
  "resolution": [
    "similar",
    { width: 1920, height: 1080, bitrate: 1 },
    { width: 1280, height: 720, bitrate: 9_000_000 },
  ],
  "bit rate": [
    "similar",
    { bitrate: 4_000_000, videoCodec: "hevc" },
    { bitrate: 5_000_000, videoCodec: "avc", saidOfIt: 9 },
  ],
  "codec": ["similar", { videoCodec: "av1", bitrate: 1_000_000 }, {
    videoCodec: "avc",
    bitrate: 2_200_000,
    saidOfIt: 9,
  }],
  "true name": ["exact", { relativePath: "a.jpg", kind: "image" }, {
    relativePath: "holidays.mp4",
    kind: "image",
    saidOfIt: 9,
  }],
  "said of it": ["exact", { saidOfIt: 2 }, { saidOfIt: 1, catalogId: "c" }],
  "offered": ["exact", { catalogId: "c", relativePath: "a (1).mkv" }, {}],
  "no copy by name": ["exact", { relativePath: "a.mkv" }, { relativePath: "a - Copy.mkv" }],
  "longer name": ["exact", { relativePath: "Heat (1995).mkv" }, {
    relativePath: "long/folder/names/heat.mkv",
    addedAt: "2020-01-01T00:00:00Z",
  }],
  "older": ["exact", { addedAt: "2020-01-01T00:00:00Z" }, {}],
};

Deno.test("each rule decides, before all that come after it, and says why", () => {
  deepStrictEqual(Object.keys(cases), rules.map(({ name }) => name));
  for (const [rule, [kind, better, worse]] of Object.entries(cases)) {
    // By id alone the worse one would win.
    const members = [member("a", worse), member("b", better)];
    const { reason } = rules.find(({ name }) => name === rule)!;
    const expected = typeof reason === "string" ? reason : reason(members[1]!);

    for (const order of [members, members.toReversed()]) {
      deepStrictEqual(
        suggestKeeper(kind, order, world),
        { keep: "b", reasons: [expected] },
        rule,
      );
    }
  }
});

Deno.test("copies of the same bytes are not told apart by what is in them", () => {
  const { keep, reasons } = suggestKeeper("exact", [
    member("a", { width: 1 }),
    member("b", { width: 9 }),
  ], world);

  deepStrictEqual([keep, reasons], ["a", ["nothing tells them apart"]]);
});

Deno.test("nothing is kept where nothing is here", () => {
  const offline = ["a", "b"].map((id) => member(id, { status: "offline" }));

  strictEqual(suggestKeeper("exact", offline, world).keep, undefined);
  strictEqual(suggestKeeper("exact", [], world).keep, undefined);
});

Deno.test("names of copies are known in several languages, and titles are not taken for them", () => {
  for (
    const name of ["a (1).mkv", "a - Copy.mkv", "Copy of a.mkv", "a copy 2.mkv", "a - Kopie.mkv"]
  ) ok(looksCopied(`folder/${name}`), name);
  for (
    const name of ["Heat (1995).mkv", "Photocopy.mkv", "a.mkv", "Copycat.mkv", "copy (1)/a.mkv"]
  ) {
    ok(!looksCopied(name), name);
  }
});
