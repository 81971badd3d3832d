/**
 * Commands at a steady rate, or as many as go with some in flight, and how long each took.
 *
 * @module
 */

export interface Load {
  /** Commands a second; 0: as many as go. */
  rate: number;
  seconds: number;
  /** Commands under way at once, where there is no rate. */
  flights: number;
}

export interface LoadTold {
  done: number;
  failed: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
}

/** Milliseconds between looks at what is due. */
const TICK_MS = 5;

/** `ask` sends command number `at` and resolves with its answer. */
export async function load(
  ask: (at: number) => Promise<unknown>,
  { rate, seconds, flights }: Load,
): Promise<LoadTold> {
  const times: number[] = [];
  let [sent, failed] = [0, 0];
  const one = async (due = performance.now()) => {
    try {
      await ask(sent++);
      // From when it was due: an edge that is late to send it is late.
      times.push(performance.now() - due);
    } catch {
      failed++;
    }
  };
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  if (rate > 0) {
    const waiting = new Set<Promise<void>>();
    while (elapsed() < seconds) {
      const due = Math.floor(elapsed() * rate);
      while (sent <= due) {
        const it = one(started + sent / rate * 1000);
        waiting.add(it);
        void it.then(() => waiting.delete(it));
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    await Promise.all(waiting);
  } else {
    const flight = async () => {
      while (elapsed() < seconds) await one();
    };
    await Promise.all(Array.from({ length: flights }, flight));
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => Number((times[Math.floor(share * times.length)] ?? 0).toFixed(2));
  const lasted = elapsed();
  return {
    done: times.length,
    failed,
    seconds: lasted,
    p50: at(0.5),
    p99: at(0.99),
    max: Number((times.at(-1) ?? 0).toFixed(2)),
  };
}
