/**
 * `lsblk --pairs`: a device on each line, as KEY="value".
 *
 * @module
 */
import { type Reader, unreadable } from "../../reader.ts";
import type { Values } from "../../values.ts";
import { devicesIn } from "./fields.ts";

export const lsblkPairs: Reader = {
  name: "lsblk --pairs",
  platform: "linux",
  recognise(text) {
    const line = withoutWarnings(text).split("\n", 1)[0]!.trim();
    return /^[A-Z][\w:%-]*="/.test(line) && /\bK?NAME="/.test(line) && !/\bTARGET="/.test(line) &&
      /\b(TYPE|MAJ[:_]MIN|SIZE|MODEL|FSTYPE|MOUNTPOINTS?)="/.test(line);
  },
  read(text) {
    const rows = text.split("\n").filter((line) => /\bK?NAME="/.test(line)).map(pairsIn);
    if (rows.length === 0) throw unreadable("lsblk --pairs", text, "it has no device");
    return { devices: devicesIn(rows.map((fields) => ({ fields })), "depth first") };
  },
};

/**
 * The answer without lines such as "lsblk: dm-0: failed to get device path" before it; blanks
 * before the header tell where its columns are.
 */
export function withoutWarnings(text: string): string {
  return text.replace(/^\uFEFF?(?:[ \t\r]*\n|(?:\/\S*\/)?lsblk: .*\n)*/, "");
}

/** The pairs on a line, by keys in lower case; `--shell` writes MAJ_MIN for MAJ:MIN. */
export function pairsIn(line: string): Values {
  const pairs = line.matchAll(/([A-Z][\w:%-]*)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, key, value]) => [
      key!.toLowerCase().replace("maj_min", "maj:min"),
      unescape(value!),
    ]),
  );
}

/** util-linux writes \x20 for what might end the value; several bytes are one letter. */
export function unescape(text: string): string {
  return text.replaceAll(/(?:\\x[\da-f]{2})+/gi, (bytes) => {
    const values = bytes.split("\\x").slice(1).map((hex) => parseInt(hex, 16));
    return new TextDecoder().decode(new Uint8Array(values));
  }).replaceAll(/\\(["\\$`])/g, "$1");
}
