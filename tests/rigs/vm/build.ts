/**
 * The guest, built once and kept: in RIG_DIR, or in the system's temporary folder.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { findProgram, runProgram } from "../../../scripts/run.ts";

/** The packages of Debian that build and run the machine, by a program of each. */
export const needed = {
  "qemu-system-x86_64": "qemu-system-x86",
  "qemu-nbd": "qemu-utils",
  "mmdebstrap": "mmdebstrap",
};

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Why there cannot be a virtual machine here, even if the packages were installed. */
export function whyNever(): string | undefined {
  const { VM_TESTS: wanted } = Deno.env.toObject();
  if (wanted === "off") return "it emulates two processors, and has too few; deno task test:vm";
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return "it needs Linux on x86_64";
  if (Deno.uid() !== 0) return "it needs root";
  try {
    if (/^ID=debian$/m.test(Deno.readTextFileSync("/etc/os-release"))) return undefined;
  } catch {
    // it is not said
  }
  return "it needs Debian";
}

/** Why there is no virtual machine here; undefined where there can be one. */
export function whyNot(): string | undefined {
  const missing = Object.keys(needed).filter((program) => !findProgram(program));
  return whyNever() ?? (missing.length > 0 ? `it needs ${missing.join(", ")}` : undefined);
}

/** The folder with the guest's kernel, root and first stage; built if it is not there. */
export async function buildGuest(say: (line: string) => void): Promise<string> {
  const scripts = await Promise.all(
    ["build.sh", "first.sh", "second.sh"].map((name) => Deno.readFile(here(name))),
  );
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(scripts).arrayBuffer());
  const version = new Uint8Array(digest).toHex().slice(0, 12);
  const folder = `${Deno.env.get("RIG_DIR") ?? `${tmpdir()}/giggityflix-rig`}/guest-${version}`;
  if (await exists(folder)) return folder;

  say("Building the guest of the virtual machine, about a minute");
  const building = `${folder}.${Deno.pid}`;
  try {
    // It has no questions, and no more than some minutes.
    await runProgram("timeout", ["--kill-after=5", "300", here("build.sh"), building], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      quiet: true,
    });
    // Somebody else may have built the same meanwhile.
    await Deno.rename(building, folder).catch(async (error) => {
      if (!await exists(folder)) throw error;
    });
  } finally {
    await Deno.remove(building, { recursive: true }).catch(() => {});
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
