import { strictEqual } from "node:assert/strict";
import { describeLeft } from "../../../src/app/commands/scan.ts";

const tell = (why: string, isPaused: boolean) =>
  describeLeft({
    job_id: "hash:drv-a",
    drive_ids: ["drv-a"],
    files: 3,
    bytes: 2 ** 30,
    waiting_for: why,
    is_paused: isPaused,
  });

Deno.test("what a scan leaves is told with its job and its reason", () => {
  strictEqual(
    tell("playback on drv-a", false),
    "3 files (1.0 GiB) of job hash:drv-a: playback on drv-a",
  );
});

Deno.test("of a paused job it is told how it goes on", () => {
  strictEqual(
    tell("paused by a person", true),
    "3 files (1.0 GiB) of job hash:drv-a: paused by a person. " +
      'Resume it by "giggityflix jobs resume hash:drv-a"',
  );
});
