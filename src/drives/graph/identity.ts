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
    // One of the two, the one that every tool tells: a tool, or a way to ask, that knows one fact
    // less must not make another drive of it. Of NVMe that is the EUI, which Windows gives for a
    // serial; of all others the serial.
    const one = isEui(device.wwn) || !serial ? { wwn } : { serial };
    const told = Object.keys({ ...model ? { model } : {}, ...one });
    return { facts: [model, one.serial ?? "", one.wwn ?? ""], from: told.join(", ") };
  }

  // Windows tells sizes twice, the second time rounded down to whole cylinders.
  const size = String(Math.floor((device.sizeBytes ?? 0) / CYLINDER_BYTES));
  const doubt = device.serial ? `the serial "${device.serial}" is made up` : "it tells no serial";
  if (device.tableUuid) {
    const facts = ["table", device.tableUuid.toLowerCase(), model, size];
    return { facts, from: `its partition table, model and size, for ${doubt}` };
  }
  if (device.address) {
    const facts = ["address", device.address, model, size];
    return { facts, from: `bus address, model and size only, for ${doubt}` };
  }
  return { facts: ["name", device.name, model, size], from: `its name only, for ${doubt}` };
}

/** 255 heads of 63 sectors. */
const CYLINDER_BYTES = 255 * 63 * 512;

function isEui(wwn = ""): boolean {
  return /^eui\.([\da-f]{16}){1,2}$/i.test(wwn.trim()) && !isMadeUp(plainWwn(wwn));
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

/** lsblk says 0x5000…, sysfs naa.5000…; "t10." and "nvme." names are vendor, model and
 * serial once more. */
function plainWwn(text = ""): string {
  const wwn = plain(text).replace(/^(0x|naa\.|eui\.)/, "");
  return /^(t10|nvme)\./.test(wwn) ? "" : wwn;
}

/** What bridges and boards say that were never given a number. */
function isMadeUp(text = ""): boolean {
  const bare = text.trim();
  return /^(.)\1{3,}$/.test(bare.replaceAll(/[\s.-]/g, "")) ||
    /^(0+|0?123456789[\da-f]*|none|null|unknown|n\/a|default string|serial ?(number)?)$/i
      .test(bare);
}
