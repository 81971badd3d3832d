/**
 * Random schedules of readers, limits and films, thousands of them: what must hold whatever comes.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { Gauge, Lanes, type Lease, priorities, type Priority } from "../../../src/pool/mod.ts";
import { Semaphore } from "../../../src/pool/mod.ts";

const DRIVES = ["a", "b", "c"];
const RUNS = 5000;

const priority = fc.constantFrom(...priorities);
const driveSet = fc.subarray(DRIVES, { minLength: 1 });

/** What may happen next; numbers choose among those that are there. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ ask: driveSet, priority, isBounded: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ end: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ turn: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ giveUp: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ limit: fc.integer({ min: 1, max: 3 }), of: fc.constantFrom(...DRIVES) }),
  },
  { weight: 1, arbitrary: fc.record({ film: driveSet }) },
  { weight: 1, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 4000 }) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Reader {
  number: number;
  driveIds: string[];
  priority: Priority;
  isBounded: boolean;
  stop: AbortController;
  lease?: Lease;
  /** It waits: to begin, or to go on. */
  isWaiting: boolean;
  gauge: Gauge | undefined;
  done: Promise<void>;
}

/** Lanes, what was asked of them, and a clock that stands still between the steps. */
class Schedule {
  readonly limits = new Map<string, number>(DRIVES.map((id) => [id, 1]));
  readonly readers: Reader[] = [];
  readonly grants: Reader[] = [];
  readonly lanes: Lanes;
  readonly #films: Map<string, number> = new Map();
  #timers: { at: number; then: () => void }[] = [];
  #now = 0;
  #asked = 0;

  constructor() {
    const clock = {
      now: () => this.#now,
      after: (ms: number, then: () => void) => {
        const timer = { at: this.#now + ms, then };
        this.#timers.push(timer);
        return () => void (this.#timers = this.#timers.filter((it) => it !== timer));
      },
    };
    this.lanes = new Lanes(() => "hdd", { limits: () => this.limits, clock });
  }

  ask(driveIds: string[], priority: Priority, isBounded: boolean): void {
    const stop = new AbortController();
    const gauge = isBounded ? new Gauge() : undefined;
    const number = this.#asked++;
    const reader: Reader = {
      number,
      driveIds,
      priority,
      isBounded,
      stop,
      gauge,
      isWaiting: true,
      done: Promise.resolve(),
    };
    this.readers.push(reader);
    if (priority === "playback") this.#sawFilm(driveIds);
    reader.done = this.lanes.acquire(driveIds, { priority, signal: stop.signal, gauge })
      .then((lease) => {
        reader.lease = lease;
        reader.isWaiting = false;
        this.grants.push(reader);
      }, (error) => {
        ok(stop.signal.aborted, String(error));
        this.#forget(reader);
      });
  }

  end(choice: number): void {
    const reader = pick(this.holding, choice);
    if (!reader) return;
    if (reader.priority === "playback") this.#sawFilm(reader.driveIds);
    this.#forget(reader);
    reader.lease![Symbol.dispose]();
  }

  turn(choice: number): void {
    const reader = pick(this.holding, choice);
    if (!reader) return;
    // What a worker does between two reads.
    if (reader.gauge) Atomics.store(reader.gauge.cells, 0, 2);
    reader.isWaiting = true;
    reader.done = reader.lease!.yield().then(() => {
      reader.isWaiting = false;
    }, () => {
      ok(reader.stop.signal.aborted);
      this.#forget(reader);
    });
  }

  giveUp(choice: number): void {
    const reader = pick(this.readers, choice);
    if (!reader) return;
    if (reader.priority === "playback") this.#sawFilm(reader.driveIds);
    reader.stop.abort();
  }

  film(driveIds: string[]): void {
    this.#sawFilm(driveIds);
    this.lanes.openStream(driveIds);
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter((it) => !due.includes(it));
    for (const timer of due) timer.then();
  }

  setLimit(driveId: string, limit: number): void {
    this.limits.set(driveId, limit);
    this.lanes.refresh();
  }

  get holding(): Reader[] {
    return this.readers.filter((it) => it.lease && !it.isWaiting);
  }

  heldOn(driveId: string): number {
    return this.holding.filter((it) => it.driveIds.includes(driveId)).length;
  }

  isQuiet(driveIds: string[]): boolean {
    return driveIds.every((id) => {
      const isWatched = this.readers.some((it) =>
        it.priority === "playback" && it.driveIds.includes(id)
      );
      return !isWatched && this.#now - (this.#films.get(id) ?? -Infinity) >= 3000;
    });
  }

  get timers(): number {
    return this.#timers.length;
  }

  #sawFilm(driveIds: string[]): void {
    for (const id of driveIds) this.#films.set(id, this.#now);
  }

  #forget(reader: Reader): void {
    this.readers.splice(this.readers.indexOf(reader), 1);
  }
}

