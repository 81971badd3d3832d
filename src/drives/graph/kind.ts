/**
 * Which kind of drive a device is, and what says so.
 *
 * @module
 */
import type { DriveKind } from "../drive.ts";
import type { BlockDevice } from "./block.ts";

interface Rule {
  kind: DriveKind;
  /** The fact that decides, in words; undefined when this rule has nothing to say. */
  because(device: BlockDevice, bus: string | undefined): string | undefined;
}

/** The first rule with something to say decides. */
const rules: Rule[] = [
  {
    kind: "network",
    because: ({ type }) => type === "server" ? "it is mounted from there" : undefined,
  },
  { kind: "unknown", because: ({ type }) => type === "floppy" ? "it is a floppy" : undefined },
  {
    kind: "unknown",
    because: ({ type, name }, bus) =>
      ["disk", "rom"].includes(type) || bus === "xen"
        ? undefined
        : `the disk beneath ${name} (${type}) is not visible`,
  },
  { kind: "optical", because: ({ type }) => type === "rom" ? "it is of type rom" : undefined },
  {
    kind: "network",
    because: (_, bus) => networks.has(bus ?? "") ? `its bus is ${bus}` : undefined,
  },
  { kind: "sd", because: cardReader },
  { kind: "usb", because: (device, bus) => bus === "usb" ? onUsb(device) : undefined },
  { kind: "nvme", because: (_, bus) => bus === "nvme" ? "its bus is nvme" : undefined },
  {
    kind: "sd",
    because: (_, bus) =>
      bus === "mmc" || bus === "emmc" ? `its bus is ${bus} (SD or eMMC)` : undefined,
  },
  // Before the rotation flag: a hypervisor sets that to anything.
  { kind: "virtual", because: hypervisor },
  { kind: "unknown", because: ({ name }) => /^fd\d/.test(name) ? "it is a floppy" : undefined },
  {
    kind: "hdd",
    because: ({ rotationRpm }) => rotationRpm ? `it rotates, at ${rotationRpm} rpm` : undefined,
  },
  { kind: "hdd", because: ({ rotational }) => rotational ? "it says that it rotates" : undefined },
  {
    kind: "ssd",
    because: ({ rotational }) =>
      rotational === false ? "it says that it does not rotate" : undefined,
  },
  {
    kind: "ssd",
    because: ({ model }) => /(^|[^a-z])SSD/i.test(model ?? "") ? "its model says SSD" : undefined,
  },
  { kind: "unknown", because: () => "nothing tells its kind" },
];

const networks = new Set(["iscsi", "fc", "fcoe", "nbd", "rbd", "drbd", "nvme-of", "tcp", "rdma"]);

const madeByHypervisor =
  /\b(qemu|vbox|vmware|virtual[ _](disk|hd)|msft virtual|xen|persistentdisk|blockvolume)\b/i;

/** The last three are of Windows: a pool whose disks are not told, a VHD, a hypervisor's disk. */
const notPhysical = ["virtio", "xen", "zfs", "spaces", "file", "virtual"];

function hypervisor(device: BlockDevice, bus: string | undefined): string | undefined {
  if (bus && notPhysical.includes(bus)) return `its bus is ${bus}`;
  if (/^dasd[a-z]/.test(device.name)) return "it is a DASD, a volume of a mainframe's storage";
  const told = [device.vendor, device.model].filter(Boolean).join(" ").replaceAll("_", " ");
  return madeByHypervisor.test(told) ? `it calls itself "${told}"` : undefined;
}

/** Few bridges let through that what is behind them does not rotate; none invents it. */
function onUsb({ rotational }: BlockDevice): string {
  const medium = rotational === false ? ", and it says that it does not rotate" : "";
  return `its bus is usb${medium}`;
}

const slots = /\b(SD|MMC|CF|MS|xD)([/-]\w+)* (card|reader)\b|\bSD\/MMC\b|\bcard ?reader\b/i;

/** The slot of a reader on USB is named for what is put into it. */
function cardReader({ model, vendor }: BlockDevice, bus: string | undefined): string | undefined {
  const told = [vendor, model].filter(Boolean).join(" ");
  return bus === "usb" && slots.test(told) ? `it calls itself "${told}"` : undefined;
}

/** Kind and evidence of a drive on `bus`. */
export function kindOf(device: BlockDevice, bus = busOf(device)): {
  kind: DriveKind;
  evidence: string;
} {
  for (const { kind, because } of rules) {
    const evidence = because(device, bus);
    if (evidence) return { kind, evidence };
  }
  throw new TypeError("the last rule speaks always");
}

/** Names that tell the bus where the tool does not. */
const buses: [RegExp, string][] = [
  [/^vd[a-z]/, "virtio"],
  [/^xvd[a-z]/, "xen"],
  [/^mmcblk\d/, "mmc"],
  [/^nvme\d/, "nvme"],
  [/^nbd\d/, "nbd"],
  [/^rbd\d/, "rbd"],
  [/^drbd\d/, "drbd"],
  [/^zd\d/, "zfs"],
];

/** How the drive is attached. */
export function busOf({ transport, subsystems, name }: BlockDevice): string | undefined {
  if (transport) return transport.toLowerCase();
  if (subsystems?.split(":").includes("usb")) return "usb";
  return buses.find(([pattern]) => pattern.test(name))?.[1];
}
