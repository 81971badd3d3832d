/**
 * An ingest on disks that are full or dying: each kind of call fails now and then. What fails leaves
 * its source as it was; no half file has a final name; the report says what is on the disk; and once
 * the disk works, another run brings it to its end.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { Step } from "../../../../src/items/ingest/model.ts";
import { noise, tempDir } from "../../../helpers/temp.ts";
import { say } from "../../../helpers/say.ts";
import { type Faults, mountFaults, type Rule, whyNot } from "../../../rigs/faults/mod.ts";
import { digestOf, openRoom } from "../kill/room.ts";

const reason = await whyNot();
if (reason) say(`The tests with failing disks are passed over: ${reason}`);

const FILES = 36;

interface Case {
  name: string;
  rules: Rule[];
  /** Where the sources are: on the failing disk as the target is, or on another. */
  from: "same" | "other";
  mode?: "move" | "copy";
  /** What a step says that failed. */
  says?: RegExp;
}

const eio = (call: Rule["call"], every: number): Rule => ({ call, code: "EIO", every });

const cases: Case[] = [
  {
    name: "the target's disk is full now and then",
    rules: [{ call: "write", code: "ENOSPC", every: 23 }],
    from: "other",
    says: /disk is full.*\(ENOSPC\)/,
  },
  { name: "writes fail", rules: [eio("write", 17)], from: "other", says: /\(EIO\)/ },
  {
    name: "the target is read-only",
    rules: (["create", "link", "mkdir"] as const).map((call) => ({
      call,
      code: "EROFS",
      every: 1,
    })),
    from: "other",
    says: /file system is read-only.*\(EROFS\)/,
  },
  { name: "reads of what was written fail", rules: [eio("read", 13)], from: "other" },
  { name: "syncs fail", rules: [eio("fsync", 5)], from: "other", says: /\(EIO\)/ },
  { name: "syncs of folders fail", rules: [eio("fsyncdir", 4)], from: "other" },
  { name: "links fail", rules: [eio("link", 4)], from: "other", says: /\(EIO\)/ },
  { name: "no file can be made", rules: [eio("create", 5)], from: "other" },
  {
    name: "part files cannot be removed",
    rules: [eio("unlink", 3), eio("write", 11)],
    from: "other",
  },
  {
    name: "there are no hard links, and renames fail",
    rules: [{ call: "link", code: "EPERM", every: 1 }, eio("rename", 4), eio("unlink", 4)],
    from: "other",
  },
  { name: "sources cannot be read", rules: [eio("read", 7)], from: "same", says: /\(EIO\)/ },
  { name: "sources cannot be removed", rules: [eio("unlink", 3)], from: "same" },
  { name: "links fail on one volume", rules: [eio("link", 3)], from: "same", says: /\(EIO\)/ },
  {
    name: "there are no hard links on one volume, and renames fail",
    rules: [{ call: "link", code: "EPERM", every: 1 }, eio("rename", 3), eio("create", 4)],
    from: "same",
  },
  {
    name: "all fails at times",
    rules: [eio("read", 31), eio("write", 29), eio("fsync", 13), eio("link", 11), eio("unlink", 7)],
    from: "other",
  },
  {
    name: "a copy fails at times",
    rules: [eio("write", 13), eio("unlink", 2)],
    from: "other",
    mode: "copy",
  },
  {
    name: "a bit of what is written changes",
    rules: [{ call: "write", code: "CORRUPT", every: 9 }],
    from: "other",
    says: /read again, is another/,
  },
];

Deno.test({
  name: `an ingest on failing disks loses nothing${reason ? ` (${reason})` : ""}`,
  ignore: reason !== undefined,
  fn: async (t) => {
    await using dir = await tempDir();
    await using faults = await mountFaults(dir.path);
    for (const [index, it] of cases.entries()) {
      await t.step(`where ${it.name}`, () => run(it, index, dir.path, faults));
    }
  },
});

