/**
 * The commands: one line each. Exit codes: 0 done, 1 cannot go on, 2 wrong request, 3 not allowed,
 * 4 not found, 5 not in this state, 6 not available now, 70 a bug, 130 interrupted.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import {
  ConflictError,
  DeniedError,
  FatalError,
  InvalidError,
  NotFoundError,
  StaleError,
  UnavailableError,
} from "../base/errors.ts";
import { currentPlatform } from "../base/platform.ts";
import { VERSION } from "../base/version.ts";
import { artwork } from "./commands/artwork.ts";
import { config } from "./commands/config.ts";
import { detectDrives } from "./commands/drives/detect.ts";
import { doctor } from "./commands/doctor.ts";
import { drives } from "./commands/drives/mod.ts";
import { join, leave } from "./commands/edge/join.ts";
import { peers } from "./commands/edge/peers.ts";
import { ingest } from "./commands/ingest/mod.ts";
import { items } from "./commands/items/mod.ts";
import { duplicates } from "./commands/duplicates/mod.ts";
import { trash } from "./commands/duplicates/trash.ts";
import { jobs } from "./commands/jobs.ts";
import { media } from "./commands/media.ts";
import { search } from "./commands/library/search.ts";
import { backup, restore } from "./commands/library/backup.ts";
import { collections } from "./commands/library/collections.ts";
import { exportCommand, importCommand } from "./commands/library/exchange.ts";
import { people } from "./commands/library/people.ts";
import { tags } from "./commands/library/tags.ts";
import { invite } from "./commands/people/invite.ts";
import { user } from "./commands/people/user.ts";
import { scan } from "./commands/scan.ts";
import { edge, start } from "./commands/start.ts";
import { status } from "./commands/status.ts";
import { UnfinishedError } from "./unfinished.ts";
import { version } from "./commands/version.ts";
import { Terminal } from "./terminal.ts";

/** What every command is given. */
export interface CommandContext {
  terminal: Terminal;
  /** Aborted by the first SIGINT or SIGTERM. */
  signal: AbortSignal;
}

const commands = [
  start,
  scan,
  status,
  doctor,
  drives,
  detectDrives,
  jobs,
  media,
  artwork,
  items,
  ingest,
  search,
  duplicates,
  trash,
  tags,
  people,
  collections,
  exportCommand,
  importCommand,
  backup,
  restore,
  config,
  user,
  invite,
  edge,
  join,
  leave,
  peers,
  version,
];

const exitCodes = [
  [InvalidError, 2],
  [DeniedError, 3],
  [NotFoundError, 4],
  [ConflictError, 5],
  [StaleError, 5],
  [UnavailableError, 6],
  [FatalError, 1],
  [UnfinishedError, 1],
] as const;

/** Runs one command line and returns its exit code; `exit` is for those who cannot wait. */
export async function runCli(args: string[], exit: (code: number) => void): Promise<number> {
  const terminal = new Terminal();
  using interrupted = listenForSignals(terminal, exit);
  const program = new Command("giggityflix")
    .description("Your own drives as a peer of a private streaming network")
    .version(`giggityflix ${VERSION}`, "-V, --version")
    .showHelpAfterError("(--help says more)")
    .exitOverride();
  for (const add of commands) {
    program.addCommand(add({ terminal, signal: interrupted.signal }).exitOverride());
  }

  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (interrupted.signal.aborted) return 130;
    const code = exitCodes.find(([type]) => error instanceof type)?.[1];
    const text = error instanceof Error ? (code ? error.message : error.stack) : String(error);
    terminal.logLine(`giggityflix: ${text}`);
    return code ?? 70;
  }
}

/**
 * One Ctrl-C can arrive twice: from the terminal, and from the task runner that passes it on.
 * No person presses it twice so fast.
 */
const SAME_PRESS_MS = 50;

/** The first signal asks the program to end, the second ends it. */
function listenForSignals(
  terminal: Terminal,
  exit: (code: number) => void,
): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  let stoppedAt = 0;
  const stop = () => {
    if (controller.signal.aborted) {
      if (performance.now() - stoppedAt > SAME_PRESS_MS) exit(130);
      return;
    }
    stoppedAt = performance.now();
    terminal.clear();
    controller.abort(new DOMException("Interrupted", "AbortError"));
  };
  // Windows knows neither SIGTERM nor more than these two.
  const names: Deno.Signal[] = currentPlatform() === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of names) Deno.addSignalListener(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of names) Deno.removeSignalListener(name, stop);
    },
  };
}
