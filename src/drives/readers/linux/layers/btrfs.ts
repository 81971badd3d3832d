/**
 * `btrfs filesystem show`: the file systems of btrfs, and the devices that each is made of.
 *
 * @module
 */
import { type Finding, mentionOf } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName, sizeIn } from "../../values.ts";

export const btrfs: Reader = {
  name: "btrfs filesystem show",
  platform: "linux",
  recognise: (text) =>
    /^\s*(warning.*\n\s*)*Label: .+\s+uuid: [\da-f-]{36}/.test(text) &&
    /\bdevid\s+\d+ size/.test(text),
  read: (text) => ({ devices: membersIn(text) }),
};

/** `Label: 'pool'  uuid: 5b…` and below it `devid 1 size 8.00GiB used 1.00GiB path /dev/sdb1`. */
function membersIn(text: string): Finding[] {
  const findings: Finding[] = [];
  let of: Pick<Finding, "label" | "uuid"> = {};
  for (const line of text.split("\n")) {
    const [, label, uuid] = /^\s*Label: (.+?)\s+uuid: ([\da-f-]{36})/.exec(line) ?? [];
    if (label && uuid) {
      of = { uuid, label: label === "none" ? undefined : label.replace(/^'(.*)'$/, "$1") };
    }
    const [, size, path] = /\bdevid\s+\d+ size (\S+) used \S+ path (\S+)/.exec(line) ?? [];
    const name = kernelName(path);
    if (!name || /^(MISSING|<missing)/.test(name)) continue;
    const mentions = mentionOf(name);
    const self = mentions.find((one) => one.name === name);
    findings.push(
      { name, fileSystem: "btrfs", ...of, mentioned: true, type: self?.type ?? "dm" },
      ...mentions,
    );
    const sizeBytes = sizeIn(size);
    if (self?.type === "part") findings.at(-1)!.sizeBytes ??= sizeBytes;
  }
  return findings;
}