function pick<T>(from: T[], choice: number): T | undefined {
  return from[choice % from.length];
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

async function play(
  schedule: Schedule,
  steps: Step[],
) {
  const allowed = new Map<string, number>();
  for (const next of steps) {
    if ("ask" in next) schedule.ask(next.ask, next.priority, next.isBounded);
    else if ("end" in next) schedule.end(next.end);
    else if ("turn" in next) schedule.turn(next.turn);
    else if ("giveUp" in next) schedule.giveUp(next.giveUp);
    else if ("limit" in next) schedule.setLimit(next.of, next.limit);
    else if ("film" in next) schedule.film(next.film);
    else schedule.pass(next.passMs);
    await settle();

    for (const id of DRIVES) {
      // Lowered under load, holders finish; but from then on nobody is added above the limit.
      const held = schedule.heldOn(id);
      const limit = schedule.limits.get(id)!;
      ok(held <= Math.max(limit, allowed.get(id) ?? 0), `${held} held of ${limit} on ${id}`);
      allowed.set(id, Math.max(limit, held));
    }
    checkNobodyIsForgotten(schedule);
  }
}

/** Whoever waits has somebody before him, no room, or a film. */
function checkNobodyIsForgotten(schedule: Schedule): void {
  for (const reader of schedule.readers.filter((it) => it.isWaiting)) {
    const isFull = reader.driveIds.some((id) => schedule.heldOn(id) >= schedule.limits.get(id)!);
    const isBehind = schedule.readers.some((other) =>
      other !== reader && other.isWaiting && goesBefore(other, reader) &&
      other.driveIds.some((id) => reader.driveIds.includes(id))
    );
    const isBackground = priorities.indexOf(reader.priority) > 1;
    const isGated = isBackground && !schedule.isQuiet(reader.driveIds);
    ok(isFull || isBehind || isGated, `reader ${reader.number} waits for nothing`);
  }
}

function goesBefore(one: Reader, other: Reader): boolean {
  const [mine, theirs] = [one, other].map((it) => priorities.indexOf(it.priority));
  return mine === theirs ? one.number < other.number : mine! < theirs!;
}

const show = (schedule: Schedule) =>
  schedule.lanes.list().flatMap((lane) => [
    ...Object.values(lane.held),
    ...Object.values(lane.waiting),
  ]);

Deno.test(`lanes keep their limits, lose nobody and give all back, in ${RUNS} schedules`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const schedule = new Schedule();
      await play(schedule, steps);

      // All who still hold end, over and over, and time passes: everybody has had his turn.
      for (let round = 0; schedule.readers.length > 0; round++) {
        ok(round < 200, "somebody waits for ever");
        for (let left = schedule.holding.length; left > 0; left--) schedule.end(0);
        schedule.pass(3000);
        await settle();
      }
      ok(show(schedule).every((count) => count === 0), "something is held or waits");
      strictEqual(schedule.timers, 0);
    }),
    { numRuns: RUNS, seed: 7 },
  );
});

Deno.test(`readers of one drive and priority go in the order in which they came, in 1000 schedules`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ drives: driveSet, priority }), {
        minLength: 2,
        maxLength: 25,
        size: "max",
      }),
      fc.integer({ min: 1, max: 3 }),
      async (asked, limit) => {
        const schedule = new Schedule();
        for (const id of DRIVES) schedule.setLimit(id, limit);
        // Without films: those hold others back, and so change who goes before whom.
        const all = asked.map((it) => ({
          ...it,
          priority: it.priority === "playback" ? "interactive" as const : it.priority,
        }));
        for (const { drives, priority } of all) schedule.ask(drives, priority, false);
        await settle();
        for (let round = 0; schedule.readers.length > 0 && round < 100; round++) {
          schedule.end(0);
          await settle();
        }

        strictEqual(schedule.grants.length, all.length);
        for (const [at, later] of schedule.grants.entries()) {
          for (const earlier of schedule.grants.slice(0, at)) {
            const isSame = earlier.priority === later.priority &&
              earlier.driveIds.some((id) => later.driveIds.includes(id));
            if (isSame) ok(earlier.number < later.number, `${later.number} was overtaken`);
          }
        }
      },
    ),
    { numRuns: 1000, seed: 7 },
  );
});

const semaphoreStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ask: priority }) },
  { weight: 4, arbitrary: fc.record({ end: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ giveUp: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ limit: fc.integer({ min: 0, max: 4 }) }) },
);

Deno.test("a semaphore keeps its limit, loses nobody and keeps the order, in 4000 schedules", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(semaphoreStep, { maxLength: 60, size: "max" }), async (steps) => {
      const semaphore = new Semaphore(1);
      const waiting: { number: number; priority: Priority; stop: AbortController }[] = [];
      const held: Disposable[] = [];
      let asked = 0;
      let most = 1;
      const expected = () =>
        [...waiting].sort((one, other) =>
          priorities.indexOf(one.priority) - priorities.indexOf(other.priority) ||
          one.number - other.number
        );
      const granted: number[] = [];
      for (const next of steps) {
        const before = expected();
        granted.length = 0;
        if ("ask" in next) {
          const it = { number: asked++, priority: next.ask, stop: new AbortController() };
          waiting.push(it);
          before.push(it);
          semaphore.acquire({ priority: it.priority, signal: it.stop.signal }).then((permit) => {
            waiting.splice(waiting.indexOf(it), 1);
            granted.push(it.number);
            held.push(permit);
          }, () => waiting.splice(waiting.indexOf(it), 1));
        } else if ("end" in next) {
          held.splice(next.end % (held.length || 1), 1)[0]?.[Symbol.dispose]();
        } else if ("giveUp" in next) pick(waiting, next.giveUp)?.stop.abort();
        else semaphore.setLimit(next.limit);
        await settle();

        most = Math.max(semaphore.limit, Math.min(most, held.length));
        ok(held.length <= most, `${held.length} held of ${semaphore.limit}`);
        deepStrictEqual([semaphore.held, semaphore.waiting], [held.length, waiting.length]);
        if (waiting.length > 0) ok(held.length >= semaphore.limit, "somebody waits for nothing");
        deepStrictEqual(granted, before.slice(0, granted.length).map(({ number }) => number));
      }
      semaphore.setLimit(1);
      await settle();
      while (held.length > 0 || waiting.length > 0) {
        ok(held.length > 0, "somebody waits for ever");
        held.pop()![Symbol.dispose]();
        await settle();
      }
      deepStrictEqual([semaphore.held, semaphore.waiting], [0, 0]);
    }),
    { numRuns: 4000, seed: 7 },
  );
});
