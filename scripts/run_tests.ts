/**
 * One `deno test`, and what it counted.
 *
 * @module
 */

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** The names of those that were skipped. */
  ignored: string[];
  /** The file of each test that failed. */
  failures: string[];
}

export interface RunTestsOptions {
  /** Files and folders that are left out. */
  without?: string[];
  env?: Record<string, string>;
  /** Shows what it prints; at once, unless said. */
  print?: (text: string) => Promise<unknown> | void;
}

/** The longest test takes two minutes; one that hangs must not hang them all. */
const SILENT_MS = 300_000;

/** Runs the tests of these files and folders. Types are checked before, once for all. */
export async function runTests(
  paths: string[],
  { without = [], env = {}, print = printNow }: RunTestsOptions = {},
): Promise<Counts> {
  const ignore = without.length > 0 ? [`--ignore=${without.join(",")}`] : [];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--allow-all", ...ignore, ...paths],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let output = "";
  const hangs = () => {
    output += `\nNothing for ${SILENT_MS / 60_000} minutes: ended\n`;
    child.kill("SIGKILL");
  };
  let silence = setTimeout(hangs, SILENT_MS);
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    clearTimeout(silence);
    silence = setTimeout(hangs, SILENT_MS);
    output += text;
    await print(text);
  }
  clearTimeout(silence);
  const { code } = await child.status;
  return countsOf(output, code);
}

function countsOf(output: string, code: number): Counts {
  const line = /\| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/.exec(
    output.slice(-2000),
  );
  const [passed = 0, failed = 0, skipped = 0] = (line ?? []).slice(1).map((it) => Number(it ?? 0));
  // A crash before the last line is a failure, whatever was counted.
  const isBroken = line === null || code !== 0 && failed === 0;
  const ignored = [...output.matchAll(/^(.+) \.\.\. ignored/gm)].map(([, name]) => name!);
  return {
    passed,
    failed: failed + Number(isBroken),
    skipped,
    ignored,
    failures: failuresOf(output),
  };
}

/**
 * The file of each test that failed, or was cancelled because its file had an error that nobody
 * caught, which counts as a failure itself. Steps of a test are indented, and count with it.
 */
export function failuresOf(output: string): string[] {
  const failures: string[] = [];
  let file = "";
  for (const line of output.split("\n")) {
    const [, begun] = /^running \d+ tests? from \.\/(\S+)/.exec(line) ?? [];
    const [, broken] = /^Uncaught error from \.\/(\S+) FAILED/.exec(line) ?? [];
    if (begun) file = begun;
    if (broken) failures.push(broken);
    else if (/^\S.* \.\.\. (FAILED|cancelled) \(/.test(line)) failures.push(file);
  }
  return failures;
}

const printNow = (text: string) => Deno.stdout.write(new TextEncoder().encode(text));
