/** Watch states: what players report, and how they follow the content. @module */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { NotFoundError, StaleError } from "../../../src/base/errors.ts";
import { endOf, reported, unseen } from "../../../src/items/watch/progress.ts";
import { openRig, owner, type Rig } from "../rig.ts";

const HOUR = 3_600_000;
const film = { durationMs: HOUR, chapters: [] };
const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;

Deno.test("endOf() is at 90 %, or where the last part's chapters say credits", () => {
  const chapters = (title: string, startMs: number) => ({
    durationMs: 1000,
    chapters: [{ startMs, title }],
  });
  strictEqual(endOf({ durationMs: 1000, chapters: [] }), 900);
  strictEqual(endOf(chapters("End Credits", 800)), 800);
  strictEqual(endOf(chapters("Opening credits", 10)), 900);
  strictEqual(endOf(chapters("Credits", 990)), 900);
  strictEqual(endOf({ durationMs: null, chapters: [] }), Infinity);
});

Deno.test("of several players the one that was there last says where to go on", () => {
  let state = reported(unseen, { positionMs: 100, at: at(1), sessionId: "tv" }, film);
  state = reported(state, { positionMs: 900, at: at(5), sessionId: "phone" }, film);
  state = reported(state, { positionMs: 300, at: at(3), sessionId: "tv" }, film); // came late
  deepStrictEqual([state.positionMs, state.lastPlayedAt], [900, at(5)]);
  state = reported(state, { positionMs: 400, at: at(6), sessionId: "tv" }, film); // sought back
  strictEqual(state.positionMs, 400);
});

Deno.test("a session that comes to the end is one play, however often and late it says so", () => {
  let state = reported(unseen, { positionMs: 1, at: at(1), sessionId: "a" }, film);
  for (const position of [0.91, 0.95, 1, 1.5]) {
    state = reported(state, { positionMs: position * HOUR, at: at(2), sessionId: "a" }, film);
  }
  deepStrictEqual([state.plays, state.watched, state.positionMs], [1, true, 0]);
  state = reported(state, { positionMs: HOUR / 2, at: at(4), sessionId: "b" }, film);
  state = reported(state, { positionMs: HOUR, at: at(3), sessionId: "c" }, film); // came late
  deepStrictEqual([state.plays, state.positionMs], [2, HOUR / 2], "b is in the middle of it");
  for (let index = 0; index < 100; index++) {
    state = reported(state, { positionMs: HOUR, at: at(5), sessionId: `s-${index}` }, film);
  }
  deepStrictEqual([state.plays, state.sessions.length], [102, 20]);
});

Deno.test("without a session's name only the first time to the end is a play", () => {
  let state = reported(unseen, { positionMs: HOUR, at: at(1) }, film);
  state = reported(state, { positionMs: HOUR, at: at(2) }, film);
  deepStrictEqual([state.plays, state.watched], [1, true]);
});

const stateOf = (rig: Rig, id: string) => {
  const { positionMs, plays, watched, favorite } = rig.watch.find(id, "owner");
  return { positionMs, plays, watched, favorite };
};
const begun = { positionMs: 1000, plays: 0, watched: false, favorite: true };
const begin = (rig: Rig, id: string) =>
  rig.watch.update(id, { positionMs: 1000, favorite: true }, owner);

Deno.test("a copy of a film, and its file under another name or on another drive, is seen as far", () => {
  using rig = openRig();
  rig.addFile({ id: "a", path: "films/heat.mkv", identity: "heat" });
  rig.addFile({ id: "b", path: "other/copy.mkv", identity: "heat" });
  rig.addFile({ id: "c", path: "films/ronin.mkv", identity: "ronin" });
  begin(rig, "a");

  deepStrictEqual(stateOf(rig, "b"), begun);
  deepStrictEqual(stateOf(rig, "c"), { ...begun, positionMs: 0, favorite: false });

  rig.db.run(
    "UPDATE media SET wire_path = 'x.mkv', relative_path = 'x.mkv', root = '/y' WHERE id = 'a'",
  );
  deepStrictEqual(stateOf(rig, "a"), begun);
  // Found anew elsewhere, and gone from where it was.
  rig.db.run("UPDATE media SET status = 'missing' WHERE id IN ('a', 'b')");
  rig.addFile({ id: "d", path: "heat/new.mkv", identity: "heat" });
  deepStrictEqual(stateOf(rig, "d"), begun);
  const [next] = rig.watch.begun("owner", { lastPlayedAt: "~", key: "" }, 9);
  strictEqual(next?.item.id, "d", "of several copies the one that is there");
});

