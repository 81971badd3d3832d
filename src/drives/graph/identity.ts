/**
 * Ids that survive another port, another kernel name and another reboot.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { BlockDevice } from "./block.ts";

export interface Identity {
  /** What the id is made of. */
  facts: string[];
  /** The same, for a person. */
  from: string;
}

/** What tells this drive from all others: what it says of itself, else the best there is. */
export function identityOf(device: BlockDevice): Identity {
  const model = plain(device.model);
  const serial = isMadeUp(device.serial) ? "" : plain(device.serial);
  const wwn = isMadeUp(plainWwn(device.wwn)) ? "" : plainWwn(device.wwn);
  if (serial || wwn) {
    const told = Object.entries({ model, serial, wwn }).filter(([, value]) => value);
    return { facts: [model, serial, wwn], from: told.map(([name]) => name).join(", ") };
  }

  const size = String(device.sizeBytes ?? "");
  const doubt = device.serial ? `the serial "${device.serial}" is made up` : "it tells no serial";
  if (device.address) {
    const facts = ["address", device.address, model, size];
    return { facts, from: `bus address, model and size only, for ${doubt}` };
  }
  return { facts: ["name", device.name, model, size], from: `its name only, for ${doubt}` };
}

/** An id of 16 hexadecimal digits, for ever the same for the same facts. */
export function createId(prefix: string, facts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  return `${prefix}-${digest.slice(0, 16)}`;
}

/** Tools and their versions differ in blanks, underscores and case, for one and the same drive. */
function plain(text = ""): string {
  return text.replaceAll(/[\s_]+/g, " ").trim().toLowerCase();
}

/** lsblk says 0x5000…, sysfs naa.5000…; a "t10." name is vendor, model and serial once more. */
function plainWwn(text = ""): string {
  const wwn = plain(text).replace(/^(0x|naa\.|eui\.)/, "");
  return wwn.startsWith("t10.") ? "" : wwn;
}

/** What bridges and boards say that were never given a number. */
function isMadeUp(text = ""): boolean {
  const bare = text.trim();
  return /^(.)\1{3,}$/.test(bare.replaceAll(/[\s.-]/g, "")) ||
    /^(0+|0?123456789[\da-f]*|none|null|unknown|n\/a|default string|serial ?(number)?)$/i
      .test(bare);
}
