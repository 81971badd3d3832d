/**
 * `parted --machine … unit s print` of one or more disks: sizes of disks and partitions.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import { partitionName } from "../../../graph/names.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";

export const parted: Reader = {
  name: "parted --machine",
  platform: "linux",
  recognise: (text) => /^\s*BYT;\s*\n\/dev\/[^:]+:\d+s:/.test(text),
  read: (text) => ({ devices: sizesIn(text) }),
};

/** `/dev/sdb:33554432s:scsi:512:512:gpt:ATA VBOX HARDDISK:;`, then `1:2048s:4095s:2048s:ext4::;`. */
function sizesIn(text: string): Finding[] {
  const findings: Finding[] = [];
  let disk: { name: string; sectorBytes: number } | undefined;
  for (const line of text.split("\n")) {
    const [, path, sectors, bytes] = /^(\/dev\/[^:]+):(\d+)s:[^:]*:(\d+):\d+:/.exec(line) ?? [];
    const name = kernelName(path);
    if (name && bytes) {
      disk = { name, sectorBytes: Number(bytes) };
      const sizeBytes = Number(sectors) * disk.sectorBytes;
      const mentions = mentionOf(name);
      findings.push({ ...mentions[0], name, sizeBytes, mentioned: true });
    }
    const [, number, size] = /^(\d+):\d+s:\d+s:(\d+)s:/.exec(line) ?? [];
    if (!number || !disk || mentionOf(disk.name).length === 0) continue;
    findings.push({
      name: partitionName(disk.name, number),
      type: "part",
      parents: [disk.name],
      sizeBytes: Number(size) * disk.sectorBytes,
      mentioned: true,
    });
  }
  return findings;
}
