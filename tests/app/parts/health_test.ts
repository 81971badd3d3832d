import { deepStrictEqual, match } from "node:assert/strict";
import { drivesPart, servicesPart, unconfirmedIn } from "../../../src/app/parts/health.ts";
import type { Drive, DriveHealth, MountState, Volume } from "../../../src/drives/mod.ts";
import { Lanes } from "../../../src/pool/mod.ts";

const drive: Drive = {
  id: "drv-a",
  name: "sda",
  sizeBytes: 1000,
  kind: "hdd",
  evidence: "it says so",
  removable: false,
};
const volume: Volume = {
  id: "vol-a",
  name: "sda1",
  driveIds: ["drv-a"],
  mountPoints: ["/films"],
  sizeBytes: 1000,
  devices: ["sda1"],
};

function part(verdict: DriveHealth["verdict"], answering: boolean) {
  const mount = { mountPoint: "/films", answering, since: "2026-01-01T00:00:00Z" };
  const { status, failing, not_answering } = drivesPart({
    report: () => ({ drives: [drive], volumes: [volume] }),
    healthOf: () => ({ verdict, reasons: [], powerState: "active", values: {} }),
    mountState: (): MountState => mount,
    lanes: new Lanes(() => "hdd"),
  });
  return [status, failing, not_answering];
}

Deno.test("the drives' part is degraded by a failing drive, and by a file system that is silent", () => {
  deepStrictEqual(part("good", true), ["healthy", [], []]);
  deepStrictEqual(part("unknown", true), ["healthy", [], []]);
  deepStrictEqual(part("failing", true), ["degraded", ["drv-a"], []]);
  deepStrictEqual(part("good", false), ["degraded", [], ["vol-a"]]);
});

Deno.test("a service that has failed a short while ago is told, and why", () => {
  const at = new Date("2026-01-01T00:00:00Z");
  const failures = new Map([["intake", { reason: "the disk is full", at, attempts: 3 }]]);

  const soon = servicesPart(failures, at.getTime() + 60_000);
  const later = servicesPart(failures, at.getTime() + 3_600_000);

  deepStrictEqual([soon.status, later], ["degraded", { status: "healthy", problems: [] }]);
  match(soon.problems![0]!.text, /"intake" has failed 3 times, .*: the disk is full/);
});

Deno.test("files that wait for a person's word are told with what to type", () => {
  const since = "2026-01-01T00:00:00Z";
  const [problem] = unconfirmedIn([{ id: "x", root: "/films", files: 30, since }]);

  match(problem!.text, /^30 files of \/films were not found/);
  deepStrictEqual([problem!.fix, problem!.confirmation], [
    'giggityflix scan --confirm "/films"',
    "x",
  ]);
});
