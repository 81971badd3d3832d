/**
 * Which device a name means: tools call one and the same device "sda", "/dev/disk/by-id/wwn-0x5…",
 * "8:0" or "ST3500418AS-5VMSTSSX".
 *
 * @module
 */
import type { BlockDevice } from "./block.ts";

export interface Names {
  /** Its own names are it; a link leads to the first device that has it. */
  add(device: BlockDevice, own: Iterable<string>, links: Iterable<string>): void;
  /** The device that has this name of its own. */
  own(name: string): BlockDevice | undefined;
  /** The device that this name leads to, whichever way it is written. */
  find(name: string): BlockDevice | undefined;
}

export function createNames(): Names {
  const owners = new Map<string, BlockDevice>();
  const leads = new Map<string, BlockDevice>();
  const exact = (name: string) => owners.get(name) ?? leads.get(name);

  function find(name: string): BlockDevice | undefined {
    const bare = bareName(name);
    return exact(name) ?? exact(bare) ?? exact(lastOf(bare)) ?? exact(withoutBus(lastOf(bare))) ??
      partitionOf(lastOf(bare));
  }

  /** "wwn-0x5…-part1" and, on macOS and FreeBSD, "ST3500418AS-5VMSTSSX:5". */
  function partitionOf(name: string): BlockDevice | undefined {
    const [, whole, number] = /^(.+?)(?:-part|:)(\d+)$/.exec(name) ?? [];
    const disk = whole && (exact(whole) ?? exact(withoutBus(whole)));
    if (!disk) return;
    return owners.get(partitionName(disk.name, number!)) ?? disk;
  }

  return {
    find,
    own: (name) => owners.get(name),
    add(device, own, links) {
      for (const name of own) if (!owners.has(name)) owners.set(name, device);
      for (const link of links) {
        for (const name of [link, lastOf(link)]) if (!leads.has(name)) leads.set(name, device);
      }
    },
  };
}

/** "/dev/mapper/vg-root" → "vg-root", "/dev/sda1" → "sda1". */
export function bareName(path: string): string {
  return path.replace(/^\/dev\/(mapper\/)?/, "");
}

/** sda + 1 → sda1, nvme0n1 + 2 → nvme0n1p2. */
export function partitionName(disk: string, number: string): string {
  return /\d$/.test(disk) ? `${disk}p${number}` : `${disk}${number}`;
}

/** What udev makes of a drive's own words for /dev/disk/by-id, without the name of the bus. */
export function linksOf({ type, model, serial, wwn, deviceNumber }: BlockDevice): string[] {
  const links = deviceNumber ? [deviceNumber] : [];
  if (type !== "disk") return links;
  if (serial) links.push(`serial ${serial.trim()}`);
  if (wwn) links.push(`wwn-${wwn}`, `wwn-0x${wwn.replace(/^0x|^naa\./, "")}`, wwn);
  if (model && serial) {
    const [name, number] = [model.trim(), serial.trim()].map((text) => text.replace(/\s+/g, "_"));
    links.push(`${name}_${number}`, `${name}-${number}`);
  }
  return links;
}

function lastOf(name: string): string {
  return /^disk\/by-[^/]+\/(.+)$/.exec(name)?.[1] ?? name;
}

function withoutBus(name: string): string {
  return name.replace(/^(ata|nvme|scsi|usb|mmc|virtio)-/, "");
}
