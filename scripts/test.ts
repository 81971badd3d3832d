/**
 * `deno task test`: gets what the tests need, runs them all, and ends with one line that counts.
 * Arguments go to `deno test`: `deno task test tests/media`.
 *
 * @module
 */
import { needed, whyNever } from "../tests/rigs/vm/build.ts";
import { compile } from "./compile.ts";
import { findProgram, runProgram, say } from "./run.ts";

/** Program → the Debian package that has it, and what is not tested without it. */
const wanted = [
  { program: "chromium", debian: "chromium", without: "everything in a real browser" },
  { program: "ffmpeg", debian: "ffmpeg", without: "ffprobe, and media made for the tests" },
  { program: "lsblk", debian: "util-linux", without: "drive detection by lsblk" },
  { program: "xz", debian: "xz-utils", without: "the packed denort" },
  { program: "filefrag", debian: "e2fsprogs", without: "the order of files on a real disk" },
  { program: "bindfs", debian: "bindfs", without: "mounts that hang" },
  { program: "mergerfs", debian: "mergerfs", without: "several folders mounted as one" },
  { program: "mkfs.btrfs", debian: "btrfs-progs", without: "subvolumes of a real file system" },
];

const isWhole = Deno.args.length === 0;
const withVm = isWhole || Deno.args.some((path) => path.startsWith("tests/vm"));
if (withVm) wantVm();
await prepare();
await runProgram(Deno.execPath(), ["task", "--quiet", "page"]);
// Here once, and not by each test file and each worker that the tests open.
await runProgram(Deno.execPath(), ["check", "--quiet"]);
if (isWhole) {
  await compile().catch((error) => {
    const [reason] = String(error.message).split("\n").slice(-2);
    say(`The executable was NOT built, and its tests are ignored: ${reason}`);
  });
}

const tests = isWhole ? ["tests"] : Deno.args;
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "--no-check", "--allow-all", ...tests],
  env: { NO_COLOR: "1" },
  stdout: "piped",
}).spawn();
let output = "";
for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
  output += text;
  await Deno.stdout.write(new TextEncoder().encode(text));
}
const { code } = await child.status;

const ignored = [...output.matchAll(/^(.+) \.\.\. ignored/gm)].map(([, name]) => name);
if (ignored.length > 0) say(`Ignored here:\n${ignored.map((it) => `  ${it}`).join("\n")}`);
const counts = /\| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/.exec(
  output.slice(output.lastIndexOf("\n") < 0 ? 0 : -2000),
);
const [passed, failed, skipped] = (counts ?? []).slice(1).map((it) => Number(it ?? 0));
// A crash before the last line is a failure, whatever was counted.
const broken = counts === null || code !== 0 && failed === 0;
say(
  `${passed ?? 0} passed, ${(failed ?? 0) + Number(broken)} failed, ${skipped ?? 0} skipped`,
);
Deno.exit(code || Number(broken));

/** The machine with disks of its own is tested where it can be. */
function wantVm(): void {
  const never = whyNever();
  if (never) return say(`There is no virtual machine here, and its tests are ignored: ${never}`);
  for (const [program, debian] of Object.entries(needed)) {
    wanted.push({ program, debian, without: "real disks in a virtual machine" });
  }
}

async function prepare(): Promise<void> {
  const missing = wanted.filter(({ program }) => !findProgram(program));
  if (missing.length === 0) return;
  if (findProgram("apt-get") && Deno.uid() === 0) {
    const packages = missing.map(({ debian }) => debian);
    say(`Installing for the tests: ${packages.join(" ")}`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "--no-install-recommends", ...packages];
    await runProgram("apt-get", ["update", "-qq"], { env, quiet: true })
      .then(() => runProgram("apt-get", install, { env, quiet: true }))
      .catch((error) => say(String(error.message).split("\n")[0]!));
  }
  for (const { program, debian, without } of missing) {
    if (findProgram(program)) continue;
    say(`Without ${program} (Debian: ${debian}) these tests are ignored: ${without}`);
  }
}
