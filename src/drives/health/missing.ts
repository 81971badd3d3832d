/**
 * What stands between us and a drive's health, and what a person can do about it.
 *
 * @module
 */
import type { Platform } from "../../base/platform.ts";

export interface Missing {
  /** "smartctl" is not installed, or this program has no "rights" to use it on the drive. */
  what: "smartctl" | "rights";
  /** A sentence or two that somebody can follow. */
  how: string;
}

type What = Missing["what"];

/**
 * Linux: an ATA command passed through SCSI (SG_IO) takes CAP_SYS_RAWIO (block/scsi_ioctl.c lets
 * the group disk open the device, and send it reading commands, but not ATA PASS-THROUGH); an NVMe
 * admin command takes CAP_SYS_ADMIN (drivers/nvme/host/ioctl.c).
 */
const ways: Record<Platform, Record<What, string>> = {
  linux: {
    smartctl: "Install smartmontools: apt install smartmontools (Debian, Ubuntu), dnf install " +
      "smartmontools (Fedora), pacman -S smartmontools (Arch)",
    rights:
      "Run giggityflix as root. Or give smartctl the two capabilities that it takes and this " +
      "user the devices: setcap cap_sys_rawio,cap_sys_admin+ep $(command -v smartctl) (ATA takes " +
      "CAP_SYS_RAWIO, NVMe CAP_SYS_ADMIN), usermod -aG disk USER, and log in anew. The group disk " +
      "alone opens a drive, and is not enough to ask it",
  },
  darwin: {
    smartctl: "Install smartmontools: brew install smartmontools",
    rights:
      "Run giggityflix with sudo. A drive in a USB box is not asked by macOS at all without a " +
      "driver for it",
  },
  windows: {
    smartctl: "Install smartmontools: winget install smartmontools",
    rights: "Run giggityflix as administrator (elevated)",
  },
};

export function missingOn(platform: Platform, what: What): Missing {
  return { what, how: ways[platform][what] };
}

/** What a person reads as the reason. */
export const missingTexts: Record<What, string> = {
  smartctl: "smartctl is not installed",
  rights: "This program may not ask the drive",
};
