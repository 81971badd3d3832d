/**
 * The machine with real disks, its stacks made, and the agent at work in it. It boots once for all
 * tests of a file.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundleProgram } from "../../scripts/compile.ts";
import { say } from "../helpers/say.ts";
import { type Result, startVm, type Vm, vmFolder } from "../rigs/vm/mod.ts";

export interface Machine extends AsyncDisposable {
  vm: Vm;
  /** Asks the agent in the guest. @throws {Error} no answer in time, or one of failure */
  get<T>(path: string, limitMs?: number): Promise<T>;
  post<T>(path: string, body?: unknown, limitMs?: number): Promise<T>;
  /** Keeps a setting. */
  set(name: string, value: unknown): Promise<void>;
  /** The first bytes of a file as REST serves them, at most `count`. */
  head(mediaId: string, count: number): Promise<Uint8Array>;
  /** Runs a command of the program in the guest. */
  giggityflix(command: string, limitMs?: number): Promise<Result>;
  /** The last that the agent has printed. */
  log(): Promise<string>;
}

/** What stands between /mnt and the disks. */
export const folders = ["media", "cached", "two", "pulled", "served", "mapped"]
  .map((name) => `/mnt/${name}`);

const DATA = "/tmp/data";

/** An answer in the guest takes 0.1 s to 2 s. */
const ANSWER_MS = 20_000;

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Boots, makes the stacks and starts the agent with all of their folders. */
export async function startMachine(env: Record<string, string> = {}): Promise<Machine> {
  await using held = new AsyncDisposableStack();
  const share = held.use(await vmFolder()).path;
  const started = performance.now();
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;

  await fillShare(share);
  const vm = held.use(await startVm({ share, say }));
  say(`The guest is up after ${elapsed()}`);
  await vm.sh(await Deno.readTextFile(new URL("stacks.sh", import.meta.url)), 120_000);
  say(`Its disks are made after ${elapsed()}`);
  const settings = Object.entries({
    DATA_DIR: DATA,
    HTTP_HOST: "0.0.0.0",
    LOG_LEVEL: "debug",
    ...env,
  }).map(([name, value]) => `${name}='${value}'`).join(" ");
  // Kept, not in the environment: a test may add to them.
  await vm.sh(`giggityflix config set -d ${DATA} media_dirs '${folders.join(",")}'`);
  await vm.sh(
    `
    ${settings} setsid giggityflix start </dev/null >/tmp/agent.log 2>&1 &
    timeout 60 sh -c 'until grep -q "listens at" /tmp/agent.log; do sleep 0.2; done' ||
      { cat /tmp/agent.log; exit 1; }`,
    90_000,
  );
  say(`The agent listens after ${elapsed()}`);
  const token = (await vm.sh(`cat ${DATA}/access_token`)).trim();

  async function request(path: string, limitMs: number, init: RequestInit = {}) {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...init.headers as Record<string, string>,
    };
    const signal = AbortSignal.timeout(limitMs);
    try {
      const response = await fetch(`http://127.0.0.1:${vm.port}${path}`, {
        ...init,
        headers,
        signal,
      });
      return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
    } catch (cause) {
      throw new Error(`${path} did not answer in ${limitMs} ms`, { cause });
    }
  }

  async function ask<T>(path: string, limitMs: number, init?: RequestInit): Promise<T> {
    const { response, bytes } = await request(path, limitMs, init);
    const text = new TextDecoder().decode(bytes);
    ok(response.ok, `${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  const all = held.move();
  const machine: Machine = {
    vm,
    get: (path, limitMs = ANSWER_MS) => ask(path, limitMs),
    post: (path, body = {}, limitMs = ANSWER_MS) =>
      ask(path, limitMs, { method: "POST", body: JSON.stringify(body) }),
    set: async (name, value) => {
      const body = JSON.stringify({ value });
      await ask(`/api/configurations/${name}/value`, ANSWER_MS, { method: "PATCH", body });
    },
    head: async (mediaId, count) => {
      const { response, bytes } = await request(`/api/media/${mediaId}/file`, ANSWER_MS, {
        headers: { range: `bytes=0-${count - 1}` },
      });
      strictEqual(response.status, 206, new TextDecoder().decode(bytes));
      return bytes;
    },
    giggityflix: (command, limitMs) =>
      vm.run(`export DATA_DIR=${DATA}; giggityflix ${command}`, limitMs),
    log: () => vm.sh("tail -n 200 /tmp/agent.log"),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
  await eventually(
    "the first scan",
    () => machine.get<{ running: boolean; last: unknown }>("/api/media/scan/"),
    ({ running, last }) => !running && last !== null,
    120_000,
  ).catch(async (error) => {
    const log = await machine.log();
    await machine[Symbol.asyncDispose]();
    throw new Error(`${error.message}\n${log}`);
  });
  say(`It has scanned after ${elapsed()}`);
  return machine;
}

/** Deno, the program as a few scripts, and films: all that the guest needs of us. */
async function fillShare(share: string): Promise<void> {
  await Deno.mkdir(`${share}/samples`);
  await Promise.all([
    bundleProgram(`${share}/dist/program`),
    Deno.copyFile(Deno.execPath(), `${share}/deno`),
    Deno.writeTextFile(
      `${share}/main.js`,
      'const { runCli } = await import("./dist/program/cli.js");\n' +
        "Deno.exit(await runCli(Deno.args, Deno.exit));\n",
    ),
    Deno.writeTextFile(
      `${share}/giggityflix`,
      "#!/bin/sh\nNO_COLOR=1 DENO_DIR=/tmp/deno exec /src/deno run --allow-all --no-check " +
        '--no-config --no-lock --unstable-no-legacy-abort /src/main.js "$@"\n',
      { mode: 0o755 },
    ),
    Array.fromAsync(
      Deno.readDir(root("samples")),
      ({ name }) => Deno.copyFile(root(`samples/${name}`), `${share}/samples/${name}`),
    ),
  ]);
}

/** Asks until the answer is right, and gives it. @throws {Error} it is not in time; the last one */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  limitMs: number,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > end) {
      throw new Error(`Waited ${limitMs} ms in vain for ${what}: ${JSON.stringify(answer)}`);
    }
    await sleep(500);
  }
}
