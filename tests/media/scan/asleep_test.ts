import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { noise } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";

/** Two folders on two drives; those in `asleep` sleep. */
async function openFolders() {
  const asleep = new Set<string>();
  const rig = await openRig({
    locate: (path) => [path.includes("cold") ? "cold" : "warm"],
    gate: {
      pass: () => Promise.resolve(),
      mayPass: (driveIds) => Promise.resolve(!driveIds.some((id) => asleep.has(id))),
    },
  });
  const cold = join(rig.dir.path, "cold");
  await Deno.mkdir(cold);
  rig.settings.roots = [rig.root, cold];
  await rig.file("warm1.avi", noise(100));
  await rig.dir.file("cold/cold1.avi", noise(100));
  const scan = (leaveAsleep: boolean) =>
    rig.library.scan({ signal: AbortSignal.timeout(20_000), leaveAsleep });
  return { rig, asleep, cold, scan };
}

Deno.test("a scan that nobody asked for leaves folders of sleeping drives as they are", async () => {
  const { rig, asleep, cold, scan } = await openFolders();
  await using _ = rig;
  strictEqual((await scan(true)).files, 2);
  asleep.add("cold");
  await rig.file("warm2.avi", noise(100, 2));
  await rig.dir.file("cold/cold2.avi", noise(100, 3));

  const report = await scan(true);

  deepStrictEqual([report.new, report.gone, report.asleep], [1, 0, [cold]]);
  deepStrictEqual(Object.keys(rig.statuses()), ["cold1.avi", "warm1.avi", "warm2.avi"]);

  asleep.clear();
  const later = await scan(true);
  deepStrictEqual([later.new, later.asleep], [1, undefined]);
});

Deno.test("a scan that a person asks for looks into all folders", async () => {
  const { rig, asleep, scan } = await openFolders();
  await using _ = rig;
  await scan(true);
  asleep.add("cold");
  await rig.dir.file("cold/cold2.avi", noise(100, 3));

  const report = await scan(false);

  deepStrictEqual([report.new, report.asleep], [1, undefined]);
});

Deno.test("a folder that was never looked into is looked into, though its drive sleeps", async () => {
  const { rig, asleep, scan } = await openFolders();
  await using _ = rig;
  asleep.add("cold");

  strictEqual((await scan(true)).files, 2);
});
