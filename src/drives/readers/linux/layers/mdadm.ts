/**
 * `mdadm --detail` and `mdadm --query --detail` of one or many arrays, `mdadm --examine` of members.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";

export const mdadm: Reader = {
  name: "mdadm --detail",
  platform: "linux",
  recognise: (text) =>
    /^\/dev\/\S+:[ \t]*$/m.test(text) &&
    /^[ \t]*(Raid Level|Magic|Container GUID|Raid Devices|MBR Magic) ?:/m.test(text),
  read: (text) => ({ devices: sectionsOf(text).flatMap(findingsIn) }),
};

interface Section {
  name: string;
  lines: string[];
}

/** Errors of other arrays stand between; a section begins with the device's name. */
function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  for (const line of text.split("\n")) {
    const name = /^(\/dev\/\S+):\s*$/.exec(line)?.[1];
    if (name) sections.push({ name: kernelName(name)!, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function findingsIn({ name, lines }: Section): Finding[] {
  const value = (key: string) =>
    lines.map((line) => new RegExp(`^\\s*${key} : (.+)$`).exec(line)?.[1]?.trim()).find(Boolean);
  const isMember = value("Magic") !== undefined || value("MBR Magic") !== undefined;
  return isMember ? memberIn(name, value) : [arrayIn(name, lines, value)];
}

type Value = (key: string) => string | undefined;

const KIB = 1024;

function arrayIn(name: string, lines: string[], value: Value): Finding {
  const level = value("Raid Level");
  const size = /^\d+/.exec(value("Array Size") ?? "")?.[0];
  const members = lines.flatMap((line) => {
    const [, state = "", path] =
      /^\s+(?:\d+|-)\s+\d+\s+\d+\s+(?:\d+|-)\s+(.+?)\s+(\/dev\/\S+)\s*$/.exec(line) ?? [];
    const member = kernelName(path);
    // A member that has failed is read no more.
    return member && !/faulty|removed/.test(state) ? [{ member, state }] : [];
  });
  const roles = members.flatMap(({ member, state }) => {
    if (/journal/.test(state)) return [[member, "log"]];
    return /spare/.test(state) && !/rebuilding/.test(state) ? [[member, "spare"]] : [];
  });
  return {
    name,
    type: level && level !== "-unknown-" ? level : "md",
    parents: members.map(({ member }) => member),
    roles: level === "container" ? {} : Object.fromEntries(roles),
    sizeBytes: size ? Number(size) * KIB : undefined,
  };
}

/** A member tells the array's UUID, and not its name of today. */
function memberIn(name: string, value: Value): Finding[] {
  const magic = value("Magic") ?? "";
  if (/^[0-9a-f]{4}$/i.test(value("MBR Magic") ?? "") && !magic) return mentionOf(name);
  const fileSystem = /^Intel/i.test(magic)
    ? "isw_raid_member"
    : /^de11de11/i.test(magic)
    ? "ddf_raid_member"
    : "linux_raid_member";
  const disks = mentionOf(name).filter((one) => one.name !== name);
  const type = mentionOf(name).find((one) => one.name === name)?.type;
  const parents = disks.map((one) => one.name);
  return [...disks, { name, type, parents, fileSystem, mentioned: true }];
}
