/**
 * Programs that are told what to do by lines of JSON on their standard input, and answer each with
 * one on their output.
 *
 * @module
 */
import { say } from "../../scripts/run.ts";

type Request = { op: string } & Record<string, unknown>;

/** In the program: does what each line says, until there are no more. */
export async function answerEach(
  operations: Record<string, (request: Request) => Promise<object>>,
): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    const request: Request = JSON.parse(line);
    const answer = await operations[request.op]!(request);
    say(JSON.stringify(answer));
  }
}

/** A program that answers lines; disposed, it is killed. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(command: string, args: string[]) {
    // A connection is a file, and 1024 of them are few.
    const raised = 'ulimit -n "$(ulimit -Hn)" && exec "$0" "$@"';
    this.#child = new Deno.Command("sh", {
      args: ["-c", raised, command, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = linesOf(this.#child.stdout);
    this.#input = this.#child.stdin.getWriter();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What it says next. */
  async hear<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The program has ended");
    return JSON.parse(value);
  }

  async ask<Answer = Record<string, number>>(op: string, more: object = {}): Promise<Answer> {
    await this.#input.write(new TextEncoder().encode(JSON.stringify({ op, ...more }) + "\n"));
    return await this.hear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended already
    }
    await this.#input.close().catch(() => {});
    await this.#lines.return(undefined);
    await this.#child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines.filter(Boolean);
  }
}
