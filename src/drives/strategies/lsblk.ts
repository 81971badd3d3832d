/**
 * Linux: `lsblk` from util-linux, in JSON and bytes, and from the kernel what lsblk knows only
 * where there is udev.
 *
 * @module
 */
import { CommandError, type Run } from "../../base/command.ts";
import { UnavailableError } from "../../base/errors.ts";
import { collectIdentities, collectMountInfo, whenUdevIsDone } from "../read_sysfs.ts";
import { collectSignatures } from "../read_blkid.ts";
import { collectPools } from "../read_zpool.ts";
import { identities } from "../readers/linux/kernel/sysfs.ts";
import { pictureOf } from "../readers/mod.ts";
import { lsblkJson } from "../readers/linux/lsblk/json.ts";
import type { Reader, Recording } from "../readers/reader.ts";
import type { Strategy } from "../strategy.ts";

/** Known to every lsblk that speaks JSON. */
const basic = "NAME KNAME TYPE SIZE MAJ:MIN ROTA RM MODEL SERIAL FSTYPE UUID LABEL MOUNTPOINT";
const wanted = `${basic} PKNAME VENDOR WWN TRAN HCTL SUBSYSTEMS PARTUUID PARTLABEL RO MOUNTPOINTS`
  .split(" ");

export const lsblk: Strategy = {
  name: "lsblk",
  async collect({ run, signal }) {
    await whenUdevIsDone({ signal });
    const [answer, known, mounts] = await Promise.all([
      ask(run, signal),
      collectIdentities(),
      collectMountInfo(),
    ]);
    return [
      { tool: lsblkJson.name, text: answer },
      { tool: identities.name, text: JSON.stringify(known) },
      { tool: "mountinfo", text: mounts },
      ...await collectSignatures(mounts, { run, signal }),
      ...await collectPools([answer, mounts], { run, signal }),
    ];
  },
  parse(recordings) {
    const listed = devicesIn(lsblkJson, recordings);
    const disk = devicesIn(identities, recordings).find((name) => isDisk.test(name));
    if (listed.length > 0 || !disk) return pictureOf(recordings);
    throw new UnavailableError(`Cannot believe lsblk: it tells of nothing, and there is ${disk}`);
  },
};

/** Names of what is surely there, as the kernel lists it, whatever lsblk says. */
const isDisk = /^([shv]d|xvd|nvme|mmcblk)/;

function devicesIn({ name, read }: Reader, recordings: readonly Recording[]): string[] {
  const told = recordings.find(({ tool }) => tool === name);
  return told ? (read(told.text).devices ?? []).map((device) => device.name) : [];
}

async function ask(run: Run, signal: AbortSignal): Promise<string> {
  const list = (columns: string[]) =>
    run("lsblk", ["--json", "--bytes", "--output", columns.join(",")], { signal });
  const columns = columnsIn(await run("lsblk", ["--help"], { signal }));
  try {
    return await list(columns);
  } catch (error) {
    // An unknown column is an error to lsblk, whatever its help says.
    if (signal.aborted || !(error instanceof CommandError)) throw error;
    return await list(basic.split(" "));
  }
}

/** The columns to ask for, by what `lsblk --help` lists; the newest lists none and knows all. */
export function columnsIn(help: string): string[] {
  const known = new Set([...help.matchAll(/^\s+([A-Z][A-Z:-]+)\s/gm)].map(([, name]) => name));
  return known.has("NAME") ? wanted.filter((column) => known.has(column)) : wanted;
}
