/**
 * How the scripts run programs: output goes straight through, a failure ends the script.
 *
 * @module
 */

export interface ProgramOptions {
  env?: Record<string, string>;
  /** Print nothing unless it fails. */
  quiet?: boolean;
}

/** Runs a program to its end. @throws {Error} it is missing or failed */
export async function runProgram(
  program: string,
  args: string[],
  { env = {}, quiet = false }: ProgramOptions = {},
): Promise<void> {
  const piped = quiet ? "piped" as const : "inherit" as const;
  const command = new Deno.Command(program, { args, env, stdout: piped, stderr: piped });
  const child = command.spawn();
  if (!quiet) {
    const { code } = await child.status;
    if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}`);
    return;
  }
  const { code, stdout, stderr } = await child.output();
  if (code === 0) return;
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`${program} ${args[0]} ended with ${code}:\n${said}`);
}

/** A line for whoever runs the script. */
export function say(line: string): void {
  // deno-lint-ignore no-console -- the one place
  console.log(line);
}

/** Where a program is, if it is on PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":");
  return [...folders, "/usr/sbin", "/usr/bin"].map((folder) => `${folder}/${name}`).find(isFile);
}

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
