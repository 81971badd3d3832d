/**
 * A machine as libstorage-ng captures it (`<Mockup>`): what each tool printed, and the files of
 * /proc and /sys that it read. Its parts go through the readers of those tools.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import type { Findings } from "../../../graph/gather.ts";
import { type Reader, unreadable } from "../../reader.ts";
import { blkid } from "../layers/blkid.ts";
import { btrfs } from "../layers/btrfs.ts";
import { dmsetupInfo, dmsetupTable } from "../layers/device_mapper.ts";
import { dmraid } from "../layers/dmraid.ts";
import { lvmReport } from "../layers/lvm.ts";
import { mdstat } from "../layers/mdstat.ts";
import { multipath } from "../layers/multipath.ts";
import { nvmeList } from "../layers/nvme.ts";
import { parted } from "../layers/parted.ts";
import { procMounts } from "../kernel/mounts.ts";
import { findingsOf } from "../udev/properties.ts";
import { recordsIn } from "../udev/udevadm.ts";
import { lsscsi } from "./lsscsi.ts";
import { blocksIn } from "./mockup_sys.ts";

export const mockup: Reader = {
  name: "libstorage-ng mockup",
  platform: "linux",
  recognise: (text) => /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<Mockup>/.test(text),
  read(text) {
    const machine = partsOf(text);
    if (machine.size === 0) throw unreadable("libstorage-ng mockup", text, "it is empty");
    // Where a tool lies differs from one distribution to another.
    const printed = (begin: string) =>
      [...machine].flatMap(([name, lines]) => {
        const command = name.replace(/^(\/usr)?\/s?bin\//, "");
        return command.startsWith(begin) ? [lines.join("\n")] : [];
      });
    const udev = printed("udevadm info ").join("\n\n");
    const tables = through(dmsetupTable, printed("dmsetup table"));
    const mapped = new Set(tables.flatMap(({ devices = [] }) => devices.map(({ name }) => name)));
    const findings: Findings[] = [
      { devices: blocksIn(machine) },
      { devices: findingsOf(recordsIn(udev)) },
      ...through(lsscsi, printed("lsscsi --transport")),
      ...tables,
      ...through(dmsetupInfo, printed("dmsetup --columns")),
      ...through(lvmReport, [joined(printed("lvs "), printed("pvs "))])
        .map((one) => withoutParentsOf(one, mapped)),
      ...through(nvmeList, printed("nvme list ")),
      ...through(mdstat, printed("/proc/mdstat")),
      ...through(multipath, printed("multipath -d")),
      ...through(dmraid, printed("dmraid --sets")),
      ...through(blkid, [...printed("blkid --cache-file"), ...printed("blkid -c ")]),
      ...through(btrfs, printed("btrfs filesystem show")),
      ...through(parted, printed("parted --script --machine")),
      ...through(procMounts, printed("/proc/mounts")),
    ];
    return {
      devices: findings.flatMap(({ devices = [] }) => devices),
      mounts: findings.flatMap(({ mounts = [] }) => mounts),
    };
  },
};

/** What commands printed and files held, by command line or path. */
function partsOf(text: string): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const [, , body] of text.matchAll(/<(Command|File)>([\s\S]*?)<\/\1>/g)) {
    const name = /<name>([\s\S]*?)<\/name>/.exec(body!)?.[1];
    const lines = [...body!.matchAll(/<(stdout|content)>([\s\S]*?)<\/\1>/g)]
      .map(([, , line]) => decode(line!));
    if (name) parts.set(decode(name), lines);
  }
  return parts;
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : undefined;
    return code === undefined ? entities[name] ?? whole : String.fromCodePoint(code);
  });
}

/** A tool that was not there printed nothing, or why: that is none of its answers. */
function through(reader: Reader, texts: string[]): Findings[] {
  return texts.filter((text) => reader.recognise(text)).map((text) => reader.read(text));
}

/** The rows of `lvs` and `pvs` as one report, so that each knows the other's. */
function joined(volumes: string[], physical: string[]): string {
  const reports = [...volumes, ...physical].flatMap((text) => {
    try {
      return JSON.parse(text).report;
    } catch {
      return [];
    }
  });
  return JSON.stringify({ report: reports });
}

/**
 * What the kernel says of a volume is nearer to the disk than what LVM says; but it gives numbers,
 * and the capture does not say whose number each of them is.
 */
function withoutParentsOf({ devices = [] }: Findings, mapped: Set<string>): Findings {
  const behind = (finding: Finding): Finding => {
    const { parents = [], ...facts } = finding;
    const told = [...parents];
    if (!mapped.has(facts.name) || told.length === 0) return finding;
    return { ...facts, anyOf: told };
  };
  return {
    devices: devices.map((one) => mapped.has(one.name) ? behind(one) : one),
  };
}
