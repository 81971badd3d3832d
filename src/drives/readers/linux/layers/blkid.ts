/**
 * `blkid`: the signatures on block devices, a line for each.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";

export const blkid: Reader = {
  name: "blkid",
  platform: "linux",
  recognise: (text) => line.test(text.trimStart().split("\n", 1)[0]!),
  read: (text) => ({ devices: text.split("\n").flatMap(signatureIn) }),
};

/** `/dev/sdb1: UUID="1c9b…" TYPE="btrfs" PARTUUID="4aac…"` */
const line = /^(\/dev\/\S+): (?:[A-Z_]+="[^"]*" ?)+$/;

function signatureIn(text: string): Finding[] {
  const name = kernelName(line.exec(text.trim())?.[1]);
  if (!name) return [];
  const value = (key: string) => new RegExp(` ${key}="([^"]*)"`).exec(text)?.[1];
  const mentions = mentionOf(name);
  const self = mentions.find((one) => one.name === name);
  // blkid lists what carries something, not every disk.
  return [
    {
      name,
      type: self?.type ?? typeOf(name),
      parents: self?.parents ?? [],
      fileSystem: value("TYPE"),
      uuid: value("UUID"),
      label: value("LABEL"),
      partUuid: value("PARTUUID"),
      partLabel: value("PARTLABEL"),
      mentioned: true,
    },
    ...mentions.filter((one) => one !== self),
  ];
}

function typeOf(name: string): string {
  if (/^(loop|zram|ram)\d/.test(name)) return "loop";
  if (/^sr\d/.test(name)) return "rom";
  return /^md/.test(name) ? "md" : "dm";
}
