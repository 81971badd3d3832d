/**
 * Duplicates dealt with: real files, and every way in which they are not what they were.
 *
 * @module
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join, relative } from "node:path";
import { share, TEMPORARY, TRASH_FOLDER } from "../../../src/media/mod.ts";
import { CommandError, run } from "../../../src/base/command.ts";
import { currentPlatform } from "../../../src/base/platform.ts";
import { wav } from "../../helpers/clips.ts";
import { openDuplicatesRig } from "./rig.ts";

const two = { "a.wav": wav(1), "sub/a copy.wav": wav(1), "other.wav": wav(2) };
const everything = { trashedAt: "", id: "" };

async function rigWith(files: Record<string, Uint8Array | string>, options = {}) {
  const rig = await openDuplicatesRig(files, options);
  const [group] = await rig.look();
  ok(group, "they are found");
  return { rig, group };
}

const states = (rig: Awaited<ReturnType<typeof openDuplicatesRig>>) => rig.room.list({ limit: 10 });

Deno.test("one of two equal files goes to the trash, and its group is dealt with", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;

  const { outcomes, group: left } = await rig.resolve(group, "a.wav", ["a copy.wav"]);

  strictEqual(outcomes[0]?.done, "trashed");
  deepStrictEqual([left.state, left.files, left.reclaimableBytes], ["resolved", 1, 0]);
  deepStrictEqual([await rig.exists("a.wav"), await rig.exists("sub/a copy.wav")], [true, false]);
  const [entry] = rig.room.trash.list(everything, 10);
  match(entry!.trashPath, new RegExp(`^${TRASH_FOLDER}/[0-9-]+/sub/a copy.wav$`));
  match(entry!.why, /A copy of ".*a\.wav"/);
  deepStrictEqual(await Deno.readFile(rig.path(entry!.trashPath)), two["a.wav"]);
  deepStrictEqual(
    rig.events.filter(({ type }) => type === "duplicates.resolved").map(({ data }) => data.how),
    ["trash"],
  );
  const [change] = rig.changes.list({ entity: "duplicate", limit: 10 });
  deepStrictEqual([change?.entityId, change?.after?.how], [group.id, "trash"]);
});

Deno.test("what is restored from the trash is a duplicate again", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  await rig.resolve(group, "a.wav", ["a copy.wav"]);
  strictEqual((await rig.look())[0]?.state, "resolved");
  const [entry] = rig.room.trash.list(everything, 10);

  const { path } = await rig.room.trash.restore(entry!.id);

  strictEqual(path, rig.path("sub/a copy.wav"));
  const [again] = await rig.look();
  deepStrictEqual([again?.id, again?.state, again?.files], [group.id, "open", 2]);
  const item = rig.db.get("SELECT deleted_at FROM items WHERE id = ?", rig.find("a copy.wav").id);
  strictEqual(item?.deleted_at, null);
});

Deno.test("a file that a person takes out of the trash by hand has its item again", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  const { id } = rig.find("a copy.wav");
  await rig.resolve(group, "a.wav", ["a copy.wav"]);
  const [entry] = rig.room.trash.list(everything, 10);
  await Deno.rename(rig.path(entry!.trashPath), rig.path("taken out.wav"));

  await rig.scan();

  strictEqual(rig.find("taken out.wav").id, id);
  strictEqual(rig.db.get("SELECT deleted_at FROM items WHERE id = ?", id)?.deleted_at, null);
});

Deno.test("of three files in two folders two are deleted for good", async () => {
  const { rig, group } = await rigWith({
    "x/1.wav": wav(3),
    "y/2.wav": wav(3),
    "y/3.wav": wav(3),
  });
  await using _ = rig;
  strictEqual(group.reclaimableBytes, 2 * wav(3).length);

  const { outcomes } = await rig.resolve(group, "1.wav", ["2.wav", "3.wav"], "delete");

  deepStrictEqual(outcomes.map((it) => [it.done, it.reclaimedBytes]), [
    ["deleted", wav(3).length],
    ["deleted", wav(3).length],
  ]);
  deepStrictEqual(
    [await rig.exists("x/1.wav"), await rig.exists("y/2.wav"), await rig.exists("y/3.wav")],
    [true, false, false],
  );
  strictEqual(rig.room.trash.counts().files, 0);
});

Deno.test("a file that has changed after its group was found is refused, and nothing is touched", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  await Deno.writeFile(rig.path("sub/a copy.wav"), wav(7));

  await rejects(rig.resolve(group, "a.wav", ["a copy.wav"]), {
    name: "ConflictError",
    message: /a copy\.wav": it has changed since it was scanned/,
  });

  deepStrictEqual([await rig.exists("sub/a copy.wav"), states(rig)[0]?.state], [true, "open"]);
});

for (const who of ["a.wav", "sub/a copy.wav"]) {
  Deno.test(`other bytes under the same size and time are found out: ${who}`, async () => {
    const { rig, group } = await rigWith(two);
    await using _ = rig;
    const path = rig.path(who);
    const { mtime, atime } = await Deno.stat(path);
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await Deno.writeFile(path, bytes);
    await Deno.utime(path, atime!, mtime!);

    await rejects(rig.resolve(group, "a.wav", ["a copy.wav"], "delete"), {
      name: "ConflictError",
      message: /not those/,
    });

    deepStrictEqual([await rig.exists("a.wav"), await rig.exists("sub/a copy.wav")], [true, true]);
  });
}

Deno.test("where the keeper is gone nothing goes: that may be the last copy", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  await Deno.remove(rig.path("a.wav"));

  await rejects(rig.resolve(group, "a.wav", ["a copy.wav"]), {
    name: "ConflictError",
    message: /a\.wav": it is gone since it was scanned/,
  });

  ok(await rig.exists("sub/a copy.wav"));
});

Deno.test("an offline file counts as a copy, and is neither kept nor touched", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  rig.db.run(
    "UPDATE media SET offline_since = '2026-01-01T00:00:00Z' WHERE id = ?",
    rig.find("a.wav").id,
  );
  const [same] = await rig.look();
  deepStrictEqual([same?.id, same?.files], [group.id, 2]);
  strictEqual(same?.suggestion.keep, rig.find("a copy.wav").id);

  for (const [keep, gone] of [["a.wav", "a copy.wav"], ["a copy.wav", "a.wav"]] as const) {
    await rejects(rig.resolve(group, keep, [gone]), {
      name: "ConflictError",
      message: /it is offline/,
    });
  }
  const bulk = await rig.room.resolveAll({
    how: "trash",
    dryRun: false,
    limit: 10,
    user: "owner",
    signal: rig.signal,
  });

  deepStrictEqual([bulk.files, bulk.failed], [0, 1]);
  deepStrictEqual([await rig.exists("a.wav"), await rig.exists("sub/a copy.wav")], [true, true]);
});

Deno.test("of two requests that would each remove what the other keeps one is refused", async () => {
  for (const how of ["trash", "delete"] as const) {
    const { rig, group } = await rigWith(two);
    await using _ = rig;

    const results = await Promise.allSettled([
      rig.resolve(group, "a.wav", ["a copy.wav"], how),
      rig.resolve(group, "a copy.wav", ["a.wav"], how),
    ]);

    deepStrictEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const left = [await rig.exists("a.wav"), await rig.exists("sub/a copy.wav")];
    deepStrictEqual(left.filter(Boolean), [true], how);
  }
});

Deno.test("nobody can remove all copies, or a file of another group", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;

  await rejects(rig.resolve(group, "a.wav", ["a copy.wav", "a.wav"]), { name: "InvalidError" });
  await rejects(rig.resolve(group, "a.wav", []), { name: "InvalidError" });
  await rejects(rig.resolve(group, "a.wav", ["other.wav"]), { name: "ConflictError" });
  await rejects(rig.resolve(group, "other.wav", ["a.wav"]), { name: "ConflictError" });

  for (const name of Object.keys(two)) ok(await rig.exists(name), name);
});

Deno.test("one file seen by two ways is not its own copy", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  // As a bind mount shows it: two paths, one inode with one name.
  await Deno.remove(rig.path("sub/a copy.wav"));
  await Deno.remove(rig.path("sub"));
  await Deno.symlink(rig.root, rig.path("sub"));
  await Deno.rename(rig.path("a.wav"), rig.path("a copy.wav"));
  rig.db.run("UPDATE media SET relative_path = 'a copy.wav' WHERE relative_path = 'a.wav'");
  const { mtime } = await Deno.stat(rig.path("a copy.wav"));
  rig.db.run("UPDATE media SET modified_ms = ?", mtime!.getTime());
  const [one, other] = rig.files().filter(({ relativePath }) => /a copy/.test(relativePath));
  const request = { how: "delete", user: "owner", signal: rig.signal } as const;

  await rejects(
    rig.room.resolve(group.id, { ...request, keep: one!.id, remove: [other!.id] }),
    { name: "ConflictError", message: /the same file/ },
  );

  ok(await rig.exists("a copy.wav"));
});

Deno.test("where no number tells that two paths are one file, it comes back from the trash", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  // As a network share shows it that is mounted twice: the keeper goes with the other.
  const { work, trash } = rig.library;
  const { openDuplicates } = await import("../../../src/items/duplicates/mod.ts");
  const room = openDuplicates({
    ...rig,
    publish: () => {},
    library: {
      work,
      trash: {
        ...trash,
        put: (file, { why, check }) =>
          trash.put(file, {
            why,
            check: async () => {
              await Deno.rename(rig.path("a.wav"), rig.path("hidden"));
              try {
                await check?.();
              } finally {
                await Deno.rename(rig.path("hidden"), rig.path("a.wav"));
              }
            },
          }),
      },
    },
  });
  const [keep, remove] = [rig.find("a.wav").id, [rig.find("a copy.wav").id]];

  await rejects(
    room.resolve(group.id, { keep, remove, how: "delete", user: "owner", signal: rig.signal }),
    { name: "ConflictError", message: /a\.wav": it is gone/ },
  );

  deepStrictEqual([await rig.exists("a.wav"), await rig.exists("sub/a copy.wav")], [true, true]);
  strictEqual(rig.room.trash.counts().files, 0);
});

Deno.test("files become one by a hard link, and that is told the next time", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;

  const { outcomes, group: left } = await rig.resolve(
    group,
    "a.wav",
    ["a copy.wav"],
    "hardlink",
  );

  deepStrictEqual(
    outcomes.map(({ done, reclaimedBytes }) => [done, reclaimedBytes]),
    [["linked", wav(1).length]],
  );
  const [one, other] = await Promise.all(
    [rig.path("a.wav"), rig.path("sub/a copy.wav")].map((path) => Deno.stat(path)),
  );
  deepStrictEqual([one?.ino, one?.nlink], [other?.ino, 2]);
  strictEqual(left.state, "resolved");
  const report = await rig.scan();
  deepStrictEqual([report.changed, report.bytesRead], [0, 0], "nothing is new to a scan");
  strictEqual((await rig.look())[0]?.state, "resolved", "nor to a look");

  const again = await rig.resolve(group, "a.wav", ["a copy.wav"], "hardlink");
  const gone = await rig.resolve(group, "a.wav", ["a copy.wav"], "delete");

  deepStrictEqual(again.outcomes.map(({ done, reclaimedBytes }) => [done, reclaimedBytes]), [
    ["one already", 0],
  ]);
  deepStrictEqual(gone.outcomes.map(({ done, reclaimedBytes }) => [done, reclaimedBytes]), [
    ["deleted", 0],
  ]);
  deepStrictEqual([await rig.exists("a.wav"), await rig.exists("sub/a copy.wav")], [true, false]);
});

Deno.test("a file system that cannot share blocks says so, and both files stay", async () => {
  const run = () => Promise.reject(new CommandError('Command "cp" exited with code 1: EOPNOTSUPP'));
  const { rig, group } = await rigWith(two, { duplicates: { run, platform: "linux" } });
  await using _ = rig;

  await rejects(rig.resolve(group, "a.wav", ["a copy.wav"], "reflink"), {
    name: "ConflictError",
    message: /its file system does not do that.*EOPNOTSUPP/,
  });

  deepStrictEqual(await Deno.readFile(rig.path("sub/a copy.wav")), two["a.wav"]);
  const names = (await Array.fromAsync(Deno.readDir(rig.path("sub")))).map(({ name }) => name);
  deepStrictEqual(names, ["a copy.wav"], "nothing is left behind");
});

Deno.test("a clone takes the place of a file with its time and rights", async () => {
  // Where no file system here can share blocks, a copy stands for the clone.
  const calls: string[][] = [];
  const run = async (program: string, args: string[]) => {
    calls.push([program, ...args]);
    await Deno.copyFile(args.at(-2)!, args.at(-1)!);
    return "";
  };
  const { rig, group } = await rigWith(two, { duplicates: { run, platform: "linux" } });
  await using _ = rig;
  const path = rig.path("sub/a copy.wav");
  await Deno.chmod(path, 0o600);
  const before = await Deno.stat(path);

  const { outcomes } = await rig.resolve(group, "a.wav", ["a copy.wav"], "reflink");

  strictEqual(outcomes[0]?.done, "cloned");
  const after = await Deno.stat(path);
  deepStrictEqual([after.mtime, after.mode], [before.mtime, before.mode]);
  deepStrictEqual(calls[0]?.slice(0, 2), ["cp", "--reflink=always"]);
  const report = await rig.scan();
  strictEqual(report.changed, 0);
});

Deno.test("a move that is refused leaves both, and one that works is told beside it", async () => {
  const { rig, group } = await rigWith({ "1.wav": wav(3), "2.wav": wav(3), "3.wav": wav(3) });
  await using _ = rig;
  const { work, trash } = rig.library;
  const { openDuplicates } = await import("../../../src/items/duplicates/mod.ts");
  const put: typeof trash.put = (file, options) =>
    file.relativePath === "2.wav"
      ? Promise.reject(new Deno.errors.PermissionDenied("Permission denied (os error 13)"))
      : trash.put(file, options);
  const room = openDuplicates({
    ...rig,
    publish: () => {},
    library: { work, trash: { ...trash, put } },
  });

  const { outcomes, group: left } = await room.resolve(group.id, {
    keep: rig.find("1.wav").id,
    remove: ["2.wav", "3.wav"].map((name) => rig.find(name).id),
    how: "trash",
    user: "owner",
    signal: rig.signal,
  });

  match(outcomes[0]?.problem ?? "", /Permission denied/);
  strictEqual(outcomes[1]?.done, "trashed");
  deepStrictEqual([await rig.exists("1.wav"), await rig.exists("2.wav")], [true, true]);
  deepStrictEqual([left.state, left.files], ["open", 2]);
});

Deno.test("the keeper takes over what people have said of the copy", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  const [keep, gone] = [rig.find("a.wav").id, rig.find("a copy.wav").id];
  const at = "2026-01-01T00:00:00Z";
  const { db } = rig;
  db.run("INSERT INTO tag_groups VALUES ('g', 'g', 'Mood', 'one', NULL, 1, ?, ?)", at, at);
  const tag = (id: string, groupId: string | null) =>
    db.run(
      `INSERT INTO tags (id, group_id, name, slug, path, depth, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, 0, ?, ?)`,
      ...[id, groupId, id, id, id, at, at],
    );
  for (const [id, groupId] of [["t1", null], ["t2", null], ["m1", "g"], ["m2", "g"]] as const) {
    tag(id, groupId);
  }
  const link = (item: string, id: string) =>
    db.run("INSERT INTO item_tags VALUES (?, ?)", item, id);
  for (const id of ["t1", "m1"]) link(keep, id);
  for (const id of ["t1", "t2", "m2"]) link(gone, id);
  const rate = (item: string, user: string, halves: number) =>
    db.run(
      "INSERT INTO ratings (item_id, user, halves, rated_at) VALUES (?, ?, ?, ?)",
      ...[item, user, halves, at],
    );
  rate(keep, "owner", 4);
  rate(gone, "owner", 10);
  rate(gone, "guest", 7);
  db.run(
    "INSERT INTO notes (id, item_id, user, text, created_at, updated_at) VALUES ('n', ?, 'owner', 'good', ?, ?)",
    ...[gone, at, at],
  );
  db.run(
    `UPDATE items SET description = 'mine', own = '["description"]', custom = '{"shelf":"3"}'
     WHERE id = ?`,
    gone,
  );

  const { outcomes, batch } = await rig.resolve(group, "a.wav", ["a copy.wav"]);

  deepStrictEqual(outcomes[0]?.takenOver, {
    tags: 1,
    ratings: 1,
    people: 0,
    collections: 0,
    notes: 1,
    fields: ["description", "custom"],
  });
  const tags = db.all("SELECT tag_id AS id FROM item_tags WHERE item_id = ? ORDER BY 1", keep);
  deepStrictEqual(tags.map(({ id }) => id), ["m1", "t1", "t2"]);
  const ratings = db.all("SELECT user, halves FROM ratings WHERE item_id = ? ORDER BY 1", keep);
  deepStrictEqual(ratings.map((it) => [it.user, it.halves]), [["guest", 7], ["owner", 4]]);
  const item = db.get("SELECT description, own, custom FROM items WHERE id = ?", keep);
  deepStrictEqual({ ...item }, {
    description: "mine",
    own: '["description"]',
    custom: '{"shelf":"3"}',
  });
  ok(db.get("SELECT deleted_at FROM items WHERE id = ?", gone)?.deleted_at, "it is shown no more");
  deepStrictEqual(rig.changes.list({ batch, limit: 10 }).map(({ entity }) => entity).sort(), [
    "item",
    "item.note",
    "item.rating",
    "item.tags",
  ]);

  await rig.library.trash.restore(outcomes[0]!.trashId!);
  await rig.changes.undo(batch, "owner");
  const mine = (id: string) => {
    const item = rig.rooms.items.find(id, "owner");
    const notes = rig.rooms.notes.list(id, { createdAt: "", id: "" }, 9).map(({ text }) => text);
    const halves = db.all("SELECT user, halves FROM ratings WHERE item_id = ? ORDER BY 1", id);
    return [rig.rooms.tags.links.tagsOf(id), halves.map((it) => it.halves), notes, item.own];
  };
  deepStrictEqual(mine(keep), [["m1", "t1"], [4], [], []]);
  deepStrictEqual(mine(gone), [["m2", "t1", "t2"], [7, 10], ["good"], ["description"]]);
});

Deno.test("all groups are dealt with at once: a plan first, then by the suggested keepers", async () => {
  const { rig } = await rigWith({ ...two, "b.wav": wav(9), "b (1).wav": wav(9) });
  await using _ = rig;
  const request = { how: "trash", limit: 100, user: "owner", signal: rig.signal } as const;

  const plan = await rig.room.resolveAll({ ...request, dryRun: true });

  deepStrictEqual([plan.dryRun, plan.groups, plan.files], [true, 2, 2]);
  const kept = plan.steps.map(({ keep }) => rig.library.find(keep!)?.relativePath).sort();
  deepStrictEqual(kept, ["a.wav", "b.wav"]);
  ok(await rig.exists("b (1).wav"));

  const done = await rig.room.resolveAll({ ...request, dryRun: false });

  deepStrictEqual([done.files, done.failed], [2, 0]);
  deepStrictEqual([await rig.exists("b.wav"), await rig.exists("b (1).wav")], [true, false]);
  deepStrictEqual(states(rig).map(({ state }) => state), ["resolved", "resolved"]);
});

Deno.test("a request that is given up while files are read touches nothing", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  const [keep, remove] = [rig.find("a.wav").id, [rig.find("a copy.wav").id]];
  const signal = AbortSignal.abort(new DOMException("gone", "AbortError"));

  await rejects(rig.room.resolve(group.id, { keep, remove, how: "delete", user: "o", signal }));

  ok(await rig.exists("sub/a copy.wav"));
  ok(await rig.exists(join("a.wav")));
});

Deno.test("a name that a killed program has left goes at the next start, and nothing else", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  const { trash } = rig.library;
  const named = (what: string) => rig.path(`sub/${TEMPORARY}${what}`);
  const [left, lost, theirs] = ["left", "lost", "theirs"].map(named) as [string, string, string];
  // As a program leaves it that is killed before the rename; the clone's keeper is gone since.
  for (const [path, keeper] of [[left, rig.path("a.wav")], [lost, rig.path("gone.wav")]] as const) {
    await Deno.link(rig.path("a.wav"), path);
    rig.db.run("INSERT INTO half_shared (path, keeper) VALUES (?, ?)", path, keeper);
  }
  const never = [named("never made"), rig.path("a.wav")] as const;
  rig.db.run("INSERT INTO half_shared (path, keeper) VALUES (?, ?)", ...never);
  await Deno.writeTextFile(theirs, "somebody else's");
  trash.halfShared.begins(named("under way"), rig.path("a.wav"));
  await Deno.link(rig.path("a.wav"), named("under way"));

  await rig.room.trash.settle();

  const there = await Array.fromAsync(Deno.readDir(rig.path("sub")), ({ name }) => name);
  deepStrictEqual(
    there.filter((name) => name.startsWith(TEMPORARY)).sort(),
    ["lost", "theirs", "under way"].map((name) => TEMPORARY + name),
  );
  deepStrictEqual(await Deno.readFile(rig.path("a.wav")), two["a.wav"]);
  const noted = () => rig.db.all("SELECT path FROM half_shared ORDER BY path");
  deepStrictEqual(noted().map(({ path }) => path), [lost, named("under way")]);

  trash.halfShared.ended(named("under way"));
  rig.db.run("DELETE FROM half_shared");
  const victim = rig.path("sub/a copy.wav");
  const deps = { run, platform: currentPlatform(), halfShared: trash.halfShared };
  const failing = share({
    keeper: rig.path("a.wav"),
    victim,
    how: "hardlink",
    check: async () => {
      const [note] = noted();
      ok(await rig.exists(relative(rig.root, `${note!.path}`)), "noted while it is there");
      throw new Error("not now");
    },
  }, deps);
  await rejects(failing, /not now/);
  deepStrictEqual(noted(), [], "what is given up leaves no note");
  await rig.resolve(group, "a.wav", ["a copy.wav"], "hardlink");
  deepStrictEqual(noted(), [], "nor does what is done");
});

Deno.test("what is deleted is in the history before it goes, and a killed program goes on with it", async () => {
  const { rig, group } = await rigWith({ "1.wav": wav(3), "2.wav": wav(3), "3.wav": wav(3) });
  await using _ = rig;
  const { trash } = rig.library;
  const { remove } = Deno;
  const second = rig.find("2.wav").id;
  const told = () =>
    rig.db.all<{ after: string }>("SELECT after FROM changes WHERE entity = 'duplicate'")
      .map(({ after }) => JSON.parse(after)).map(({ file, done }) => `${file} ${done}`);
  const atTheEnd: unknown[] = [];
  Deno.remove = async (path, options) => {
    const marks = rig.db.all("SELECT is_deleting FROM trash").map((it) => it.is_deleting);
    if (String(path).endsWith(".wav")) atTheEnd.push(told(), marks);
    await remove(path, options);
  };
  try {
    await rig.resolve(group, "1.wav", ["2.wav"], "delete");
  } finally {
    Deno.remove = remove;
  }
  // As a program leaves it that is killed just before, and just after, the file has gone.
  const before = await trash.put(rig.find("3.wav"), { why: "a test" });
  await rig.file("4.wav", wav(4));
  await rig.scan();
  const after = await trash.put(rig.find("4.wav"), { why: "a test" });
  for (const { id } of [before, after]) trash.willDelete(id);
  await Deno.remove(rig.path(after.trashPath));
  await trash.settle();

  deepStrictEqual(atTheEnd, [[`${second} deleted`], [1]]);
  deepStrictEqual(trash.list(everything, 9), []);
  await rejects(Deno.lstat(rig.path(before.trashPath)), Deno.errors.NotFound);
});

Deno.test("what cannot be deleted is in the trash, and the history says so", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  const { remove } = Deno;
  Deno.remove = async (path, options) => {
    if (String(path).endsWith(".wav")) {
      throw new Deno.errors.PermissionDenied("no rights (os error 13)");
    }
    await remove(path, options);
  };
  let outcomes;
  try {
    ({ outcomes } = await rig.resolve(group, "a.wav", ["a copy.wav"], "delete"));
  } finally {
    Deno.remove = remove;
  }
  const [{ done, problem, trashId }] = outcomes as [typeof outcomes[0]];
  const history = rig.db.all<{ after: string }>(
    "SELECT after FROM changes WHERE entity = 'duplicate' ORDER BY id",
  ).map(({ after }) => JSON.parse(after).done);

  deepStrictEqual([done, history], ["trashed", ["deleted", "trashed"]]);
  match(problem!, /no rights/);
  await rig.room.trash.restore(trashId!);
  ok(await rig.exists("sub/a copy.wav"));
});

Deno.test("a program killed before the history knows of what it threw away says it at the next start, once", async () => {
  const { rig, group } = await rigWith(two);
  await using _ = rig;
  const [kept, gone] = [rig.find("a.wav").id, rig.find("a copy.wav").id];
  rig.rooms.ratings.rate(gone, 4, { user: "owner" });
  const { record } = rig.changes;
  rig.changes.record = () => {
    throw new Error("killed");
  };
  await rejects(rig.resolve(group, "a.wav", ["a copy.wav"]), /killed/);
  rig.changes.record = record;
  const told = () =>
    rig.db.all<{ after: string }>("SELECT after FROM changes WHERE entity = 'duplicate'")
      .map(({ after }) => JSON.parse(after));
  const isShown = (id: string) =>
    rig.db.get("SELECT 1 FROM items WHERE id = ? AND deleted_at IS NULL", id) !== undefined;
  const before = [told(), isShown(gone)];

  await rig.room.trash.settle();
  await rig.room.trash.settle();

  deepStrictEqual(before, [[], true], "the file was moved, and nothing was said");
  const [entry] = rig.library.trash.list(everything, 9);
  deepStrictEqual(
    told().map(({ file, kept, done, trash_id: id }) => [file, kept, done, id]),
    [[gone, kept, "trashed", entry!.id]],
  );
  deepStrictEqual([isShown(kept), isShown(gone)], [true, false]);
  deepStrictEqual(
    rig.db.all("SELECT halves FROM ratings WHERE item_id = ?", kept).map(({ halves }) => halves),
    [8],
  );
  strictEqual(rig.room.find(group.id).state, "resolved");
});

Deno.test("a program killed before the history knows of a link says it at the next start, once", async () => {
  const { rig, group } = await rigWith({ ...two, "b.wav": wav(1) });
  await using _ = rig;
  const [kept, copy] = [rig.find("a.wav").id, rig.find("a copy.wav").id];
  const { record } = rig.changes;
  const noted = () => rig.db.all("SELECT is_done FROM half_shared").map((it) => it.is_done);
  const told = () =>
    rig.db.all<{ after: string }>("SELECT after FROM changes WHERE entity = 'duplicate'")
      .map(({ after }) => JSON.parse(after));
  rig.changes.record = () => {
    throw new Error("killed");
  };
  await rejects(rig.resolve(group, "a.wav", ["a copy.wav"], "hardlink"), /killed/);
  rig.changes.record = record;
  const before = [told(), noted()];
  // As it is where it is killed right after the rename, and right before another one.
  rig.db.run("UPDATE half_shared SET is_done = 0");
  rig.db.run(
    `INSERT INTO half_shared (path, keeper, victim, inode, owes)
     SELECT ?, keeper, ?, ?, owes FROM half_shared`,
    rig.path(`${TEMPORARY}never`),
    rig.path("b.wav"),
    String((await Deno.lstat(rig.path("b.wav"))).ino),
  );

  await rig.room.trash.settle();
  await rig.room.trash.settle();

  deepStrictEqual(before, [[], [1]], "it is linked, and nothing was said");
  const size = two["a.wav"].length;
  deepStrictEqual(
    told().map((it) => [it.file, it.kept, it.how, it.done, it.reclaimed_bytes]),
    [[copy, kept, "hardlink", "linked", size]],
  );
  deepStrictEqual(noted(), []);
});
