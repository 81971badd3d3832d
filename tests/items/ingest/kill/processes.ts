/**
 * Programs that have loaded and wait for their turn: to load takes longer than what they do before
 * they are killed.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../../src/base/command.ts";

/** The program, and the worker that it opens. */
const SOURCES = ["./child.ts", "../../../../src/db/beside/checkpoint_worker.ts"];

/**
 * Makes a few scripts of the program in `folder`: hundreds are started, and so each loads in half
 * the time. @returns the first of them
 */
export async function bundleChild(folder: string): Promise<string> {
  const bundle = ["bundle", "--quiet", "--platform", "deno", "--code-splitting"];
  for (const source of SOURCES) {
    const entry = fileURLToPath(new URL(source, import.meta.url));
    await run(Deno.execPath(), [...bundle, "--outdir", folder, entry], { timeoutMs: 120_000 });
  }
  return join(folder, "child.js");
}

/** One that waits to be told which plan to execute. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ready: Promise<unknown>;

  constructor(script: string, args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-config", script, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = lines(this.#child.stdout);
    this.#ready = this.line();
  }

  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }

  /** Resolves when it has begun. @returns the milliseconds from when it was told: so busy is the machine */
  async begin(plan: string): Promise<number> {
    await this.#ready;
    const told = performance.now();
    const stdin = this.#child.stdin.getWriter();
    await stdin.write(new TextEncoder().encode(`${plan}\n`));
    await stdin.close();
    await this.line();
    return performance.now() - told;
  }

  /** Ends it at once. Whether it was still alive. */
  async kill(): Promise<boolean> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
    const { signal } = await this.#child.status;
    await this.#lines.return?.();
    return signal === "SIGKILL";
  }
}

async function* lines(from: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of from.pipeThrough(new TextDecoderStream())) {
    const all = (rest + text).split("\n");
    rest = all.pop()!;
    yield* all;
  }
}
