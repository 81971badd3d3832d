/**
 * `deno task compile`: one executable, dist/giggityflix, with everything in it.
 *
 * `deno compile` appends the program to `denort`, which it fetches by itself. Where it cannot, the
 * file that DENORT_BIN names is taken, or the packed one in ../shared/denort.
 *
 * @module
 */
import { findProgram, isFile, runProgram, say } from "./run.ts";

const PACKED = `../shared/denort/denort-${Deno.version.deno}-${Deno.build.target}.xz`;

export const EXECUTABLE = Deno.build.os === "windows" ? "dist/giggityflix.exe" : "dist/giggityflix";

/** Makes the executable. @throws {Error} it cannot be made here; the message says why */
export async function compile(): Promise<void> {
  await runProgram(Deno.execPath(), ["task", "--quiet", "page"]);
  await Deno.remove(EXECUTABLE).catch(() => {}); // an old one must not pass for the new one
  const denort = Deno.env.get("DENORT_BIN") ?? await unpackDenort();
  await runProgram(Deno.execPath(), [
    "compile",
    "--quiet",
    "--allow-all",
    "--no-check",
    "--exclude-unused-npm",
    "--include",
    "src/app/cli.ts",
    "--include",
    "src/media/worker.ts",
    "--include",
    "samples",
    "--output",
    EXECUTABLE,
    "main.ts",
  ], { env: denort ? { DENORT_BIN: denort } : {}, quiet: true });
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
