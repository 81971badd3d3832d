/**
 * What udev notes of a block device, as properties: ID_SERIAL, DM_NAME, MD_LEVEL …
 *
 * @module
 */
import { diskNameOf, type Finding } from "../../../graph/block.ts";
import { integer, kernelName } from "../../values.ts";

export type Properties = Record<string, string | undefined>;

export type UdevFinding = Omit<Finding, "parents"> & { name: string; parents: Set<string> };

/** Sizes in udev's database are in sectors of 512 bytes, whatever the drive's own sector is. */
const SECTOR_BYTES = 512;

/** What several records tell together: what a LUKS container or a path of multipath belongs to. */
export function findingsOf(all: readonly Properties[]): Finding[] {
  const findings = new Map<string, UdevFinding>();
  for (const properties of all) {
    const finding = toFinding(properties);
    if (finding) findings.set(finding.name, finding);
  }
  for (const properties of all) {
    const device = findings.get(nameOf(properties) ?? "");
    if (!device) continue;
    const beneath = all.filter((other) => carries(other, properties));
    const integrity = beneath.filter(({ DM_UUID }) => DM_UUID);
    for (const one of integrity.length > 0 ? integrity : beneath) {
      const name = nameOf(one);
      if (name) device.parents.add(name);
    }
  }
  // A partition's record repeats what its disk said of itself.
  const disks = all.filter(({ DEVTYPE }) => DEVTYPE === "partition").flatMap((properties) => {
    const { parents, transport, address } = findings.get(nameOf(properties) ?? "") ?? {};
    const [name] = parents ?? [];
    if (!name || findings.has(name)) return [];
    return [{
      name,
      type: "disk",
      ...identityIn(properties),
      transport,
      address,
      mentioned: true,
    }];
  });
  return [...findings.values(), ...disks];
}

/** One record as a finding; undefined if it is of no block device. */
export function toFinding(
  properties: Properties,
): UdevFinding | undefined {
  const name = nameOf(properties);
  if (!name) return;
  const { DEVPATH: path = "", MAJOR: major, MINOR: minor } = properties;
  const rpm = integer(properties.ID_ATA_ROTATION_RATE_RPM);
  const type = typeOf(name, properties);
  const parents = new Set(parentsOf(name, type, properties));
  return {
    name,
    mapperName: properties.DM_NAME,
    type,
    parents,
    roles: rolesOf(properties),
    links: linksOf(properties),
    deviceNumber: major && minor ? `${major}:${minor}` : undefined,
    sizeBytes: sizeOf(properties),
    ...identityIn(properties),
    transport: transportOf(path, properties),
    address: /\/(\d+:\d+:\d+:\d+)(?:\/block)?\//.exec(`${path}/`)?.[1],
    rotational: rpm === undefined ? undefined : rpm > 0,
    rotationRpm: rpm || undefined,
    ...contentIn(properties),
  };
}

/** What the device says of itself. */
export function identityIn(
  udev: Properties,
): Pick<Finding, "vendor" | "model" | "serial" | "wwn"> {
  return {
    vendor: decode(udev.ID_VENDOR_ENC) ?? udev.ID_VENDOR,
    model: decode(udev.ID_MODEL_ENC) ?? udev.ID_MODEL,
    // In the order of lsblk, so that both give one id.
    serial: udev.SCSI_IDENT_SERIAL ?? udev.ID_SCSI_SERIAL ?? udev.ID_SERIAL_SHORT ??
      udev.ID_SERIAL,
    wwn: udev.ID_WWN_WITH_EXTENSION ?? udev.ID_WWN,
  };
}

/** What is on the device: a file system, or a part of something larger. */
export function contentIn(
  udev: Properties,
): Pick<Finding, "fileSystem" | "uuid" | "label" | "partUuid" | "partLabel"> {
  return {
    fileSystem: udev.ID_FS_TYPE || undefined,
    uuid: udev.ID_FS_UUID || undefined,
    label: decode(udev.ID_FS_LABEL_ENC) ?? udev.ID_FS_LABEL,
    partUuid: udev.ID_PART_ENTRY_UUID,
    partLabel: decode(udev.ID_PART_ENTRY_NAME),
  };
}

function nameOf({ SUBSYSTEM, DEVNAME, DEVPATH = "" }: Properties): string | undefined {
  if (SUBSYSTEM !== undefined && SUBSYSTEM !== "block") return;
  // The kernel's name is the end of its path; DEVNAME may be a link to it.
  const last = /\/block\/(?:.+\/)?([^/]+)$|\/nvme(?:\d+|-subsys\d+)\/(nvme[^/]+)(?:\/([^/]+))?$/
    .exec(DEVPATH);
  const name = last?.[1] ?? last?.[3] ?? last?.[2] ??
    (SUBSYSTEM === "block" ? DEVNAME : undefined);
  return kernelName(name);
}

/** `…/block/sda/sda1`; mmcblk0boot0 is no partition. */
const isBelowDisk = /\/(?:block|nvme\d+|nvme-subsys\d+)\/([^/]+)\/\1p?\d+$/;

/** The type in lsblk's words. */
function typeOf(name: string, udev: Properties): string {
  if (udev.DEVTYPE === "partition" || isBelowDisk.test(udev.DEVPATH ?? "")) return "part";
  if (/^loop\d/.test(name)) return "loop";
  if (udev.ID_CDROM === "1" || udev.ID_TYPE === "cd" || /^sr\d/.test(name)) return "rom";
  if (/^md/.test(name)) return udev.MD_LEVEL ?? "md";
  if (/^bcache\d/.test(name)) return "bcache";
  return /^dm-\d/.test(name) ? mappedType(udev.DM_UUID) : "disk";
}

