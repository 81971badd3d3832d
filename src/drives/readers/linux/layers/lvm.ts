/**
 * `lvs`, `pvs`, `vgs` and `lvm fullreport` as JSON: which physical volumes a logical one is on.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import { parseJson, type Reader, unreadable } from "../../reader.ts";
import { kernelName, record, records, sizeIn, type Values, word } from "../../values.ts";

export const lvmReport: Reader = {
  name: "lvm --reportformat json",
  platform: "linux",
  recognise: (text) =>
    /^\s*\{\s*"report"\s*:\s*\[\s*\{\s*"(lv|pv|vg|seg|pvseg|log)"\s*:/.test(text),
  read(text) {
    const { report } = record(parseJson("lvm", text));
    if (!Array.isArray(report)) throw unreadable("lvm", text, 'it has no list "report"');
    const parts = records(report);
    const rows = (key: string) => parts.flatMap((part) => records(part[key]));
    const groups = parts.flatMap(groupsIn);
    return { devices: volumesOf(rows("lv"), groups, rows("pvseg"), rows("pv")) };
  },
};

interface Group {
  name: string;
  physical: string[];
}

/** In a full report every volume group has a part of its own; else the rows name it. */
function groupsIn(part: Values): Group[] {
  const alone = records(part.vg).length === 1 ? word(records(part.vg)[0]!.vg_name) : undefined;
  const pairs = records(part.pv).flatMap((pv) => {
    const [name, physical] = [word(pv.vg_name) ?? alone, kernelName(word(pv.pv_name))];
    return name && physical ? [{ name, physical }] : [];
  });
  return [...Map.groupBy(pairs, ({ name }) => name)].map(([name, list]) => ({
    name,
    physical: list.map(({ physical }) => physical),
  }));
}

/** Device mapper's name of a logical volume: a dash in either half is doubled. */
export function mapperNameOf(group: string, volume: string): string {
  return [group, volume].map((name) => name.replaceAll("-", "--")).join("-");
}

/** Hidden volumes are listed in brackets. */
function bare(name: string): string {
  return name.replace(/^\[(.*)\]$/, "$1");
}

/** The logical volumes, and a mention of every physical one. */
export function volumesOf(
  rows: Values[],
  groups: Group[],
  segments: Values[] = [],
  physical: Values[] = [],
): Finding[] {
  const beneath = segmentsOf(segments, physical);
  const volumes = rows.flatMap((row) => {
    const [, groupOfPath, nameOfPath] = /^([^/]+)\/(.+)$/.exec(word(row.lv_full_name) ?? "") ?? [];
    const group = word(row.vg_name) ?? groupOfPath;
    const name = bare(word(row.lv_name) ?? nameOfPath ?? "");
    return group && name ? [{ row, group, name }] : [];
  });
  const mentions = groups.flatMap((group) =>
    group.physical.flatMap((pv) => [
      ...mentionOf(pv),
      { name: pv, fileSystem: "LVM2_member", mentioned: true, type: "dm" },
    ])
  );
  const found = volumes.map(({ row, group, name }) => {
    const siblings = volumes.filter((one) => one.group === group).map((one) => one.name);
    const told = linksIn(row, name, siblings);
    const real = (one: string) =>
      one.startsWith("/dev/") ? kernelName(one)! : mapperNameOf(group, one);
    return {
      name: mapperNameOf(group, name),
      mapperName: mapperNameOf(group, name),
      type: "lvm",
      links: [`${group}/${name}`],
      parents: [
        ...told.map(([beneath]) => real(beneath)),
        ...beneath.get(word(row.lv_uuid) ?? "") ?? [],
      ],
      roles: Object.fromEntries(told.flatMap(([one, role]) => role ? [[real(one), role]] : [])),
      anyOf: groups.filter((one) => one.name === group).flatMap((one) => one.physical),
      sizeBytes: sizeIn(row.lv_size),
    };
  });
  return [...found, ...mentions];
}

/** What a row says of the volumes that this one is made of. */
function linksIn(row: Values, name: string, siblings: string[]): [string, string | undefined][] {
  const links: [string, string | undefined][] = [];
  const add = (value: unknown, role?: string) => {
    for (const one of (word(value) ?? "").split(/[, ]/)) {
      const beneath = bare(one.replace(/\(\d+\)$/, ""));
      if (beneath && beneath !== name) links.push([beneath, role]);
    }
  };
  add(row.devices);
  add(row.metadata_devices, "metadata");
  add(row.pool_lv, /^(cache|writecache)$/.test(word(row.segtype) ?? "") ? "cache" : undefined);
  add(row.data_lv, isCachePool(row) ? "cache" : undefined);
  add(row.metadata_lv, isCachePool(row) ? "cache" : "metadata");
  // A thin snapshot stands on its pool: its origin is only where it comes from.
  if (word(row.segtype) !== "thin") add(row.origin);
  for (const sibling of siblings) {
    const part = sibling.startsWith(`${name}_`) ? sibling.slice(name.length + 1) : "";
    if (/^(rimage|mimage)_\d+$|^(w?corig|vdata|imeta)$/.test(part)) {
      links.push([sibling, undefined]);
    }
    if (/^rmeta_\d+$/.test(part)) links.push([sibling, "metadata"]);
    if (part === "mlog") links.push([sibling, "log"]);
  }
  return links;
}

function isCachePool(row: Values): boolean {
  return word(row.segtype) === "cache-pool";
}

/** A full report says which physical volume each piece of a logical one is on. */
function segmentsOf(segments: Values[], physical: Values[]): Map<string, string[]> {
  const names = new Map(physical.map((pv) => [word(pv.pv_uuid), kernelName(word(pv.pv_name))]));
  const found = new Map<string, string[]>();
  for (const segment of segments) {
    const [volume, name] = [word(segment.lv_uuid), names.get(word(segment.pv_uuid))];
    if (volume && name) found.set(volume, [...found.get(volume) ?? [], name]);
  }
  return found;
}
