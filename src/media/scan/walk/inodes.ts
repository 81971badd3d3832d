/**
 * Whether a file system has numbers for its files that stay theirs: some make them up anew each time
 * they are mounted, or each time somebody asks.
 *
 * @module
 */
import { statfsSync } from "node:fs";

/** By the numbers that Linux has for file systems (linux/magic.h). */
const FLEETING = new Set([
  0x4d44, // vfat
  0x2011bab0, // exfat
  0x65735546, // fuse
  0x517b, // smb
  0xfe534d42, // smb2
  0xff534d42, // cifs
]);

/** Of the file system that a folder is on. Where nobody can tell, they are believed. */
export function keepsInodes(folder: string): boolean {
  try {
    return !FLEETING.has(Number(statfsSync(folder).type) >>> 0);
  } catch {
    return true;
  }
}
