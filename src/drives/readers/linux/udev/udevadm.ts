/**
 * `udevadm info --export-db`, `udevadm info NAME` and its `--query=property`, with or without
 * `--export`, and the files of /run/udev/data.
 *
 * @module
 */
import type { Reader } from "../../reader.ts";
import { findingsOf, type Properties } from "./properties.ts";
import { soleVolumeGroup } from "./volume_group.ts";

export const udevadm: Reader = {
  name: "udevadm info",
  platform: "linux",
  recognise(text) {
    const begin = text.trimStart();
    if (/^P: ?\/devices\//.test(begin)) return true;
    const head = begin.slice(0, 20_000);
    if (/^[NSLWIEVMG]: ?\S/.test(begin)) return /^E: ?[A-Z][A-Z0-9_]*=/m.test(head);
    return /^[A-Z][A-Z0-9_]*=/.test(begin) && /^SUBSYSTEM='?block'?$/m.test(head) &&
      /^DEV(NAME|PATH)=/m.test(head);
  },
  read(text) {
    const records = recordsIn(text);
    return { devices: soleVolumeGroup(findingsOf(records), records) };
  },
};

/** The records of block devices in the text. */
export function recordsIn(text: string): Properties[] {
  return split(text).map(propertiesIn).filter(isBlock);
}

/** An empty line, or the next "P:", begins another record. */
function split(text: string): string[] {
  return text.split(/\n[ \t]*\n|\n(?=P: ?\/devices\/)/).filter((part) => part.trim());
}

function propertiesIn(part: string): Properties {
  const properties: Properties = {};
  const links: string[] = [];
  for (const line of part.split("\n")) {
    const [, mark, value = ""] = /^([A-Z]): ?(.*)$/.exec(line) ?? [];
    const pair = /^([A-Za-z_]\w*)=(.*)$/.exec(mark === "E" ? value : mark ? "" : line.trim());
    if (pair) properties[pair[1]!] = pair[2]!.trim().replace(/^'(.*)'$/, "$1");
    else if (mark === "P") properties.DEVPATH ??= value.trim();
    else if (mark === "N") properties.DEVNAME ??= `/dev/${value.trim()}`;
    else if (mark === "S") links.push(`/dev/${value.trim()}`);
  }
  if (links.length > 0) properties.DEVLINKS ??= links.join(" ");
  return properties;
}

/** A file of /run/udev/data says neither subsystem nor path; a drive's has a bus or a content. */
function isBlock(properties: Properties): boolean {
  const { SUBSYSTEM, DEVPATH = "", DEVNAME = "" } = properties;
  if (SUBSYSTEM === undefined && !DEVPATH && /^\/dev\/[^/]+$/.test(DEVNAME)) {
    properties.SUBSYSTEM = "block";
    properties.DEVTYPE ??= properties.ID_PART_ENTRY_NUMBER ? "partition" : "disk";
    return properties.ID_TYPE !== undefined || properties.ID_FS_TYPE !== undefined;
  }
  return SUBSYSTEM === "block" || (SUBSYSTEM === undefined && /\/block\//.test(DEVPATH));
}
