import { match, ok, rejects, strictEqual } from "node:assert/strict";
import { run } from "../../src/base/command.ts";
import { UnavailableError } from "../../src/base/errors.ts";
import { Log, type LogEntry, silent } from "../../src/base/log.ts";
import {
  detectDrives,
  type DriveReport,
  openLocator,
  strategies,
  type Strategy,
} from "../../src/drives/mod.ts";

const nothing: DriveReport = {
  drives: [],
  partitions: [],
  volumes: [],
  graph: { nodes: [], edges: [] },
};
const broken: Strategy = {
  name: "broken",
  collect: () => Promise.reject(new UnavailableError("Cannot run it: not installed")),
  parse: () => nothing,
};
const empty: Strategy = {
  name: "empty",
  collect: () => Promise.resolve([]),
  parse: () => nothing,
};

Deno.test("detectDrives() goes on to the next strategy, and logs why the first failed", async () => {
  const entries: LogEntry[] = [];
  const log = new Log((entry) => entries.push(entry));

  const report = await detectDrives({ strategies: [broken, empty, broken], run, log });

  strictEqual(report.strategy, "empty");
  strictEqual(report.drives.length, 0);
  strictEqual(entries.length, 1);
  strictEqual(entries[0]?.fields.strategy, "broken");
  strictEqual((entries[0]?.fields.error as Error).message, "Cannot run it: not installed");
});

Deno.test("detectDrives() goes on when an answer cannot be parsed", async () => {
  const lies: Strategy = { ...empty, name: "lies", parse: () => JSON.parse("") };

  const report = await detectDrives({ strategies: [lies, empty], run, log: silent });

  strictEqual(report.strategy, "empty");
});

Deno.test("detectDrives() throws with every cause when none could be asked", async () => {
  await rejects(
    detectDrives({ strategies: [broken, { ...broken, name: "worse" }], run, log: silent }),
    (error) => {
      ok(error instanceof UnavailableError);
      const reasons = error.details.reasons as Record<string, string>;
      strictEqual(Object.keys(reasons).join(), "broken,worse");
      strictEqual(reasons.worse, "Cannot run it: not installed");
      return true;
    },
  );
});

Deno.test("detectDrives() stops when told, and tries no other strategy", async () => {
  const stop = new AbortController();
  const waits: Strategy = {
    ...empty,
    collect: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        stop.abort(new Error("told to stop"));
      }),
  };

  await rejects(
    detectDrives({ strategies: [waits, empty], run, log: silent, signal: stop.signal }),
    /told to stop/,
  );
});

Deno.test("detectDrives() shows a guess as a guess", async () => {
  for (const platform of ["darwin", "windows"] as const) {
    const report = await detectDrives({ strategies: strategies[platform], run, log: silent });

    strictEqual(report.strategy, "fallback");
    strictEqual(report.isGuess, true);
    match(report.drives[0]!.evidence, /could (not )?be asked/);
  }
});

Deno.test({
  name: "On this machine lsblk and sysfs find the same drives, and locate() names that of /",
  ignore: !(await isBlockDeviceRoot()),
  async fn() {
    const [lsblk, sysfs] = strategies.linux as [Strategy, Strategy];
    const report = await detectDrives({ strategies: strategies.linux, run, log: silent });
    const bySysfs = await detectDrives({ strategies: [sysfs], run, log: silent });
    const locator = openLocator({ report: () => report });

    const root = report.volumes.find(({ mountPoints }) => mountPoints.includes("/"));
    ok(root);
    strictEqual(report.strategy, lsblk.name);
    const location = await locator.locate("/");
    strictEqual(location.volumeId, root.id);
    strictEqual(location.driveIds.join(), root.driveIds.join());
    ok(location.driveIds.every((id) => report.drives.some((drive) => drive.id === id)));
    const ids = (list: { id: string }[]) => list.map(({ id }) => id).join();
    strictEqual(ids(bySysfs.drives), ids(report.drives));
  },
});

/** Not so in a container, whose root is an overlay. */
async function isBlockDeviceRoot(): Promise<boolean> {
  const mounts = await Deno.readTextFile("/proc/self/mountinfo").catch(() => "");
  return / \/ \S+ .*- \S+ \/dev\//.test(mounts) &&
    await run("lsblk", ["--version"]).then(() => true, () => false);
}