Deno.test("what was seen before the content had a name is carried over, and merged", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  begin(rig, "a");
  rig.addFile({ id: "b" });
  rig.watch.update("b", { watched: true }, owner);
  rig.watch.update("b", { watched: false }, { user: "guest" });

  const names = (id: string, identity: string | null) =>
    rig.db.run("UPDATE media SET identity = ? WHERE id = ?", identity, id);
  names("a", "same");
  deepStrictEqual(stateOf(rig, "a"), begun);
  rig.db.run("UPDATE watch_states SET updated_at = '2999' WHERE content_key = 'item:b'");
  names("b", "same"); // the same film after all: what was said last holds

  deepStrictEqual(stateOf(rig, "a"), { positionMs: 0, plays: 0, watched: true, favorite: false });
  strictEqual(rig.watch.find("a", "guest").version, 1);
  strictEqual(rig.db.get("SELECT count(*) AS n FROM watch_states")?.n, 2, "one each");
});

Deno.test("a file that is edited stays as far seen, also while its new content has no name yet", () => {
  using rig = openRig();
  rig.addFile({ id: "a", identity: "old" });
  rig.addFile({ id: "copy", identity: "old" });
  begin(rig, "a");

  rig.db.run("UPDATE media SET identity = NULL WHERE id = 'a'");
  deepStrictEqual(stateOf(rig, "a"), begun);
  rig.db.run("UPDATE media SET identity = 'new' WHERE id = 'a'");
  deepStrictEqual(stateOf(rig, "a"), begun);
  deepStrictEqual(stateOf(rig, "copy"), begun, "the old content is as it was");

  rig.watch.update("a", { positionMs: 5000 }, owner);
  deepStrictEqual(stateOf(rig, "copy"), begun, "they are two films now");
});

Deno.test("update() knows the film's length from its file, else from the player", () => {
  using rig = openRig();
  rig.addFile({ id: "a", durationMs: 1000 });
  rig.addFile({ id: "b" });
  rig.db.run(
    `INSERT INTO media_details VALUES ('a', '{"chapters":[{"startMs":700,"title":"Credits"}]}')`,
  );

  strictEqual(rig.watch.update("a", { positionMs: 700, durationMs: 99_999 }, owner).watched, true);
  strictEqual(rig.watch.update("b", { positionMs: 700 }, owner).watched, false);
  strictEqual(rig.watch.update("b", { positionMs: 700, durationMs: 750 }, owner).watched, true);
});

Deno.test("a clock that is ahead silences nobody", () => {
  using rig = openRig();
  rig.addFile({ id: "a" });
  rig.watch.update("a", { positionMs: 1000, at: "2999-01-01T00:00:00+02:00" }, owner);
  strictEqual(rig.watch.update("a", { positionMs: 2000 }, owner).positionMs, 2000);
});

Deno.test("what people mark can be undone, what they play cannot; both have one version", async () => {
  using rig = openRig();
  rig.addFile({ id: "a", identity: "x" });
  const first = rig.watch.update("a", { favorite: true }, { ...owner, batch: "mark", expected: 0 });
  rig.watch.update("a", { positionMs: 1000 }, owner);
  throws(
    () => rig.watch.update("a", { favorite: false }, { ...owner, expected: first.version }),
    StaleError,
  );

  await rig.changes.undo("mark", "owner");

  deepStrictEqual(stateOf(rig, "a"), { ...begun, favorite: false });
  strictEqual(rig.changes.list({ entity: "item", entityId: "a", limit: 9 }).length, 2);
  rig.items.remove("a", owner);
  throws(() => rig.watch.find("a", "owner"), NotFoundError);
});

Deno.test("begun() lists what is to go on with, the last first, page by page", () => {
  using rig = openRig();
  for (let index = 0; index < 9; index++) {
    rig.addFile({ id: `i-${index}`, ...index % 2 && { identity: `c-${index}` } });
    rig.watch.update(`i-${index}`, { positionMs: 1000, at: at(index) }, owner);
  }
  rig.addFile({ id: "other" });
  rig.watch.update("i-2", { watched: true }, owner);
  rig.watch.update("i-3", { forget: true }, owner);
  rig.items.remove("i-4", owner);
  rig.items.remove("i-5", owner);

  const found: string[] = [];
  for (let before = { lastPlayedAt: "~", key: "" };;) {
    const page = rig.watch.begun("owner", before, 2);
    found.push(...page.map(({ item }) => item.id));
    if (page.length < 2) break;
    before = page.at(-1)!;
  }
  deepStrictEqual(found, ["i-8", "i-7", "i-6", "i-1", "i-0"]);
});
