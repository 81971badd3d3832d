/**
 * How long our program takes to say its version, beside a program that does nothing.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { EXECUTABLE } from "../scripts/compile.ts";
import { isFile, runProgram, say } from "../scripts/run.ts";
import { tellCost } from "./ratios.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const RUNS = 15;
const AT_MOST = 1.3;

/** Measures the sources, and the executable where it has been compiled. */
export async function benchStartUp(folder: string): Promise<void> {
  say(`\nStart-up, ${RUNS} times each`);
  const empty = `${folder}/empty.ts`;
  await Deno.writeTextFile(empty, "export {};\n");
  const deno = Deno.execPath();
  await compare(
    "main.ts --version, beside an empty program",
    [deno, "run", "-A", main, "--version"],
    [deno, "run", "-A", empty],
  );

  const executable = fileURLToPath(new URL(`../${EXECUTABLE}`, import.meta.url));
  if (!isFile(executable)) {
    return say(`  the executable: NOT measured, there is no ${EXECUTABLE} (deno task compile)`);
  }
  const emptyExecutable = `${folder}/empty`;
  try {
    await compileEmpty(empty, emptyExecutable);
  } catch {
    return say("  the executable: NOT measured, an empty one to compare with cannot be compiled");
  }
  await compare(
    "giggityflix --version, beside an empty executable",
    [executable, "--version"],
    [emptyExecutable],
  );
}

async function compileEmpty(source: string, output: string): Promise<void> {
  const unpacked = fileURLToPath(new URL(`../dist/denort-${Deno.version.deno}`, import.meta.url));
  const env: Record<string, string> = isFile(unpacked) ? { DENORT_BIN: unpacked } : {};
  const args = ["compile", "--quiet", "--allow-all", "--no-check", "--output", output, source];
  await runProgram(Deno.execPath(), args, { env, quiet: true });
}

async function compare(name: string, our: string[], their: string[]): Promise<void> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  await runOnce(our); // the first run of each fills caches
  await runOnce(their);
  for (let run = 0; run < RUNS; run++) {
    ours.push(await runOnce(our));
    theirs.push(await runOnce(their));
  }
  tellCost(name, { ours, theirs, atMost: AT_MOST });
}

async function runOnce([program, ...args]: string[]): Promise<number> {
  const started = performance.now();
  const { success } = await new Deno.Command(program!, { args, stdout: "null" }).spawn().status;
  if (!success) throw new Error(`Cannot measure "${program}": it failed`);
  return performance.now() - started;
}
