/**
 * `deno task compile`: one executable, dist/giggityflix, with everything in it.
 *
 * `deno compile` appends the program to `denort`, which it fetches by itself. Where it cannot, the
 * file that DENORT_BIN names is taken, or the packed one in ../shared/denort.
 *
 * @module
 */
import { resolve } from "node:path";
import { findProgram, isFile, runProgram, say } from "./run.ts";

const PACKED = `../shared/denort/denort-${Deno.version.deno}-${Deno.build.target}.xz`;

export const EXECUTABLE = Deno.build.os === "windows" ? "dist/giggityflix.exe" : "dist/giggityflix";

/**
 * The program as a few scripts without packages around them: a third of the size, and nothing to
 * look up at the start. What is imported late stays a script of its own.
 */
const PROGRAM = "dist/program";

/**
 * V8 would let 64 MB of each thread's heap fill with what is no longer used, and the rest of it grow
 * to several times what is: with little memory more it is as quick. Only before its start can it
 * be told so.
 */
export const V8_FLAGS = "--max-semi-space-size=4,--heap-growing-percent=50";

/** Makes the executable. @throws {Error} it cannot be made here; the message says why */
export async function compile(): Promise<void> {
  const deno = Deno.execPath();
  await runProgram(deno, ["task", "--quiet", "page"]);
  // Old ones must not pass for the new ones.
  for (const path of [EXECUTABLE, PROGRAM]) {
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
  await bundleProgram(PROGRAM);
  const denort = Deno.env.get("DENORT_BIN") ?? await unpackDenort();
  await runProgram(deno, [
    "compile",
    "--quiet",
    "--allow-all",
    "--no-check",
    "--exclude-unused-npm",
    `--v8-flags=${V8_FLAGS}`,
    "--unstable-no-legacy-abort", // or Deno explains its old ways to whoever watches the log
    "--include",
    PROGRAM,
    "--include",
    "samples",
    "--output",
    EXECUTABLE,
    "main.ts",
  ], { env: denort ? { DENORT_BIN: denort } : {}, quiet: true });
}

/** Makes the executable where that can be done. @returns its path; undefined, aloud, where it cannot */
export async function tryCompile(without: string): Promise<string | undefined> {
  try {
    await compile();
    return resolve(EXECUTABLE);
  } catch (error) {
    const [reason] = String((error as Error).message).split("\n").slice(-2);
    say(`The executable was NOT built, ${without}: ${reason}`);
  }
}

/** Where the program begins, and each of its workers. */
const SCRIPTS = [
  "src/app/cli.ts",
  "src/media/worker.ts",
  "src/media/scan/walk/walker.ts",
  "src/media/watch/watch_worker.ts",
  "src/db/readers_worker.ts",
  "src/db/backup_worker.ts",
  "src/db/beside/checkpoint_worker.ts",
  "src/db/beside/writer_worker.ts",
];

/** Writes the program into `folder` as a few scripts: cli.js, the workers, and what they share. */
export async function bundleProgram(folder: string): Promise<void> {
  const bundle = ["bundle", "--quiet", "--platform", "deno", "--code-splitting"];
  // One by one, so that all scripts lie side by side: their paths to each other depend on it.
  for (const entry of SCRIPTS) {
    await runProgram(Deno.execPath(), [...bundle, "--outdir", folder, entry], { quiet: true });
  }
}

async function unpackDenort(): Promise<string | undefined> {
  if (!isFile(PACKED) || !findProgram("xz")) return undefined;
  const path = `dist/denort-${Deno.version.deno}`;
  if (isFile(path)) return path;
  const { stdout, success } = await new Deno.Command("xz", { args: ["-dc", PACKED] }).output();
  if (!success) return undefined;
  await Deno.writeFile(`${path}.new`, stdout, { mode: 0o755 });
  await Deno.rename(`${path}.new`, path);
  return path;
}

if (import.meta.main) {
  await compile();
  const { size } = await Deno.stat(EXECUTABLE);
  say(`${EXECUTABLE}: ${(size / 1e6).toFixed(1)} MB`);
}
