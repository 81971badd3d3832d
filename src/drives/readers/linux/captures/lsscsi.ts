/**
 * `lsscsi --transport`: the address of every SCSI disk, and the cable that it hangs on.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName } from "../../values.ts";

export const lsscsi: Reader = {
  name: "lsscsi --transport",
  platform: "linux",
  recognise: (text) => line.test(text.trimStart().split("\n", 1)[0]!),
  read: (text) => ({ devices: text.split("\n").flatMap(diskIn) }),
};

/** `[1:0:0:0]    disk    sata:ATA     VBOX HARDDISK   VB91be1f5c-04533b54   /dev/sdb ` */
const line =
  /^\[(\d+:\d+:\d+:\d+|N:\d+:\d+:\d+)\]\s+(disk|cd\/dvd|tape|\S+)\s+(\S*).*?(\/dev\/\S+|-)\s*$/;

const buses: [RegExp, string][] = [
  [/^usb:/, "usb"],
  [/^sata:/, "sata"],
  [/^ata:/, "ata"],
  [/^sas:/, "sas"],
  [/^(fc|fcoe):/, "fc"],
  [/^iqn\.|^iscsi:/, "iscsi"],
  [/^nvme|^pcie/, "nvme"],
];

function diskIn(text: string): Finding[] {
  const [, address, type, cable = "", path] = line.exec(text) ?? [];
  const name = kernelName(path);
  if (!name || name === "-" || !address) return [];
  return [{
    name,
    type: type === "cd/dvd" ? "rom" : type === "disk" ? "disk" : undefined,
    address: address.startsWith("N") ? undefined : address,
    transport: buses.find(([pattern]) => pattern.test(cable))?.[1],
  }];
}
