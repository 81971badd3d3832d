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
}

/** Runs a program and returns what it printed. This is the port tests replace. */
export type Run = (program: string, args: string[], options?: RunOptions) => Promise<string>;

/** A tool is missing, hung, or exited with a failure. */
export class CommandError extends UnavailableError {}

/** Never through a shell: `args` reach the program as they are. */
export const run: Run = async (program, args, { signal, timeoutMs = 10_000 } = {}) => {
  const limit = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  const output = await new Deno.Command(program, { args, stdin: "null", signal: either })
    .output()
    .catch((cause) => {
      const missing = cause instanceof Deno.errors.NotFound;
      const state = missing ? "not installed" : cause.message;
      throw new CommandError(`Cannot run "${program}": ${state}`, { program, missing }, { cause });
    });
  signal?.throwIfAborted();
  if (limit.aborted) {
    throw new CommandError(`Cannot run "${program}": no answer in ${timeoutMs} ms`, { program });
  }

  const { success, code, stdout, stderr } = output;
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim();
  throw new CommandError(`Command "${program}" exited with code ${code}: ${said}`, {
    program,
    code,
    stderr: said,
  });
};