async function run(
  { rules, from, mode = "move", says, name }: Case,
  index: number,
  folder: string,
  faults: Faults,
): Promise<void> {
  const source = join(from === "same" ? faults.path : folder, `in ${index}`);
  const target = join(faults.path, `films ${index}`);
  await Deno.mkdir(source);
  await Deno.mkdir(target);
  const digests = await fill(source);
  await using room = openRoom(join(folder, `${index}.db`), target);
  const { ingest } = room;
  const signal = AbortSignal.timeout(60_000);
  const plan = await ingest.plan({ sources: [source], target, policy: "flat", mode }, {
    user: "owner",
    isLocal: true,
    signal,
  });
  strictEqual(ingest.report(plan.id).files.waiting, FILES);
  const look = () => lookAround([source, target.replace(faults.path, faults.backing)], faults);
  const steps = () => ingest.steps(plan.id, { after: -1, limit: 1000 });

  const outcomes: Record<string, number> = {};
  const errors: string[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    await faults.set(rules);
    if (attempt > 0 && ingest.report(plan.id).files.waiting + openOnes(steps()) === 0) break;
    const { state, reason } = await ingest.execute(plan.id, { signal });
    await faults.set([]);
    if (state === "stopped") errors.push(reason!);
    const found = await look();
    checkParts(steps(), found);
    for (const step of steps()) {
      checkStep(step, found, { faults, mode });
      outcomes[step.state] = (outcomes[step.state] ?? 0) + 1;
      if (step.error) errors.push(step.error);
    }
    const missing = digests.filter((digest) => ![...found.values()].includes(digest));
    deepStrictEqual(missing, [], "no content is lost");
  }
  ok(errors.length > 0, "something has failed");
  if (says) match(errors.join("\n"), says);
  say(`${name}: ${JSON.stringify(outcomes)}; ${errors.length} errors, such as: ${errors[0]}`);

  const left = openOnes(steps());
  const { state } = left > 0 || ingest.get(plan.id).state !== "done"
    ? await ingest.execute(plan.id, { signal })
    : ingest.get(plan.id);

  strictEqual(state, "done");
  const found = await look();
  deepStrictEqual([...new Set(steps().map((step) => step.state))], ["done"]);
  const all = mode === "move" ? digests : [...digests, ...digests].sort();
  deepStrictEqual([...found.values()].sort(), all, "every byte is there as often as it should");
  const outcome = mode === "move" ? "moved" : "copied";
  strictEqual(ingest.report(plan.id).files[outcome], FILES);
}

const openOnes = (steps: readonly Step[]) => steps.filter(({ state }) => state !== "done").length;

async function fill(source: string): Promise<string[]> {
  const content = noise(700_000, 3);
  const digests: string[] = [];
  for (let index = 0; index < FILES; index++) {
    const bytes = content.slice(0, index % 6 === 0 ? 300_000 + index * 10_000 : 1000 + index * 999);
    new DataView(bytes.buffer).setUint32(0, index);
    const path = join(source, `film ${index}.mkv`);
    await Deno.writeFile(path, bytes);
    digests.push(await digestOf(path));
  }
  return digests.sort();
}

/** Path, as the ingest names it → digest, of all files. */
async function lookAround(folders: string[], faults: Faults): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(folder)) {
      const path = join(folder, name);
      found.set(path.replace(faults.backing, faults.path), await digestOf(path));
    }
  }
  return found;
}

/** A part file is there only where the journal says that it may be. */
function checkParts(steps: readonly Step[], found: ReadonlyMap<string, string>): void {
  const withPart = ["copying", "copied", "verified", "placing", "reserving"];
  for (const path of [...found.keys()].filter((it) => it.endsWith(".part"))) {
    const { state } = steps.find(({ seq }) => path.endsWith(`-${seq}.part`))!;
    ok(withPart.includes(state), `${path} is there, and its step is ${state}`);
  }
}

/** What the journal says of a file is so on the disk. */
function checkStep(
  { state, source, target, digest, error }: Step,
  found: ReadonlyMap<string, string>,
  { mode }: { faults: Faults; mode: string },
): void {
  const at = { source: found.get(source), target: found.get(target!) };
  const what = `${source} is ${state}: ${error}`;
  switch (state) {
    case "done":
      deepStrictEqual(at, { source: mode === "move" ? undefined : digest, target: digest }, what);
      break;
    case "left":
      deepStrictEqual(at, { source: digest, target: digest }, what);
      break;
    case "failed":
    case "planned":
    case "hashed":
      ok(at.source !== undefined, what);
      strictEqual(at.target, undefined, what);
      break;
    default: // it could not even be put back: the source is there, or the whole target
      ok(error !== undefined || ["copied", "verified", "placed"].includes(state), what);
      ok(at.source !== undefined || at.target === digest, what);
      ok(at.target === undefined || at.target === digest || state === "reserving", what);
  }
}
