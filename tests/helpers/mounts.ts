/** Real mounts for tests that run as root, gone with them; `canMount` tells whether there may be any. @module */
import { existsSync } from "node:fs";
import { tempDir } from "./temp.ts";

/** Whether this process may mount file systems: `ignore: !canMount`. */
export const canMount = Deno.build.os === "linux" && Deno.uid() === 0 && existsSync("/dev/fuse");

/** Whether a program can be found, for tests that need it: `ignore: !hasProgram("bindfs")`. */
export function hasProgram(name: string): boolean {
  return ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].some((folder) =>
    existsSync(`${folder}/${name}`)
  );
}

/** Runs a tool to its end, and throws what it complained of. */
export async function tool(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** Something mounted at `at`, unmounted when disposed, whatever else uses it. */
export function unmountLater(at: string): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      await new Deno.Command("umount", { args: ["-l", at], stderr: "null" }).output();
    },
  };
}

/** A file system of its own in memory, at a folder. @param size as "1m" */
export async function mountSmall(at: string, size: string) {
  await tool("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", at);
  return Object.assign(unmountLater(at), {
    resize: (size: string) => tool("mount", "-o", `remount,size=${size}`, at),
  });
}

/** Whether there may be such a one: `ignore: !await canMountSmall()`. */
export async function canMountSmall(): Promise<boolean> {
  await using dir = await tempDir();
  try {
    await using _mounted = await mountSmall(dir.path, "1m");
    return true;
  } catch {
    return false; // no root, or no Linux
  }
}

export interface HangingMount extends AsyncDisposable {
  at: string;
  /** From now on nothing on it answers: its program is stopped in the middle of its life. */
  hang(): void;
  /** It goes on as if nothing had been. */
  goOn(): void;
  /** Its program is gone, the mount stays. */
  kill(): Promise<void>;
}

/** A real mount of `source` that can be made to hang: bindfs in a process of its own. */
export async function mountHanging(source: string, at: string): Promise<HangingMount> {
  const child = new Deno.Command("bindfs", {
    // No cache: every look must reach the program.
    args: ["-f", "-o", "attr_timeout=0,entry_timeout=0,negative_timeout=0", source, at],
    stderr: "null",
    stdout: "null",
  }).spawn();
  const table = () => Deno.readTextFileSync("/proc/self/mountinfo");
  for (let wait = 0; !table().includes(` ${at} `); wait++) {
    if (wait > 500) throw new Error("bindfs mounted nothing");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    at,
    hang: () => child.kill("SIGSTOP"),
    goOn: () => child.kill("SIGCONT"),
    kill: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
    [Symbol.asyncDispose]: async () => {
      try {
        child.kill("SIGCONT");
      } catch {
        // it was killed
      }
      await new Deno.Command("umount", { args: ["-l", at], stderr: "null" }).output();
      await child.status;
    },
  };
}

/** An image with a file system of its own, mounted by a loop device: a "drive" to plug and pull. */
export async function makeImage(
  path: string,
  fileSystem: "ext4" | "btrfs",
  mb = 16,
): Promise<void> {
  await tool("truncate", "-s", `${fileSystem === "btrfs" ? Math.max(mb, 120) : mb}M`, path);
  await tool(`mkfs.${fileSystem}`, "-q", path);
}
