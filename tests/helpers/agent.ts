/**
 * A real agent in a process of its own, for tests that use it as people do.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import type { MediaItem } from "../../src/http/mod.ts";

export type { MediaItem };

/** What is run: the program's sources by this Deno, or the executable. */
export interface Program {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Where `deno compile` puts the executable, if it has been made here. */
export const executablePath = "dist/giggityflix";

/** The sources, run with nothing in the environment but what Deno needs to find its cache. */
export function fromSource(): Program {
  const { DENO_DIR, HOME = "/tmp", PATH = "" } = Deno.env.toObject();
  return {
    command: Deno.execPath(),
    args: ["run", "--allow-all", "--no-check", new URL("../../main.ts", import.meta.url).pathname],
    env: { PATH, DENO_DIR: DENO_DIR ?? `${HOME}/.cache/deno` },
  };
}

/** The executable, where a run of all tests has just made it and says so; else the sources. */
export function theProgram(): Program {
  const { TEST_PROGRAM, PATH = "" } = Deno.env.toObject();
  return TEST_PROGRAM ? { command: TEST_PROGRAM, args: [], env: { PATH } } : fromSource();
}

export interface RunningAgent extends AsyncDisposable {
  /** Where it listens now; a change of its settings may move it. */
  readonly url: string;
  pid: number;
  /** Milliseconds from the start of the process to its "listens at". */
  startedMs: number;
  /** All that it has printed. */
  output(): string;
  kill(signal: Deno.Signal): void;
  status: Promise<Deno.CommandStatus>;
  get<T = unknown>(path: string): Promise<T>;
}

export interface AgentOptions {
  program?: Program;
  dataDir: string;
  args?: string[];
  env?: Record<string, string>;
  cwd?: string;
  role?: "start" | "edge";
  /** "stored" leaves the HTTP port to the stored settings; any free one otherwise. */
  ports?: "stored";
  /** Milliseconds until it must listen. */
  limitMs?: number;
}

/** Starts an agent on free ports and waits until it listens. Disposed, it is told to end. */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { program = theProgram(), dataDir, args = [], env = {}, cwd, role = "start" } = options;
  const started = performance.now();
  const child = new Deno.Command(program.command, {
    args: [...program.args, role, ...options.ports ? [] : ["--http-port", "0"], ...args],
    clearEnv: true,
    env: {
      HOME: dataDir,
      DATA_DIR: dataDir,
      GRPC_SERVER_ADDRESS: "127.0.0.1:0",
      // A test says itself when it scans; tests/e2e/watch_test.ts has it on.
      WATCH_FOLDERS: "off",
      ...program.env,
      ...env,
    },
    ...cwd !== undefined && { cwd },
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let output = "";
  const listening = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const url = /listens at (http:\S+)/.exec(output)?.[1];
      if (url) listening.resolve(url);
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  let patience: ReturnType<typeof setTimeout> | undefined;
  const status = child.status.then(async (status) => {
    // A grandchild may hold the pipes open for longer than the program lives.
    const late = new Promise<void>((resolve) => patience = setTimeout(resolve, 1000));
    await Promise.race([reading, late]);
    clearTimeout(patience);
    listening.reject(
      new Error(`The agent ended with ${status.code} before it listened:\n${output}`),
    );
    return status;
  });
  const limit = setTimeout(
    () => listening.reject(new Error(`The agent does not listen:\n${output}`)),
    options.limitMs ?? 30_000,
  );
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // it has ended already
    }
  };
  await listening.promise.catch((error) => {
    kill("SIGKILL");
    throw error;
  }).finally(() => clearTimeout(limit));

  const urlNow = () => [...output.matchAll(/listens at (http:\S+)/g)].at(-1)![1]!;
  return {
    get url() {
      return urlNow();
    },
    pid: child.pid,
    startedMs: performance.now() - started,
    output: () => output,
    kill,
    status,
    get: async <T>(path: string) => {
      const response = await fetch(urlNow() + path);
      const text = await response.text();
      ok(response.ok, `${path}: ${response.status} ${text}`);
      return JSON.parse(text) as T;
    },
    [Symbol.asyncDispose]: async () => {
      kill("SIGTERM");
      const late = setTimeout(() => kill("SIGKILL"), 5000);
      await status;
      clearTimeout(late);
    },
  };
}

/** Runs one command to its end. */
export async function runCommand(
  args: string[],
  { dataDir, env = {}, program = theProgram() }: {
    dataDir: string;
    env?: Record<string, string>;
    program?: Program;
  },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program.command, {
    args: [...program.args, ...args],
    clearEnv: true,
    env: { HOME: dataDir, DATA_DIR: dataDir, ...program.env, ...env },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/** Every item of a paged list. */
export async function listAll<Item>(agent: RunningAgent, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `?limit=500${cursor ? `&cursor=${cursor}` : ""}`;
    const page = await agent.get<{ items: Item[]; next_cursor: string | null }>(path + query);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

/** Waits until a scan has come to its end, and nothing is under way. */
export async function untilScanned(agent: RunningAgent, limitMs = 60_000): Promise<ScanStatus> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const status = await agent.get<ScanStatus>("/api/media/scan/");
    if (!status.running && (status.last || status.failed)) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The scan does not end:\n${agent.output()}`);
}

/** Catalogue ids of the samples by container, once the edge knows what is in each. */
export async function untilCataloged(
  edge: RunningAgent,
  peer: RunningAgent,
): Promise<Map<string, string>> {
  await untilScanned(peer);
  for (let attempt = 0; attempt < 200; attempt++) {
    const items = await listAll<{ catalog_id: string; media?: { container: string } }>(
      edge,
      "/api/catalog/",
    );
    const known = items.filter(({ media }) => media);
    if (known.length === 4) {
      return new Map(known.map((item) => [item.media!.container, item.catalog_id]));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The catalogue stays incomplete:\n${edge.output()}\n${peer.output()}`);
}

export interface ScanStatus {
  running: boolean;
  last: {
    files: number;
    new: number;
    changed: number;
    gone: number;
    errors: number;
    bytes_read: number;
    issues: { path: string; problem: string }[];
  } | null;
  failed: string | null;
}
