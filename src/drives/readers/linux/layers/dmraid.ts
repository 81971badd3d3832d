/**
 * `dmraid --sets=active -ccc`: the sets of RAID that a board's firmware made, and their disks.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";

export const dmraid: Reader = {
  name: "dmraid --sets",
  platform: "linux",
  recognise: (text) => member.test(text) && set.test(text.trimStart()),
  read: (text) => ({ devices: setsIn(text) }),
};

/** `isw_dfibe_Films:16777216:128:mirror:ok:0:2:0`: sectors, stride, level, state … */
const set = /^([^\s:/]+):(\d+):\d+:\w+:\w+:\d+:\d+:\d+\s*$/m;
/** `/dev/sdb:isw:isw_dfibe_Films:mirror:ok:16777216:0` */
const member = /^(\/dev\/[^:]+):\w+:([^\s:]+):\w+:\w+:\d+:\d+\s*$/m;

const SECTOR_BYTES = 512;

function setsIn(text: string): Finding[] {
  const sets = new Map<string, Finding & { parents: string[] }>();
  const disks: Finding[] = [];
  for (const line of text.split("\n")) {
    const [, name, sectors] = set.exec(line.trim()) ?? [];
    if (name) {
      const sizeBytes = Number(sectors) * SECTOR_BYTES;
      sets.set(name, { name, mapperName: name, type: "dmraid", parents: [], sizeBytes });
    }
    const [, path, of = ""] = member.exec(line.trim()) ?? [];
    const disk = kernelName(path);
    if (!disk) continue;
    sets.get(of)?.parents.push(disk);
    disks.push(...mentionOf(disk));
  }
  return [...sets.values(), ...disks];
}
