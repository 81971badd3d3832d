import { deepStrictEqual } from "node:assert/strict";
import { drivesPart } from "../../../src/app/parts/health.ts";
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
