/**
 * Which physical volumes a logical one is on, where only udev speaks: it names the volume group of
 * logical volumes and not that of physical ones.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import type { Properties } from "./properties.ts";

/**
 * The findings, with what must be so: where one group is active, and its volumes want all the
 * physical volumes there are, they are on these. Where it may be otherwise, nothing is said.
 */
export function soleVolumeGroup(
  findings: readonly Finding[],
  records: readonly Properties[],
): Finding[] {
  const groups = new Set(
    records.flatMap(({ DM_UUID }) => /^LVM-(\w{32})/.exec(DM_UUID ?? "")?.[1] ?? []),
  );
  const physical = findings.filter(({ fileSystem }) => /^LVM2_member$/i.test(fileSystem ?? ""));
  const volumes = findings.filter(({ type }) => type === "lvm");
  if (groups.size !== 1 || physical.length === 0 || !wantAll(volumes, physical)) {
    return [...findings];
  }
  const anyOf = physical.map(({ name }) => name);
  return findings.map((one) => one.type === "lvm" ? { ...one, anyOf } : one);
}

function wantAll(volumes: Finding[], physical: Finding[]): boolean {
  if (physical.length === 1) return true;
  const sizes = (list: Finding[]) => list.map(({ sizeBytes }) => sizeBytes ?? NaN);
  const sum = (list: number[]) => list.reduce((total, size) => total + size, 0);
  const places = sizes(physical);
  return sum(sizes(volumes)) > sum(places) - Math.min(...places);
}
