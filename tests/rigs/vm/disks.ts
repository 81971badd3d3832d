/**
 * The disks of the virtual machine: one line each. Images are sparse and in a folder of the run;
 * each is a block node of its own that outlives its device, so a disk can be pulled and plugged.
 *
 * @module
 */

/** What stands between the image and the device. */
export type Backing =
  | { as?: "plain" }
  /** Slower than it could be; the limits may be changed while it runs. */
  | { as: "throttled"; iops: number; bytesPerSecond: number }
  /** Served by a process of its own, so that stopping that process hangs the disk. */
  | { as: "served" };

export interface Disk {
  id: string;
  megabytes: number;
  /** QEMU's driver and its properties, without id and drive. */
  device: string;
  backing?: Backing;
}

/** Where the disks are plugged in. PCIe devices can be pulled only behind a root port. */
export const controllers = [
  "virtio-scsi-pci,id=scsi",
  "ich9-ahci,id=ahci",
  "qemu-xhci,id=xhci",
  "sdhci-pci,id=sdhci",
  "pcie-root-port,id=rp1,chassis=1,slot=1",
  "pcie-root-port,id=rp2,chassis=2,slot=2",
];

export const disks = [
  { id: "vblk", megabytes: 1024, device: "virtio-blk-pci,serial=VBLK0001,bus=rp1" },
  { id: "nvme", megabytes: 1024, device: "nvme,serial=NVME0001,bus=rp2" },
  {
    id: "hdd",
    megabytes: 2048,
    device: scsi("HDD0001", 1, "rotation_rate=7200,vendor=SEAGATE,product=ST2000"),
    backing: { as: "throttled", iops: 200, bytesPerSecond: 120e6 },
  },
  {
    id: "ssd",
    megabytes: 1024,
    device: scsi("SSD0001", 2, "rotation_rate=1,vendor=SAMSUNG,product=PM883"),
  },
  {
    id: "nas",
    megabytes: 1024,
    device: scsi("NAS0001", 5, "rotation_rate=7200,vendor=TOSHIBA,product=MG08"),
    backing: { as: "served" },
  },
  {
    id: "one",
    megabytes: 512,
    device: scsi("ONE0001", 6, "rotation_rate=5400,vendor=HGST,product=HTS541"),
  },
  {
    id: "two",
    megabytes: 512,
    device: scsi("TWO0001", 7, "rotation_rate=5400,vendor=HGST,product=HTS541"),
  },
  {
    id: "map",
    megabytes: 512,
    device: scsi("MAP0001", 8, "rotation_rate=7200,vendor=HITACHI,product=HUA723"),
  },
  {
    id: "sata1",
    megabytes: 1024,
    device: "ide-hd,bus=ahci.0,serial=SATA0001,rotation_rate=5400,wwn=0x5000c50000000003," +
      "model=WDC WD10EZEX",
  },
  {
    id: "sata2",
    megabytes: 1024,
    device: "ide-hd,bus=ahci.1,serial=SATA0002,rotation_rate=1,wwn=0x5000c50000000004," +
      "model=CT1000MX500SSD1",
  },
  { id: "cd", megabytes: 16, device: "ide-cd,bus=ahci.2" },
  { id: "usb", megabytes: 512, device: "usb-storage,bus=xhci.0,removable=on,serial=USB0001" },
  { id: "sd", megabytes: 256, device: "sd-card" },
] satisfies Disk[];

export type DiskId = typeof disks[number]["id"];

/** A SCSI disk says its serial number in two places, and its own word in one of them wins. */
function scsi(serial: string, number: number, more: string): string {
  const wwn = `0x5000c5000000000${number}`;
  return `scsi-hd,bus=scsi.0,serial=${serial},device_id=${serial},wwn=${wwn},${more}`;
}

/** The device as QEMU is told of it, at the start and when it is plugged in again. */
export function deviceOf({ id, device }: Disk): string {
  return `${device},id=${id},drive=${id}`;
}

/** QEMU's arguments for the image of a disk. `folder` holds images and sockets. */
export function blockOf({ id, backing = {} }: Disk, folder: string): string[] {
  const file = (at: string) => `${at}driver=file,${at}filename=${folder}/${id}.img`;
  switch (backing.as) {
    case "throttled": {
      const { iops, bytesPerSecond } = backing;
      return [
        "-object",
        `throttle-group,id=${id}-limit,x-iops-total=${iops},x-bps-total=${bytesPerSecond}`,
        "-blockdev",
        `driver=throttle,throttle-group=${id}-limit,node-name=${id},file.driver=raw,` +
        file("file.file."),
      ];
    }
    case "served":
      return [
        "-blockdev",
        `driver=nbd,node-name=${id},server.type=unix,server.path=${folder}/${id}.sock`,
      ];
    default:
      return ["-blockdev", `driver=raw,node-name=${id},discard=unmap,${file("file.")}`];
  }
}
