/**
 * `deno task test`: gets what the tests need, runs them all, and ends with one line that counts.
 * Arguments go to `deno test`: `deno task test tests/media`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { needed, whyNever } from "../tests/rigs/vm/build.ts";
import { tryCompile } from "./compile.ts";
import { findProgram, runProgram, say } from "./run.ts";
import { type Counts, runTests } from "./run_tests.ts";

interface Wanted {
  program: string;
  /** Debian's package; where it has none, one of pip's, which is not installed by itself. */
  debian?: string;
  pip?: string;
  without: string;
  /** What it is seen by, where it is no program. */
  file?: string;
}

/** Program → the Debian package that has it, and what is not tested without it. */
const wanted: Wanted[] = [
  { program: "chromium", debian: "chromium", without: "everything in a real browser" },
  { program: "ffmpeg", debian: "ffmpeg", without: "ffprobe, and media made for the tests" },
  { program: "lsblk", debian: "util-linux", without: "drive detection by lsblk" },
  { program: "xz", debian: "xz-utils", without: "the packed denort" },
  { program: "filefrag", debian: "e2fsprogs", without: "the order of files on a real disk" },
  { program: "bindfs", debian: "bindfs", without: "mounts that hang" },
  { program: "mergerfs", debian: "mergerfs", without: "several folders mounted as one" },
  { program: "mkfs.btrfs", debian: "btrfs-progs", without: "subvolumes of a real file system" },
  { program: "turnserver", debian: "coturn", without: "an edge's relay" },
  { program: "pg_createcluster", debian: "postgresql", without: "an edge on PostgreSQL" },
  { program: "nats-server", debian: "nats-server", without: "several edges with one bus" },
  {
    program: "grpcio",
    file: "/usr/lib/python3/dist-packages/grpc/__init__.py",
    debian: "python3-grpcio",
    without: "peers and edges of another language and library",
  },
  { program: "moto_server", pip: "moto[server]", without: "screenshots in S3" },
];

/**
 * One of three lists that run side by side; the others are the machine with disks, and the rest. The
 * lists take equally long.
 */
const OTHERS = ["drives", "e2e", "edge", "http", "people", "stream", "web"]
  .map((it) => `tests/${it}`);
/** For two lists of tests, and two emulated processors. */
const isLarge = navigator.hardwareConcurrency >= 4;
/** More than so many is no matter of load. */
const MOST_AGAIN = 6;

const isWhole = Deno.args.length === 0;
const withVm = isWhole && isLarge || Deno.args.some((path) => path.startsWith("tests/vm"));
if (withVm) wantVm();
await prepare();
await runProgram(Deno.execPath(), ["task", "--quiet", "page"]);
const machine = isWhole ? beside(["tests/vm"], isLarge ? {} : { VM_TESTS: "off" }) : undefined;
// Types are checked here once, and not by each test file and each worker that the tests open.
const checking = runProgram(Deno.execPath(), ["check", "--quiet"]);
// What is shipped is what most tests start: it takes half the time to begin.
const executable = isWhole ? await tryCompile("and its tests are ignored") : undefined;
const env = executable ? { TEST_PROGRAM: executable } : {};
await checking;
const counts: Counts[] = [];
if (isWhole) {
  const others = beside(OTHERS, env);
  counts.push(await runTests(["tests"], { without: ["tests/vm", ...OTHERS], env }));
  counts.push(await others.tell(), await machine!.tell());
  counts.push(...await onceMore(counts));
} else counts.push(await runTests(Deno.args));

const sum = (of: (it: Counts) => number) => counts.reduce((total, it) => total + of(it), 0);
const ignored = counts.flatMap((it) => it.ignored);
if (ignored.length > 0) say(`Ignored here:\n${ignored.map((it) => `  ${it}`).join("\n")}`);
const failed = sum((it) => it.failed);
say(`${sum((it) => it.passed)} passed, ${failed} failed, ${sum((it) => it.skipped)} skipped`);
Deno.exit(failed > 0 ? 1 : 0);

/** Tests that run beside the others, for they often wait; what they print is told after. */
function beside(paths: string[], env = {}): { tell(): Promise<Counts> } {
  let said = "";
  const counting = runTests(paths, { env, print: (text) => void (said += text) });
  return {
    async tell() {
      const counts = await counting;
      say(said);
      return counts;
    },
  };
}

/**
 * Three lists of tests at once are a load, and some tests ask how long something takes. What failed
 * is judged by itself; said aloud, for what fails only now and then is wrong, too.
 */
async function onceMore(counts: Counts[]): Promise<Counts[]> {
  const failures = counts.flatMap((it) => it.failures);
  const files = [...new Set(failures)];
  if (files.length > MOST_AGAIN) return [];
  const mended: Counts[] = [];
  for (const file of files) {
    say(`${file} has failed beside other tests; once more, alone:`);
    if ((await runTests([file], { env })).failed > 0) continue;
    const tests = failures.filter((it) => it === file).length;
    mended.push({ passed: tests, failed: -tests, skipped: 0, ignored: [], failures: [] });
  }
  return mended;
}

/** The machine with disks of its own is tested where it can be. */
function wantVm(): void {
  const never = whyNever();
  if (never) return say(`There is no virtual machine here, and its tests are ignored: ${never}`);
  for (const [program, debian] of Object.entries(needed)) {
    wanted.push({ program, debian, without: "real disks in a virtual machine" });
  }
}

async function prepare(): Promise<void> {
  const missing = wanted.filter((it) => !isThere(it));
  if (missing.length === 0) return;
  const packages = missing.flatMap(({ debian }) => debian ?? []);
  if (packages.length > 0 && findProgram("apt-get") && Deno.uid() === 0) {
    say(`Installing for the tests: ${packages.join(" ")}`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "--no-install-recommends", ...packages];
    await runProgram("apt-get", ["update", "-qq"], { env, quiet: true })
      .then(() => runProgram("apt-get", install, { env, quiet: true }))
      .catch((error) => say(String(error.message).split("\n")[0]!));
  }
  for (const it of missing) {
    if (isThere(it)) continue;
    const { program, debian, pip, without } = it;
    const from = debian ? `Debian: ${debian}` : `pip install "${pip}"`;
    say(`Without ${program} (${from}) these tests are ignored: ${without}`);
  }
}

function isThere({ program, file }: Wanted): boolean {
  return file ? existsSync(file) : findProgram(program) !== undefined;
}
