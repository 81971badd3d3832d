/**
 * What the kernel shows in /sys, and udev noted in /run, as our own record of it.
 *
 * @module
 */
import type { Finding } from "../../graph/block.ts";
import {
  type Identities,
  serialIn,
  type SysfsBlock,
  type SysfsRecord,
  wwnIn,
} from "../../read_sysfs.ts";
import { parseJson, type Reader, unreadable } from "../reader.ts";

export const sysfs: Reader = {
  name: "sysfs",
  platform: "linux",
  recognise: (text) => /^\s*\{\s*"blocks"\s*:/.test(text),
  read(text) {
    const { blocks } = parseJson("sysfs", text) as Partial<SysfsRecord>;
    if (!blocks) throw unreadable("sysfs", text, "it has no blocks");
    const hidden = (block: SysfsBlock) => block.attributes.hidden === "1";
    return {
      devices: Object.entries(blocks).filter(([, block]) => !hidden(block))
        .map(([name, block]) => toFinding(name, block)),
    };
  },
};

/** What lsblk leaves out where there is no udev: serial numbers and world-wide names. */
export const identities: Reader = {
  name: "sysfs identities",
  platform: "linux",
  recognise: (text) => /^\s*\{\s*"identities"\s*:/.test(text),
  read(text) {
    const { identities = {} } = parseJson("sysfs identities", text) as Partial<Identities>;
    return {
      devices: Object.entries(identities).map(([name, attributes]) => ({
        name,
        serial: serialIn(attributes),
        wwn: wwnIn(attributes),
      })),
    };
  },
};

/** Sizes in /sys are in sectors of 512 bytes, whatever the drive's own sector is. */
const SECTOR_BYTES = 512;

function toFinding(name: string, block: SysfsBlock): Finding {
  const { attributes, slaves, parent, path } = block;
  const udev = parseUdev(block.udev);
  const mapperName = attributes["dm/name"];
  const rotational = attributes["queue/rotational"];
  return {
    name,
    mapperName,
    type: typeOf(name, attributes),
    parents: parent ? [parent] : slaves,
    deviceNumber: attributes.dev,
    sizeBytes: attributes.size === undefined ? undefined : Number(attributes.size) * SECTOR_BYTES,
    vendor: decode(udev.ID_VENDOR_ENC) ?? attributes["device/vendor"],
    model: decode(udev.ID_MODEL_ENC) ?? udev.ID_MODEL ?? attributes["device/model"],
    serial: udev.SCSI_IDENT_SERIAL ?? udev.ID_SCSI_SERIAL ?? udev.ID_SERIAL_SHORT ??
      udev.ID_SERIAL ?? serialIn(attributes),
    wwn: udev.ID_WWN_WITH_EXTENSION ?? udev.ID_WWN ?? wwnIn(attributes),
    transport: transportOf(path),
    address: block.address,
    rotational: rotational === undefined ? undefined : rotational === "1",
    removable: attributes.removable === undefined ? undefined : attributes.removable === "1",
    fileSystem: udev.ID_FS_TYPE,
    uuid: udev.ID_FS_UUID,
    label: decode(udev.ID_FS_LABEL_ENC) ?? udev.ID_FS_LABEL,
    partUuid: udev.ID_PART_ENTRY_UUID,
    partLabel: decode(udev.ID_PART_ENTRY_NAME),
    readOnly: attributes.ro === undefined ? undefined : attributes.ro === "1",
  };
}

/** The type in lsblk's words. */
function typeOf(name: string, attributes: SysfsBlock["attributes"]): string {
  if (attributes.partition) return "part";
  if (attributes["md/level"]) return attributes["md/level"];
  // LVM-…, CRYPT-LUKS2-…, mpath-…, part1-mpath-…
  const mapped = attributes["dm/uuid"]?.split("-")[0]?.toLowerCase();
  if (mapped) return mapped.startsWith("part") ? "part" : mapped;
  if (name.startsWith("dm-")) return "dm";
  if (name.startsWith("loop")) return "loop";
  // SCSI peripheral type 5: CD and DVD.
  return attributes["device/type"] === "5" || /^sr\d/.test(name) ? "rom" : "disk";
}

/** How the kernel's path to a device tells its bus. */
const transports: [RegExp, string][] = [
  [/\/usb\d+\//, "usb"],
  [/\/ata\d+\//, "sata"],
  [/\/session\d+\//, "iscsi"],
  [/\/rport-/, "fc"],
  [/\/end_device-/, "sas"],
];

function transportOf(path: string): string | undefined {
  return transports.find(([pattern]) => pattern.test(path))?.[1];
}

/** `E:ID_MODEL=Samsung_SSD_860` lines of /run/udev/data/b8:0. */
function parseUdev(text = ""): Record<string, string | undefined> {
  return Object.fromEntries([...text.matchAll(/^E:(\w+)=(.+)$/gm)].map(([, key, value]) => [
    key,
    value,
  ]));
}

/** udev's `\x20` for what a name may not hold. */
function decode(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const bytes = text.replaceAll("%", "%25").replaceAll(/\\x([\da-f]{2})/gi, "%$1");
  try {
    return decodeURIComponent(bytes).trim() || undefined;
  } catch {
    return text; // not UTF-8: better as udev wrote it than not at all
  }
}
