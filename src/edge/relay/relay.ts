/**
 * The relay: coturn's turnserver as a child, for those that cannot reach each other directly.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CommandError, follow } from "../../base/command.ts";
import { UnavailableError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { pause, type Service } from "../../base/service.ts";
import { relayConfig, type RelaySettings } from "./config.ts";

export interface RelayOptions {
  settings: RelaySettings;
  secret: string;
  /** Its own: what it is told stands there, for its owner's eyes only. */
  folder: string;
  log: Log;
  /** It listens. */
  onReady?(): void;
  program?: string;
}

/** How long one that is told to end may take. */
const FORMER_MS = 5000;
/** Lines of it that are kept for the failure's message. */
const LAST_LINES = 3;

/**
 * Runs until aborted; whoever supervises it starts it again.
 *
 * @throws {UnavailableError} it is not installed, or ended by itself
 */
export function runRelay(options: RelayOptions): Service {
  const { settings, secret, folder, log, onReady, program = "turnserver" } = options;
  return async (signal) => {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, "turnserver.conf");
    await endFormer(folder, path);
    await writePrivate(path, relayConfig(settings, secret, folder));
    const said: string[] = [];
    try {
      for await (const line of follow(program, ["-c", path], { signal })) {
        const text = line.replace(/^[\d\s:]+/, "").trim();
        if (/Relay ports initialization done/i.test(text)) onReady?.();
        if (/\b(error|cannot|fail)/i.test(text)) {
          said.push(text);
          said.splice(0, said.length - LAST_LINES);
        }
        log.debug("The relay says", { line: text });
        // It would try again for a minute; a port to lend that is taken is another matter.
        if (/Cannot bind .*listener/i.test(text)) {
          throw explain(undefined, program, said);
        }
      }
    } catch (error) {
      throw explain(error, program, said);
    }
    if (!signal.aborted) throw explain(undefined, program, said);
  };
}

function explain(error: unknown, program: string, said: string[]): Error {
  if (error !== undefined && !(error instanceof CommandError)) return error as Error;
  const { host, port } = { host: "TURN_RELAY_HOST", port: "TURN_RELAY_PORT" };
  const state = error?.details.missing
    ? `"${program}" is not installed. Install the package coturn, or set TURN_RELAY to off`
    : `it has ended${said.length > 0 ? `: ${said.join("; ")}` : ""}. Look at ${host} and ${port}`;
  return new UnavailableError(`Cannot run the relay: ${state}`, {}, { cause: error });
}

/** One that outlived us, because we were killed, has our port: it is known by what it was told. */
async function endFormer(folder: string, path: string): Promise<void> {
  const pid = Number(await Deno.readTextFile(join(folder, "turnserver.pid")).catch(() => ""));
  if (!Number.isInteger(pid) || pid < 2) return;
  const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  if (!command.split("\0").includes(path)) return;
  try {
    Deno.kill(pid, "SIGTERM");
  } catch {
    return; // gone meanwhile
  }
  const limit = AbortSignal.timeout(FORMER_MS);
  while (!limit.aborted && existsSync(`/proc/${pid}`)) await pause(50, limit);
}

/** Whole, and never readable by others, whatever was there before. */
async function writePrivate(path: string, text: string): Promise<void> {
  await Deno.remove(`${path}.new`).catch(() => {});
  await Deno.writeTextFile(`${path}.new`, text, { mode: 0o600, createNew: true });
  await Deno.rename(`${path}.new`, path);
}
