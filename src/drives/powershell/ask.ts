/**
 * Runs a script in the PowerShell that there is, and returns what it printed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { CommandError, type Run } from "../../base/command.ts";
import type { CollectOptions } from "../strategy.ts";
import document from "./document.ps1" with { type: "text" };

/** Loading the Storage module takes seconds where a virus scanner looks on. */
const LIMIT_MS = 14_000;

/** Windows' own first: version 7 is there only where somebody has installed it. */
const programs = ["powershell.exe", "pwsh"];

/**
 * What the script answers, after what both scripts begin with.
 *
 * @throws {CommandError} there is no PowerShell, or it did not get to the end
 */
export async function askPowerShell(
  script: string,
  { run, signal }: CollectOptions,
): Promise<string> {
  const args = ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"];
  args.push("-EncodedCommand", encodeCommand(`${document}\n${script}`));
  return await firstOf(programs, run, args, signal);
}

async function firstOf(
  [program, ...others]: string[],
  run: Run,
  args: string[],
  signal: AbortSignal,
): Promise<string> {
  try {
    return await run(program!, args, { signal, timeoutMs: LIMIT_MS });
  } catch (error) {
    const isMissing = error instanceof CommandError && error.details.missing === true;
    if (others.length === 0 || !isMissing) throw error;
    return await firstOf(others, run, args, signal);
  }
}

/**
 * Base64 of UTF-16LE, as -EncodedCommand wants it: no shell and no code page has a hand in it. A
 * command line holds 32,767 characters, so comments and indentation stay here.
 */
export function encodeCommand(script: string): string {
  const lines = script.split(/\r?\n/).map((line) => line.trim());
  const bare = lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
  return Buffer.from(bare, "utf16le").toString("base64");
}
