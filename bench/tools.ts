/**
 * The programs we measure ourselves against: found, or installed where that is possible, or missed
 * aloud.
 *
 * @module
 */
import { findProgram, runProgram, say } from "../scripts/run.ts";

/** Program → the Debian package that has it, and what is not measured without it. */
const wanted = {
  ffmpeg: { debian: "ffmpeg", without: "scans and hashes, for want of media files" },
  ffprobe: { debian: "ffmpeg", without: "the scan beside one ffprobe for each file" },
  minidlnad: { debian: "minidlna", without: "the scan beside minidlna's" },
  hashdeep: { debian: "hashdeep", without: "the hashes beside hashdeep's" },
};

export type Tools = Record<keyof typeof wanted, string | undefined>;

/** Where each program is; undefined where it cannot be had. */
export async function prepare(): Promise<Tools> {
  const missing = names.filter((name) => !findProgram(name));
  if (missing.length > 0 && findProgram("apt-get") && Deno.uid() === 0) {
    const packages = missing.map((name) => wanted[name].debian);
    say(`Installing for the benchmark: ${packages.join(" ")}`);
    const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, quiet: true };
    await runProgram("apt-get", ["update", "-qq"], options)
      .then(() =>
        runProgram("apt-get", ["install", "-y", "--no-install-recommends", ...packages], options)
      )
      .catch((error) => say(String(error.message).split("\n")[0]!));
  }
  const found = Object.fromEntries(names.map((name) => [name, findProgram(name)])) as Tools;
  for (const name of names) {
    const { debian, without } = wanted[name];
    if (!found[name]) say(`Without ${name} (Debian: ${debian}) NOT measured: ${without}`);
  }
  return found;
}

const names = Object.keys(wanted) as (keyof typeof wanted)[];

/** Whether Debian's python3-grpcio is there, or can be had. */
export async function findGrpcio(): Promise<boolean> {
  const [python, debian] = ["/usr/bin/python3", "python3-grpcio"];
  const isThere = () =>
    runProgram(python, ["-c", "import grpc"], { quiet: true }).then(() => true, () => false);
  if (await isThere()) return true;
  if (findProgram("apt-get") && Deno.uid() === 0) {
    await runProgram("apt-get", ["install", "-y", debian], { quiet: true }).catch(() => {});
  }
  if (await isThere()) return true;
  say(`Without grpcio (Debian: ${debian}) NOT measured: an edge of the original's library`);
  return false;
}
