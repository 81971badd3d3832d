/**
 * Programs that have loaded and wait for their turn: to load takes longer than what they do before
 * they are killed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** One that waits to be told which plan to execute. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ready: Promise<unknown>;

  constructor(args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        fileURLToPath(new URL("./child.ts", import.meta.url)),
        ...args,
      ],
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

  /** Resolves when it has begun. */
  async begin(plan: string): Promise<void> {
    await this.#ready;
    const stdin = this.#child.stdin.getWriter();
    await stdin.write(new TextEncoder().encode(`${plan}\n`));
    await stdin.close();
    await this.line();
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
