/**
 * The health of this machine's drives: asked one after the other, kept, and told when it changes. A
 * drive that sleeps, hangs or may not be asked keeps what was last known of it, with its time.
 *
 * @module
 */
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import { pause, untilAborted } from "../../base/service.ts";
import { type AskDeps, askDrive, askPower, type HealthDrive, whyNotAsked } from "./ask.ts";
import { oneAtATime } from "./one_at_a_time.ts";
import { excuse, healthAfter } from "./outcome.ts";
import type { PowerState } from "./smart/report.ts";
import type { DriveHealth, HealthStore } from "./store.ts";
import { GROWTH_DAYS } from "./thresholds.ts";

export interface HealthDeps extends AskDeps {
  store: HealthStore;
  /** The drives that are there now. */
  drives(): readonly HealthDrive[];
  publish: Publish;
  log: Log;
  now?: () => Date;
}

export type Health = ReturnType<typeof openHealth>;

/** A hanging drive is asked again after two polls, then four; never less than once in so many. */
const MAX_SKIPPED = 32;

export function openHealth(deps: HealthDeps) {
  const { store, drives, publish, log, now = () => new Date() } = deps;
  const runFor = oneAtATime(deps.run);
  const asking = new Map<string, Promise<DriveHealth>>();
  const silences = new Map<string, { times: number; skip: number }>();

  /** What is known of a drive; nobody is asked. */
  const known = (drive: HealthDrive): DriveHealth => {
    const why = whyNotAsked(drive);
    const stored = why === undefined ? store.find(drive.id) : undefined;
    return stored ?? {
      verdict: "unknown",
      reasons: [
        why === undefined ? excuse("not_asked", "It was not asked yet") : excuse("skipped", why),
      ],
      powerState: "unknown",
      values: {},
    };
  };

  /** Asks a drive now; whoever asks meanwhile hears the same answer. */
  const check = (drive: HealthDrive, signal: AbortSignal): Promise<DriveHealth> => {
    if (whyNotAsked(drive) !== undefined) return Promise.resolve(known(drive));
    let running = asking.get(drive.id);
    if (!running) {
      running = checkNow(drive, signal).finally(() => asking.delete(drive.id));
      asking.set(drive.id, running);
    }
    return running;
  };

  const checkNow = async (drive: HealthDrive, signal: AbortSignal): Promise<DriveHealth> => {
    const answer = await askDrive(drive, typeOf(drive), { ...deps, run: runFor(drive.id) }, signal);
    const before = store.find(drive.id);
    const weekAgo = new Date(now().getTime() - GROWTH_DAYS * 86_400_000).toISOString();
    const after = healthAfter(drive, answer, {
      last: before,
      weekAgo: store.before(drive.id, weekAgo),
      now: now().toISOString(),
    });
    store.save(drive.id, after);
    if (after.checkedAt !== undefined && after.checkedAt === after.askedAt) {
      const { checkedAt, verdict, values } = after;
      store.record(drive.id, { checkedAt, verdict, values });
    }
    tell(drive, before, after);
    const silent = answer.kind === "silent" ? (silences.get(drive.id)?.times ?? 0) + 1 : 0;
    if (silent > 0) silences.set(drive.id, { times: silent, skip: skipsAfter(silent) });
    else silences.delete(drive.id);
    return after;
  };

  /** How smartctl opened this drive, as long as it is on the same bus. */
  const typeOf = ({ id, bus }: HealthDrive) => {
    const stored = store.find(id);
    return stored?.bus === bus ? stored?.deviceType : undefined;
  };

  const tell = (drive: HealthDrive, before: DriveHealth | undefined, after: DriveHealth) => {
    const { verdict, powerState: power, reasons } = after;
    if (before?.verdict === verdict && before.powerState === power) return;
    publish("drive.health", {
      drive_id: drive.id,
      name: drive.name,
      verdict,
      power_state: power,
      reasons,
    });
    if (before?.verdict === verdict || verdict === "good" || verdict === "unknown") return;
    log.warn(verdict === "failing" ? "A drive is failing" : "A drive has faults", {
      drive: drive.name,
      id: drive.id,
      reasons: reasons.filter(({ level }) => level !== "info").map(({ text }) => text),
    });
  };

  /** Asks every drive, one after the other; those that did not answer lately, more seldom. */
  const checkAll = async (signal: AbortSignal): Promise<void> => {
    for (const drive of drives()) {
      if (signal.aborted) return;
      const silence = silences.get(drive.id);
      if (silence && silence.skip-- > 0) continue;
      await check(drive, signal);
    }
  };

  return {
    known,
    history: store.history,
    check,
    checkAll,

    /** Asks all drives now and then, every `minutes`; 0 waits to be asked. */
    async watch(minutes: number, signal: AbortSignal): Promise<void> {
      if (minutes === 0) return await untilAborted(signal);
      while (!signal.aborted) {
        await checkAll(signal);
        await pause(minutes * 60_000, signal);
      }
    },

    /** Whether a drive sleeps, asked now and by what wakes none. */
    async power(drive: HealthDrive, signal: AbortSignal): Promise<PowerState> {
      const power = await askPower(
        drive,
        typeOf(drive),
        { ...deps, run: runFor(drive.id) },
        signal,
      );
      const before = store.find(drive.id);
      if (before && power !== "unknown" && before.powerState !== power) {
        const after: DriveHealth = { ...before, powerState: power };
        if (power === "asleep") after.asleepSince = now().toISOString();
        else delete after.asleepSince;
        store.save(drive.id, after);
        tell(drive, before, after);
      }
      return power;
    },
  };
}

function skipsAfter(silences: number): number {
  return Math.min(2 ** silences - 1, MAX_SKIPPED);
}
