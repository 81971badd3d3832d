import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { getEventListeners } from "node:events";
import { FatalError, UnavailableError } from "../../src/base/errors.ts";
import { Log, type LogEntry, silent } from "../../src/base/log.ts";
import { orAborted, pause, type Service, supervise, untilAborted } from "../../src/base/service.ts";
import { within } from "../helpers/wait.ts";

Deno.test("supervise() runs a failed service again, later each time", async () => {
  const stop = new AbortController();
  const attempts: number[] = [];
  const entries: LogEntry[] = [];
  let runs = 0;
  const flaky: Service = async (signal) => {
    if (++runs <= 3) throw new UnavailableError(`Cannot start: run ${runs}`);
    stop.abort();
    await untilAborted(signal);
  };
  const backoff = (attempt: number) => {
    attempts.push(attempt);
    return 1;
  };

  const log = new Log((entry) => void entries.push(entry));
  await within("the end", supervise({ flaky }, { log, signal: stop.signal, backoff }));

  strictEqual(runs, 4);
  deepStrictEqual(attempts.slice(0, 3), [1, 2, 3]);
  deepStrictEqual(entries.map(({ scope, message }) => [scope, message]), [
    ["flaky", "Service failed"],
    ["flaky", "Service failed"],
    ["flaky", "Service failed"],
  ]);
});

Deno.test("supervise() runs a service again that ends without being told", async () => {
  const stop = new AbortController();
  let runs = 0;
  const short: Service = () => {
    if (++runs === 3) stop.abort();
    return Promise.resolve();
  };

  const all = supervise({ short }, { log: silent, signal: stop.signal, backoff: () => 0 });
  await within("the end", all);

  strictEqual(runs, 3);
});

Deno.test("supervise() stops everything on a FatalError, and waits until it has stopped", async () => {
  const never = new AbortController();
  let stopped = false;
  const fatal: Service = () => Promise.reject(new FatalError("Cannot go on"));
  const steady: Service = async (signal) => {
    await untilAborted(signal);
    await pause(5, never.signal);
    stopped = true;
  };

  const all = supervise({ steady, fatal }, { log: silent, signal: never.signal });

  await rejects(within("the end", all), { name: "FatalError", message: "Cannot go on" });
  ok(stopped);
});

Deno.test("supervise() ends when told, also while a service waits for its restart", async () => {
  const stop = new AbortController();
  const backoff = () => {
    queueMicrotask(() => stop.abort());
    return 60_000;
  };
  const broken: Service = () => Promise.reject(new Error("a bug"));

  await within(
    "the end",
    supervise({ broken }, { log: silent, signal: stop.signal, backoff }),
  );
});

Deno.test("pause() and untilAborted() return at once under a signal that has been aborted", async () => {
  const signal = AbortSignal.abort();

  await within("both", Promise.all([pause(60_000, signal), untilAborted(signal)]), 1000);
});

Deno.test("orAborted() gives what it waits for, or nothing once aborted, and leaves no listener", async () => {
  const stop = new AbortController();
  const { signal } = stop;
  const listeners = () => getEventListeners(signal, "abort").length;

  for (let scan = 0; scan < 10; scan++) {
    strictEqual(await orAborted(Promise.resolve(scan), signal), scan);
    await rejects(orAborted(Promise.reject(new Error("no")), signal), { message: "no" });
  }
  strictEqual(listeners(), 0);
  const waiting = orAborted(new Promise<number>(() => {}), signal);
  strictEqual(listeners(), 1);
  stop.abort();

  strictEqual(await within("the end", waiting), undefined);
  strictEqual(await orAborted(Promise.reject(new Error("late")), signal), undefined);
  strictEqual(listeners(), 0);
});
