/**
 * Others work on the same disk: a name is taken, a source is changed, between two calls of ours.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { openJournal, PLAN, Sim } from "./sim.ts";
import { SimDisk } from "./sim_disk.ts";

const FILM = "the bytes of a film, all of them";
const TARGET = "/b/films/One.mkv";

/** Something that somebody else does just before the first such call of ours. */
async function meanwhile(
  { call, links = true, from = "/a/in/one.mkv", mode = "move" as const, at }: {
    call: string;
    links?: boolean;
    from?: string;
    mode?: "move" | "copy";
    /** Only a call on this path. */
    at?: string;
  },
  happens: (disk: SimDisk) => void,
) {
  let isDone = false;
  const disk: SimDisk = new SimDisk({
    linkless: links ? [] : ["/b"],
    failing: (name, path) => {
      if (isDone || name !== call || at !== undefined && at !== path) return undefined;
      isDone = true;
      happens(disk);
    },
  });
  disk.put(from, FILM);
  disk.makeAll("/b/films");
  const db = openJournal();
  const sim = new Sim(disk, db);
  sim.plan(mode, [{ source: from, target: TARGET }]);

  ok(await sim.run());

  ok(isDone, `"${call}" was called`);
  const [step] = sim.store.steps(PLAN, { after: -1, limit: 1 });
  const plan = sim.store.get(PLAN);
  db[Symbol.dispose]();
  return { step: step!, plan, all: disk.all(), folders: disk.folders };
}

for (const content of ["another film", FILM]) {
  const what = content === FILM ? "with the same content" : "with another content";
  for (const links of [true, false]) {
    for (const from of ["/a/in/one.mkv", "/b/in/one.mkv"]) {
      const where = `${links ? "" : " without hard links"} ${
        from[1] === "a" ? "across volumes" : ""
      }`;

      Deno.test(`a name taken at the last moment ${what} is left to who took it${where}`, async () => {
        const call = links ? "link" : "reserve";

        const { step, all } = await meanwhile({ call, links, from }, (disk) => {
          disk.put(TARGET, content, 7000);
        });

        deepStrictEqual(all, { [from]: FILM, [TARGET]: content });
        strictEqual(step.state, "failed");
        match(step.error!, /Another file has this name/);
      });
    }
  }
}

Deno.test("a source that changes while it is read is left", async () => {
  const source = "/a/in/one.mkv";

  const { step, all } = await meanwhile(
    { call: "digest" },
    (disk) => disk.put(source, "more", 9000),
  );

  deepStrictEqual(all, { [source]: "more" });
  strictEqual(step.state, "failed");
  match(step.error!, /may still be written/);
});

Deno.test("a source that changes while it is copied is read and copied anew", async () => {
  const source = "/a/in/one.mkv";

  const { step, all } = await meanwhile({ call: "sync" }, (disk) => disk.put(source, "more", 9000));

  deepStrictEqual(all, { [TARGET]: "more" });
  strictEqual(step.state, "done");
});

Deno.test("a source that changes after it was copied stays beside its copy", async () => {
  const source = "/a/in/one.mkv";

  const { step, all } = await meanwhile(
    { call: "syncFolder", at: "/b/films" },
    (disk) => disk.put(source, "more", 9000),
  );

  deepStrictEqual(all, { [source]: "more", [TARGET]: FILM });
  strictEqual(step.state, "left");
  match(step.error!, /has changed since it was copied/);
});

Deno.test("a target that vanishes before the source is removed keeps the source", async () => {
  const source = "/a/in/one.mkv";

  const { step, all } = await meanwhile(
    { call: "syncFolder", at: "/b/films" },
    (disk) => disk.names.delete(TARGET),
  );

  deepStrictEqual(all, { [source]: FILM });
  strictEqual(step.state, "left");
  match(step.error!, /The target has gone or changed/);
});

for (const call of ["digest", "syncFolder"]) {
  const when = `before or while "${call}" is called`;
  Deno.test(`a target whose volume goes ${when} gets nothing below its mount point`, async () => {
    const source = "/a/in/one.mkv";

    const { step, all, plan, folders } = await meanwhile({ call }, (disk) => {
      disk.unmount("/b");
      if (call !== "digest") disk.makeAll("/b/films"); // a folder of that name is there, too
    });

    deepStrictEqual(all, { [source]: FILM });
    ok(step.state !== "done", step.state);
    strictEqual(plan.state, "stopped");
    match(plan.reason!, /is not on the disk that it was on/);
    strictEqual(folders.has("/b/films"), call !== "digest");
  });
}
