/**
 * Runs a platform tool to its end. The only file that spawns short commands.
 *
 * @module
 */
import { UnavailableError } from "./errors.ts";

export interface RunOptions {
  signal?: AbortSignal;
  /** Milliseconds after which the program is killed; 10,000 unless said. */
  timeoutMs?: number;
  /** What it printed counts whatever its exit code: smartctl's is a bit mask, not a failure. */
  anyExit?: boolean;
  /** Called once the program is gone: killed in the middle of a call on a dead disk, it may stay. */
  onEnd?(): void;
}

/** Runs a program and returns what it printed. This is the port tests replace. */
export type Run = (program: string, args: string[], options?: RunOptions) => Promise<string>;

/** A tool is missing, hung, or exited with a failure. */
export class CommandError extends UnavailableError {}

/** Never through a shell: `args` reach the program as they are. */
export const run: Run = async (program, args, options = {}) => {
  const { signal, timeoutMs = 10_000, anyExit = false } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args);
  if (options.onEnd) void child.status.then(options.onEnd);
  const ended = collect(child);
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = (reason: unknown) => {
    // A tool that hangs may ignore a polite signal; and what it has started may hold its output
    // open, so nobody waits for that.
    ended.drop();
    reject(reason);
  };
  const late = () => {
    giveUp(new CommandError(`Cannot run "${program}": no answer in ${timeoutMs} ms`, { program }));
  };
  const abort = () => giveUp(signal?.reason);
  const timer = setTimeout(late, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const { success, code, signal: signalled, stdout, stderr } = await Promise.race([
      ended.output,
      givenUp,
    ]);
    if (success || (anyExit && signalled === null)) return stdout;
    const said = stderr.trim().slice(0, MAX_SAID);
    throw new CommandError(`Command "${program}" exited with code ${code}: ${said}`, {
      program,
      code,
      stderr: said,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
};

/**
 * Runs a program that tells what happens as it happens: yields its lines, until it ends by itself
 * or `signal` aborts.
 *
 * @throws {CommandError} it is missing, or ended with a failure
 */
export async function* follow(
  program: string,
  args: string[],
  { signal }: { signal: AbortSignal },
): AsyncGenerator<string> {
  if (signal.aborted) return;
  const child = spawn(program, args, "null");
  let alive = true;
  const ended = child.status.finally(() => alive = false);
  const end = () => {
    if (alive) child.kill("SIGTERM");
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!.slice(-MAX_LINE);
      yield* lines;
    }
    const { success, code } = await ended;
    if (success || signal.aborted) return;
    throw new CommandError(`Command "${program}" exited with code ${code}`, { program, code });
  } finally {
    signal.removeEventListener("abort", end);
    end();
    await ended;
  }
}

/** Characters of a line that has no end. */
const MAX_LINE = 100_000;

/** Characters of stderr worth showing: a tool may complain of every frame of a damaged film. */
const MAX_SAID = 1000;

function spawn(
  program: string,
  args: string[],
  stderr: "piped" | "null" = "piped",
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr }).spawn();
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    const state = missing ? "not installed" : cause instanceof Error ? cause.message : cause;
    throw new CommandError(`Cannot run "${program}": ${state}`, { program, missing }, { cause });
  }
}

/** What the program says and how it ends; or `drop()`, and it is killed and read no more. */
function collect(child: Deno.ChildProcess) {
  const dropped = new AbortController();
  let alive = true;
  void child.status.then(() => alive = false);
  const text = async (from: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const into = new WritableStream({
      write: (chunk: typeof chunks[0]) => void chunks.push(chunk),
    });
    await from.pipeTo(into, { signal: dropped.signal });
    return await new Blob(chunks).text();
  };
  const output = Promise.all([child.status, text(child.stdout), text(child.stderr)])
    .then(([status, stdout, stderr]) => ({ ...status, stdout, stderr }));
  output.catch(() => {}); // nobody asks any more once it is dropped
  const drop = () => {
    if (alive) child.kill("SIGKILL");
    dropped.abort();
  };
  return { output, drop };
}