/** LVM-…, CRYPT-LUKS2-…, mpath-…, part1-mpath-… */
export function mappedType(uuid = ""): string {
  const kind = uuid.split("-")[0]!.toLowerCase();
  return kind.startsWith("part") ? "part" : kind || "dm";
}

function parentsOf(name: string, type: string, udev: Properties): string[] {
  if (type === "part") return diskNameOf(name) && !/^dm-/.test(name) ? [diskNameOf(name)!] : [];
  const members = Object.entries(udev).flatMap(([key, value]) =>
    /^(UDISKS_)?MD_DEVICE_.+_DEV$/.test(key) && value ? [value.replace(/^\/dev\//, "")] : []
  );
  return [...new Set(members)];
}

/** A member whose role in the array is "spare". */
function rolesOf(udev: Properties): Record<string, string> {
  // All members of a container are called spare.
  if (udev.MD_LEVEL === "container") return {};
  return Object.fromEntries(
    Object.entries(udev).flatMap(([key, role]) => {
      const member = /^MD_DEVICE_(.+)_ROLE$/.exec(key)?.[1];
      const device = member && udev[`MD_DEVICE_${member}_DEV`];
      return device && role === "spare" ? [[device.replace(/^\/dev\//, ""), role]] : [];
    }),
  );
}

function linksOf({ DEVLINKS, MD_DEVNAME, DM_VG_NAME, DM_LV_NAME }: Properties): string[] {
  const links = (DEVLINKS ?? "").split(" ").filter(Boolean)
    .map((path) => path.replace(/^\/dev\/(mapper\/)?/, ""));
  if (MD_DEVNAME) links.push(`md/${MD_DEVNAME}`);
  if (DM_VG_NAME && DM_LV_NAME) links.push(`${DM_VG_NAME}/${DM_LV_NAME}`);
  return links;
}

function sizeOf(udev: Properties): number | undefined {
  const bytes = integer(udev.UDISKS_PARTITION_SIZE);
  if (bytes) return bytes;
  const isPart = udev.DEVTYPE === "partition" || /^part\d+-/.test(udev.DM_UUID ?? "");
  const sectors = isPart ? integer(udev.ID_PART_ENTRY_SIZE) : undefined;
  return sectors === undefined ? undefined : sectors * SECTOR_BYTES;
}

/** Whether `beneath` is what the mapped device says that it is made of. */
function carries(
  beneath: Properties,
  { DM_UUID = "", DEVLINKS = "" }: Properties,
): boolean {
  const [, kind, luks] = /^CRYPT-(LUKS\d?|INTEGRITY)-([\da-f]{32})-/.exec(DM_UUID) ?? [];
  // Below an encryption that is authenticated, dm-integrity stands on the container.
  const integrity = `CRYPT-INTEGRITY-${luks}-`;
  if (luks && kind !== "INTEGRITY" && beneath.DM_UUID?.startsWith(integrity)) return true;
  if (luks) {
    return /^crypto_LUKS$/i.test(beneath.ID_FS_TYPE ?? "") &&
      beneath.ID_FS_UUID?.replaceAll("-", "") === luks;
  }
  const bcache = /(?:^| )\/dev\/bcache\/by-uuid\/(\S+)/.exec(DEVLINKS)?.[1];
  if (bcache) return beneath.ID_FS_TYPE === "bcache" && beneath.ID_FS_UUID === bcache;
  const whole = /^part\d+-(.+)$/.exec(DM_UUID)?.[1];
  if (whole) return beneath.DM_UUID === whole;
  const wwid = /^mpath-(.+)$/.exec(DM_UUID)?.[1];
  if (!wwid) return false;
  return beneath.DEVTYPE === "disk" && beneath.DM_UUID === undefined &&
    (beneath.ID_SERIAL === wwid || beneath.ID_UID === wwid);
}

/** How the kernel's path to a device tells its bus. */
const places: [RegExp, string][] = [
  [/\/usb\d+\//, "usb"],
  [/\/session\d+\//, "iscsi"],
  [/\/nvme-fabrics\//, "nvme-of"],
  [/\/rport-/, "fc"],
  [/\/end_device-/, "sas"],
  [/\/ata\d+\//, "sata"],
  [/\/mmc_host\//, "mmc"],
];

/** How udev's own path does, where the kernel's is not told. */
const hints: [RegExp, string][] = [
  [/-usb-/, "usb"],
  [/-iscsi-/, "iscsi"],
  [/-fc-/, "fc"],
  [/-sas-/, "sas"],
  [/-nvme-/, "nvme"],
];

/** The bus of the device at this path under /sys. */
export function transportOf(path: string, udev: Properties = {}): string | undefined {
  const place = places.find(([pattern]) => pattern.test(path))?.[1];
  // An optical drive on a parallel bus hangs under an "ata" too.
  if (place === "sata" && udev.ID_BUS === "ata" && udev.ID_ATA && !udev.ID_ATA_SATA) return "ata";
  const hint = hints.find(([pattern]) => pattern.test(udev.ID_PATH ?? ""))?.[1];
  const bus = udev.ID_BUS === "usb" ? "usb" : udev.ID_ATA_SATA === "1" ? "sata" : undefined;
  return place ?? hint ?? bus;
}

/** udev's `\x20` for what a name may not hold. */
export function decode(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const bytes = text.replaceAll("%", "%25").replaceAll(/\\x([\da-f]{2})/gi, "%$1");
  try {
    return decodeURIComponent(bytes).trim() || undefined;
  } catch {
    return text; // not UTF-8: better as udev wrote it than not at all
  }
}
