/**
 * Asks one file system whether it is there, by a program of its own: a call on a mount whose server
 * is gone may never return, and then it is that program which waits, not we.
 *
 * @module
 */
import { CommandError, type Run } from "../../base/command.ts";
import { reasonOf } from "../../base/errors.ts";
import type { Platform } from "../../base/platform.ts";

export interface Space {
  totalBytes: number;
  /** What is left for a person who is not the administrator. */
  freeBytes: number;
}

/** What it said; `dead` when it answered that nobody is behind it any more. */
export interface Answer {
  space?: Space | undefined;
  dead?: string | undefined;
}

interface Tool {
  program: string;
  args(mountPoint: string): string[];
  parse(output: string): Space | undefined;
}

/** `env` makes them speak English, whatever the person's language; nothing passes a shell. */
const tools: Partial<Record<Platform, Tool>> = {
  linux: {
    program: "env",
    args: (path) => ["LC_ALL=C", "stat", "-f", "-c", "%S %b %a", "--", path],
    parse(output) {
      const [block = NaN, total = NaN, free = NaN] = output.trim().split(" ").map(Number);
      return toSpace(block * total, block * free);
    },
  },
  darwin: {
    program: "env",
    args: (path) => ["LC_ALL=C", "df", "-k", "--", path],
    // Filesystem 1024-blocks Used Available Capacity iused ifree %iused Mounted on
    parse(output) {
      const [, total, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%/.exec(output) ?? [];
      return toSpace(Number(total) * 1024, Number(free) * 1024);
    },
  },
};

/** Errors that say: what was mounted here is gone, though its mount is not. */
const gone =
  /not connected|stale (nfs )?file handle|input\/output error|host is down|no route to host|no such device|timed out|connection (refused|reset|abort)/i;

/** Longer than anybody waits; who gives up earlier aborts the signal. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * Asks once. It resolves when the file system has answered, however late.
 *
 * @param onEnd called once the program has ended: killed in the middle of a call it may stay
 */
export async function askSpace(
  mountPoint: string,
  { run, platform, signal, onEnd }: {
    run: Run;
    platform: Platform;
    signal: AbortSignal;
    onEnd?: () => void;
  },
): Promise<Answer> {
  const tool = tools[platform];
  if (!tool) {
    onEnd?.();
    return {};
  }
  const options = { signal, timeoutMs: NEVER_MS, ...onEnd && { onEnd } };
  try {
    return { space: tool.parse(await run(tool.program, tool.args(mountPoint), options)) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // "Permission denied" is an answer too, and so is a missing tool no word about the mount.
    return gone.test(reasonOf(error)) ? { dead: lastWords(reasonOf(error)) } : {};
  }
}

/** "… exited with code 1: stat: cannot …: Transport endpoint is not connected" → its end. */
function lastWords(message: string): string {
  return message.slice(message.lastIndexOf(": ") + 2);
}

function toSpace(totalBytes: number, freeBytes: number): Space | undefined {
  return totalBytes > 0 && freeBytes >= 0 ? { totalBytes, freeBytes } : undefined;
}
