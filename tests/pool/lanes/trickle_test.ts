import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  addedBesideMs,
  addedMs,
  besideTrickle,
  MAX_ADDED_MS,
  nextTrickle,
  trickleBytes,
} from "../../../src/pool/lanes/trickle.ts";

const MIB = 1024 * 1024;
const disk = { bytesPerMs: 120_000, seekMs: 12.7 };

const speed = fc.record({
  bytesPerMs: fc.double({ min: 100, max: 5e6, noNaN: true }),
  seekMs: fc.double({ min: 0.01, max: 200, noNaN: true }),
});
const pause = fc.double({ min: 0, max: 3000, noNaN: true });

Deno.test("trickleBytes() never holds a film's read up for more than 5 ms", () => {
  fc.assert(fc.property(speed, pause, (speed, restMs) => {
    const bytes = trickleBytes(speed, restMs, MIB);

    ok(bytes >= 0 && bytes <= MIB);
    ok(addedMs(speed, bytes, restMs) <= MAX_ADDED_MS + 1e-6);
  }));
});

Deno.test("nextTrickle() never holds up a film that goes on as it has gone", () => {
  const pauses = fc.array(pause, { minLength: 4, maxLength: 16 });
  fc.assert(
    fc.property(speed, pauses, pause, fc.nat(), (speed, pauses, lastedMs, choice) => {
      const trickle = nextTrickle(pauses, lastedMs, speed, MIB);
      if (!trickle) return;
      const begin = lastedMs + trickle.inMs;
      // The next read comes after a pause like one of the last: if not before, it is still to come.
      const longer = pauses.filter((it) => it >= begin);
      const next = longer[choice % longer.length]!;

      ok(addedMs(speed, trickle.bytes, next - begin) <= MAX_ADDED_MS + 1e-6);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("there is no trickle when reads come back to back, and none before the film is known", () => {
  const fast = { bytesPerMs: 3e6, seekMs: 0.02 };

  strictEqual(nextTrickle([0, 0.3, 1, 0, 0.1], 0, disk, MIB), undefined);
  strictEqual(nextTrickle([0, 0.3, 1, 0, 0.1], 0, fast, MIB), undefined);
  strictEqual(nextTrickle([100, 100, 100], 0, disk, MIB), undefined);
});

Deno.test("nextTrickle() reads in even pauses at once, and after bursts when they are over", () => {
  deepStrictEqual(nextTrickle([100, 101, 100, 102], 0, disk, MIB), { inMs: 0, bytes: MIB });
  deepStrictEqual(nextTrickle([0.2, 400, 0.1, 0.2, 400], 0, disk, MIB), { inMs: 0.7, bytes: MIB });
  // 25 ms are enough for two ways of the head, and little more.
  const short = nextTrickle([25, 25, 25, 25], 0, disk, MIB)!;
  ok(short.bytes > 0 && short.bytes < MIB);
  strictEqual(nextTrickle([15, 15, 15, 15], 0, disk, MIB), undefined);
  // It has lasted longer than any: nobody knows when the next read comes.
  strictEqual(nextTrickle([100, 100, 100, 100], 150, disk, MIB), undefined);
});

Deno.test("besideTrickle() never holds a film's read up for more than 3 ms, and rests as it says", () => {
  const times = fc.double({ min: 0, max: 1000, noNaN: true });
  fc.assert(fc.property(speed, times, times, (speed, tookMs, sinceMs) => {
    const trickle = besideTrickle(speed, tookMs, sinceMs);
    if (!trickle) return;

    ok(trickle.bytes >= 16 * 1024 && trickle.bytes <= 256 * 1024);
    ok(addedBesideMs(speed, trickle.bytes) <= 3 + 1e-6);
    // From its begin to the begin of the next one, a fifth is its.
    ok(sinceMs + trickle.inMs >= 4 * tookMs - 1e-6);
  }));
});

Deno.test("besideTrickle() leaves something on every drive that is quick enough, and nothing on others", () => {
  const ssd = { bytesPerMs: 200_000, seekMs: 0.5 };
  deepStrictEqual(besideTrickle(ssd, 0, 0), { inMs: 0, bytes: 256 * 1024 });
  deepStrictEqual(besideTrickle(ssd, 2, 3), { inMs: 5, bytes: 256 * 1024 });
  deepStrictEqual(besideTrickle({ bytesPerMs: 20_000, seekMs: 2 }, 1, 4), {
    inMs: 0,
    bytes: 20_000,
  });
  strictEqual(besideTrickle(disk, 0, 1000), undefined);
  strictEqual(besideTrickle({ bytesPerMs: 5000, seekMs: 0.5 }, 0, 1000), undefined);
});
