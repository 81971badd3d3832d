import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { untilAborted } from "../../src/base/service.ts";
import { Live } from "../../src/config/mod.ts";
import { settle, until, within } from "../helpers/wait.ts";

interface Settings {
  http: { port: number };
  folders: string[];
}

Deno.test("service() runs again when its slice changes, and only then", async () => {
  const live = new Live<Settings>({ http: { port: 1 }, folders: [] });
  const stop = new AbortController();
  const log: string[] = [];
  const service = live.service(({ http }) => http, async ({ port }, signal) => {
    log.push(`begin ${port}`);
    await untilAborted(signal);
    log.push(`end ${port}`);
  });

  const running = service(stop.signal);
  live.set({ http: { port: 1 }, folders: ["/films"] });
  await settle();
  live.set({ http: { port: 2 }, folders: ["/films"] });
  await until("the second run", () => log.includes("begin 2"));
  stop.abort();
  await within("the end", running);

  deepStrictEqual(log, ["begin 1", "end 1", "begin 2", "end 2"]);
});

Deno.test("service() takes up the last of several changes, once the old run has stopped", async () => {
  const live = new Live<Settings>({ http: { port: 1 }, folders: [] });
  const stop = new AbortController();
  const ports: number[] = [];
  let atOnce = 0;
  const service = live.service(({ http }) => http.port, async (port, signal) => {
    strictEqual(++atOnce, 1);
    ports.push(port);
    await untilAborted(signal);
    await settle();
    atOnce--;
  });

  const running = service(stop.signal);
  for (const port of [2, 3, 4]) live.set({ http: { port }, folders: [] });
  await until("the last", () => ports.includes(4));
  stop.abort();
  await within("the end", running);

  deepStrictEqual(ports, [1, 4]);
});

Deno.test("service() leaves a run that ended or failed by itself to the supervisor", async () => {
  const live = new Live<Settings>({ http: { port: 1 }, folders: [] });
  const never = new AbortController().signal;
  let runs = 0;

  await live.service((it) => it, () => Promise.resolve(void runs++))(never);
  const failing = live.service((it) => it, () => Promise.reject(new Error("broken")));

  strictEqual(runs, 1);
  await rejects(failing(never), { message: "broken" });
});

Deno.test("service() stops a run that answers a change by throwing its signal's reason", async () => {
  const live = new Live<Settings>({ http: { port: 1 }, folders: [] });
  const stop = new AbortController();
  const ports: number[] = [];
  const service = live.service(({ http }) => http.port, async (port, signal) => {
    ports.push(port);
    await untilAborted(signal);
    signal.throwIfAborted();
  });

  const running = service(stop.signal);
  live.set({ http: { port: 2 }, folders: [] });
  await until("the second run", () => ports.includes(2));
  stop.abort();
  await within("the end", running.catch(() => {}));

  deepStrictEqual(ports, [1, 2]);
});
