/** The one comparison of what is found with what is stored. @module */
import { Buffer } from "node:buffer";
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { MediaStatus } from "../../../src/media/media.ts";
import {
  type Change,
  changeOf,
  diff,
  type FilePlace,
  type Found,
  type KnownFile,
} from "../../../src/media/scan/diff.ts";
import { compareBytes, sortByBytes } from "../../../src/media/scan/walk/byte_order.ts";

const state = { sizeBytes: 10, modifiedMs: 1000 };
const here: FilePlace = { driveIds: ["disk"], volumeId: "vol", hasInodes: true };

Deno.test("changeOf() tells what has become of a file, by size, time, status and place", () => {
  const cases: [typeof state, MediaStatus, boolean, Change][] = [
    [state, "new", true, "unchanged"],
    [state, "probed", true, "unchanged"],
    [state, "ready", true, "unchanged"],
    [state, "ready", false, "relocated"],
    [state, "forgotten", true, "unchanged"],
    [state, "forgotten", false, "unchanged"],
    [state, "missing", true, "returned"],
    [state, "unreadable", true, "returned"],
    [{ ...state, sizeBytes: 11 }, "ready", true, "changed"],
    [{ ...state, modifiedMs: 999 }, "ready", true, "changed"],
    [{ ...state, modifiedMs: 1001 }, "missing", true, "changed"],
    [{ ...state, sizeBytes: 11 }, "forgotten", true, "unchanged"],
  ];

  for (const [found, status, isHere, expected] of cases) {
    strictEqual(changeOf(found, { ...state, status, isHere }), expected, `${status} ${expected}`);
  }
});

/** Of all code points, those beyond 16 bits included. */
const text = fc.string({ unit: "binary", maxLength: 4 });

Deno.test("compareBytes() orders paths as SQLite does", () => {
  fc.assert(fc.property(text, text, (one, other) => {
    const bytes = Buffer.compare(Buffer.from(one), Buffer.from(other));
    strictEqual(Math.sign(compareBytes(one, other)), bytes);
  }));
  fc.assert(fc.property(fc.array(text), (names) => {
    deepStrictEqual(sortByBytes([...names]), names.toSorted(compareBytes));
  }));
});

/** Paths of a few folders, so that found and stored ones meet. */
const segment = fc.constantFrom("a", "b", "a.b", "a b", "é", "😀", "～", "z");
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((it) => it.join("/"));
const version = fc.record({
  sizeBytes: fc.integer({ min: 1, max: 2 }),
  modifiedMs: fc.constant(5),
});
const status = fc.constantFrom<MediaStatus>("new", "ready", "missing", "unreadable", "forgotten");

Deno.test("diff() finds what a comparison of two whole sets finds", () => {
  const found = fc.dictionary(path, version);
  const stored = fc.dictionary(
    path,
    fc.record({ version, status, inode: fc.constantFrom("1", "2"), isHere: fc.boolean() }),
  );
  const marks = fc.dictionary(segment.map((it) => `${it}/`), fc.constantFrom("unknown", "passed"));

  fc.assert(
    fc.property(found, stored, marks, (files, rows, covers) => {
      const entries: Found[] = [];
      const covered = (it: string) => Object.keys(covers).find((folder) => it.startsWith(folder));
      for (const [path, found] of Object.entries(files)) {
        if (covered(path)) continue; // nobody has looked there
        const volumePath = `/${path}`;
        entries.push({ kind: "file", path, ...found, inode: "1", place: here, volumePath });
      }
      for (const [path, kind] of Object.entries(covers)) {
        entries.push({ kind: kind as "unknown" | "passed", path });
      }
      entries.sort((one, other) => compareBytes(one.path, other.path));
      const known = Object.entries(rows).map(([path, row], at): KnownFile => ({
        ...row.version,
        ...row,
        rowid: at,
        path,
        place: here,
        isPresent: row.isHere && !["missing", "forgotten"].includes(row.status),
      })).sort((one, other) => compareBytes(one.path, other.path));

      const told = [...diff(withPauses(entries), iterate(known))].flatMap((it) =>
        it.kind === "pause" ? [] : [`${it.kind} ${"file" in it ? it.file.path : it.path}`]
      );

      deepStrictEqual(told.sort(), naive(entries, known).sort());
    }),
    { numRuns: 2000 },
  );
});

function naive(entries: Found[], known: KnownFile[]): string[] {
  const rows = new Map(known.map((row) => [row.path, row]));
  const told: string[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== "file") continue;
    const row = rows.get(entry.path);
    seen.add(entry.path);
    if (!row) told.push(`new ${entry.path}`);
    else {
      const isHere = row.isHere && row.inode === entry.inode;
      const change = changeOf(entry, { ...row, isHere });
      if (change !== "unchanged") told.push(`${change} ${entry.path}`);
    }
  }
  for (const row of known) {
    if (seen.has(row.path) || !row.isPresent) continue;
    const mark = entries.find(({ kind, path }) => kind !== "file" && row.path.startsWith(path));
    if (!mark) told.push(`gone ${row.path}`);
    else if (mark.kind === "passed") told.push(`unwanted ${row.path}`);
  }
  return told;
}

function* withPauses(entries: Found[]): Generator<Found> {
  for (const entry of entries) {
    yield { kind: "pause", path: entry.path };
    yield entry;
  }
}

function* iterate(known: KnownFile[]): Generator<KnownFile, undefined> {
  yield* known;
  return undefined;
}
