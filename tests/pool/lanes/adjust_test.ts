import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { adjust, type Sample } from "../../../src/pool/lanes/measure/adjust.ts";
import { MAX_SAMPLES } from "../../../src/pool/lanes/measure/tuner.ts";

/** What the reads of a drive bring with so many readers, in bytes per millisecond. */
type Drive = (readers: number) => number;

/** One more reader helps until all channels are busy. */
const solid = (channels: number): Drive => (readers) => 120_000 * Math.min(readers, channels);
/** Each reader more costs the others a way of the head. */
const turning: Drive = (readers) => readers === 1 ? 120_000 : 30_000 / readers;
/** The cable is the limit, or the processor. */
const narrow: Drive = () => 100_000;

/** Limits that adjust() sets on a drive, window by window; `noise` of 0.05 is 5 % to and fro. */
function climb(
  drive: Drive,
  windows: number,
  { from = 2, noise = 0, samples = [] as Sample[] } = {},
) {
  let limit = samples.at(-1)?.limit ?? from;
  let state = 12345;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647 * 2 - 1;
  const limits: number[] = [];
  for (let window = 0; window < windows; window++) {
    const bytesPerMs = drive(limit) * (1 + noise * random());
    samples.push({ limit, bytesPerMs });
    if (samples.length > MAX_SAMPLES) samples.shift();
    limit = adjust(samples);
    limits.push(limit);
  }
  return { limits, samples };
}

const mean = (values: number[]) => values.reduce((sum, it) => sum + it, 0) / values.length;
const changes = (limits: number[]) =>
  limits.filter((it, at) => at > 0 && it !== limits[at - 1]).length;

Deno.test("adjust() climbs to where a drive reads most, and stays there", () => {
  for (const channels of [1, 2, 3, 4, 8]) {
    for (const noise of [0, 0.02]) {
      const { limits } = climb(solid(channels), 400, { noise });

      const late = limits.slice(60);
      ok(Math.abs(mean(late) - channels) < 0.5, `${channels} channels: ${mean(late)}`);
      ok(Math.max(...late) <= channels + 1, `${channels} channels: up to ${Math.max(...late)}`);
      // It looks again now and then at one more and one fewer: four changes each time.
      ok(changes(late) <= 20, `${channels} channels: ${changes(late)} changes`);
    }
  }
});

Deno.test("adjust() falls to one reader on a drive that more of them slow down", () => {
  const { limits } = climb(turning, 100, { from: 4 });

  strictEqual(limits.slice(30).filter((it) => it === 1).length > 60, true);
  ok(changes(limits.slice(30)) <= 10);
});

Deno.test("adjust() leaves it at one reader where more do not help", () => {
  const { limits } = climb(narrow, 100);

  ok(Math.max(...limits) <= 3);
  ok(mean(limits.slice(20)) < 1.2, String(limits));
});

Deno.test("adjust() halves the limit of a drive that becomes slow, and climbs again", () => {
  const before = climb(solid(8), 80);
  strictEqual(before.limits.at(-1), 8);

  const slow = climb((readers) => solid(2)(readers) / 10, 10, before);
  ok(Math.min(...slow.limits) <= 4, String(slow.limits));
  const slower = climb((readers) => solid(2)(readers) / 10, 80, slow);
  ok(mean(slower.limits.slice(-20)) < 3, String(slower.limits.slice(-20)));

  const well = climb(solid(8), 120, slower);
  ok(mean(well.limits.slice(-20)) > 7, String(well.limits.slice(-20)));
});

Deno.test("adjust() changes nothing after one sample: it may be chance", () => {
  deepStrictEqual(adjust([{ limit: 2, bytesPerMs: 1000 }]), 2);
});
