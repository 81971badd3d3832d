/**
 * A folder of which chosen calls fail, as those of a full or a dying disk do: a FUSE program in C,
 * compiled on the spot. It needs root, /dev/fuse and a C compiler.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { within } from "../../helpers/wait.ts";

/** Calls that can fail. */
export type Call =
  | "read"
  | "write"
  | "fsync"
  | "fsyncdir"
  | "link"
  | "unlink"
  | "rename"
  | "create"
  | "open"
  | "mkdir";

export const ERRNO = {
  EPERM: 1,
  EIO: 5,
  EROFS: 30,
  ENOSPC: 28,
  /** A bit is changed. */ CORRUPT: 999,
};

export interface Rule {
  call: Call;
  code: keyof typeof ERRNO;
  /** Each so-manieth fails. */
  every: number;
}

/** Why there can be no such folder here; undefined where there can. */
export async function whyNot(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "FUSE's protocol is Linux'";
  if (Deno.uid() !== 0) return "only root mounts";
  for (const path of ["/dev/fuse", "/usr/include/linux/fuse.h"]) {
    if (!await Deno.stat(path).then(() => true, () => false)) return `there is no ${path}`;
  }
  const gcc = await new Deno.Command("gcc", { args: ["--version"], stdout: "null" }).output()
    .catch(() => undefined);
  if (!gcc?.success) return "there is no gcc";
}

export interface Faults extends AsyncDisposable {
  /** Where calls fail. */
  path: string;
  /** The same folder without faults. */
  backing: string;
  /** From now on these fail, and no others. */
  set(rules: readonly Rule[]): Promise<void>;
}

/** @param folder Of the test: what it needs is made in there. */
export async function mountFaults(folder: string): Promise<Faults> {
  const program = join(folder, "faults");
  const source = fileURLToPath(new URL("./faults.c", import.meta.url));
  await run("gcc", ["-O1", "-Wall", "-Werror", "-o", program, source]);
  const [path, backing, rules] = ["mounted", "backing", "rules"].map((it) => join(folder, it));
  await Deno.mkdir(path!);
  await Deno.mkdir(backing!);
  await Deno.writeTextFile(rules!, "");
  const child = new Deno.Command(program, {
    args: [backing!, path!, rules!],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await within("the mount", reader.read());
  await reader.cancel();
  if (!value) throw new Error("The FUSE program has ended");
  return {
    path: path!,
    backing: backing!,
    set: (all) =>
      Deno.writeTextFile(
        rules!,
        all.map(({ call, code, every }) => `${call} ${ERRNO[code]} ${every}\n`).join(""),
      ),
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", path!]);
      await within("the end of the FUSE program", child.status);
    },
  };
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stderr: "piped" }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}
