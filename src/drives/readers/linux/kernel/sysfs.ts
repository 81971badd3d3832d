/**
 * What the kernel shows in /sys, and udev noted in /run, as our own record of it.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import {
  type BtrfsMembers,
  type Identities,
  serialIn,
  type SysfsBlock,
  type SysfsRecord,
  wwnIn,
} from "../../../read_sysfs.ts";
import {
  contentIn,
  decode,
  identityIn,
  mappedType,
  type Properties,
  transportOf,
} from "../udev/properties.ts";
import { parseJson, type Reader, unreadable } from "../../reader.ts";

export const sysfs: Reader = {
  name: "sysfs",
  platform: "linux",
  recognise: (text) => /^\s*\{\s*"blocks"\s*:/.test(text),
  read(text) {
    const { blocks, btrfs } = parseJson("sysfs", text) as Partial<SysfsRecord>;
    if (!blocks) throw unreadable("sysfs", text, "it has no blocks");
    const hidden = (block: SysfsBlock) => block.attributes.hidden === "1";
    return {
      devices: [
        ...Object.entries(blocks).filter(([, block]) => !hidden(block))
          .map(([name, block]) => toFinding(name, block)),
        ...membersOf(btrfs),
      ],
    };
  },
};

/** What lsblk leaves out where there is no udev: serial numbers and world-wide names. */
export const identities: Reader = {
  name: "sysfs identities",
  platform: "linux",
  recognise: (text) => /^\s*\{\s*"identities"\s*:/.test(text),
  read(text) {
    const answer = parseJson("sysfs identities", text) as Partial<Identities>;
    const { identities = {}, caches = {}, images = {}, btrfs } = answer;
    const disks = Object.entries(identities).map(([name, attributes]) => ({
      name,
      serial: serialIn(attributes),
      wwn: wwnIn(attributes),
      parents: caches[name] ?? [],
      roles: asCaches(caches[name]),
      backing: images[name],
    }));
    return { devices: [...disks, ...membersOf(btrfs)] };
  },
};

/** udev may not have looked at a disk since its btrfs was made; the btrfs knows its disks. */
function membersOf(btrfs: BtrfsMembers = {}): Finding[] {
  return Object.entries(btrfs).flatMap(([uuid, names]) =>
    names.map((name) => ({ name, fileSystem: "btrfs", uuid }))
  );
}

function asCaches(names: string[] = []): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, "cache"]));
}

/** Sizes in /sys are in sectors of 512 bytes, whatever the drive's own sector is. */
const SECTOR_BYTES = 512;

function toFinding(name: string, block: SysfsBlock): Finding {
  const { attributes, slaves, parent, path } = block;
  const udev = parseUdev(block.udev);
  const identity = identityIn(udev);
  const mapperName = attributes["dm/name"];
  const rotational = attributes["queue/rotational"];
  return {
    name,
    mapperName,
    type: typeOf(name, attributes),
    parents: parent ? [parent] : [...slaves, ...block.caches ?? []],
    roles: asCaches(block.caches),
    deviceNumber: attributes.dev,
    sizeBytes: attributes.size === undefined ? undefined : Number(attributes.size) * SECTOR_BYTES,
    links: linksIn(block.udev),
    vendor: decode(udev.ID_VENDOR_ENC) ?? attributes["device/vendor"],
    model: identity.model ?? attributes["device/model"],
    serial: identity.serial ?? serialIn(attributes),
    wwn: identity.wwn ?? wwnIn(attributes),
    transport: transportOf(path, udev),
    address: block.address,
    backing: block.backing,
    rotational: rotational === undefined ? undefined : rotational === "1",
    removable: attributes.removable === undefined ? undefined : attributes.removable === "1",
    ...contentIn(udev),
    readOnly: attributes.ro === undefined ? undefined : attributes.ro === "1",
  };
}

/** The type in lsblk's words. */
function typeOf(name: string, attributes: SysfsBlock["attributes"]): string {
  if (attributes.partition) return "part";
  if (attributes["md/level"]) return attributes["md/level"];
  if (name.startsWith("dm-")) return mappedType(attributes["dm/uuid"]);
  if (name.startsWith("bcache")) return "bcache";
  if (name.startsWith("loop")) return "loop";
  // SCSI peripheral type 5: CD and DVD.
  return attributes["device/type"] === "5" || /^sr\d/.test(name) ? "rom" : "disk";
}

/** `E:ID_MODEL=Samsung_SSD_860` lines of /run/udev/data/b8:0. */
function parseUdev(text = ""): Properties {
  return Object.fromEntries([...text.matchAll(/^E:(\w+)=(.+)$/gm)].map(([, key, value]) => [
    key,
    value,
  ]));
}

/** `S:disk/by-id/wwn-0x5…` lines of the same. */
function linksIn(text = ""): string[] {
  return [...text.matchAll(/^S:(.+)$/gm)].map(([, link]) => link!);
}
