/**
 * How quickly a disk of the guest is read.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import type { Machine } from "./machine.ts";

/**
 * MB/s that the disk gives while `work` reads so many bytes from it, by what the kernel counts.
 * Nothing of them is in memory before. The clock starts with the first hundredth: before that,
 * folders are looked through.
 */
export async function readSpeed(
  { vm }: Machine,
  disk: string,
  bytes: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = await vm.sh(`sync; echo 3 >/proc/sys/vm/drop_caches
    read -r _ _ sectors _ </sys/block/${disk}/stat; echo $sectors`);
  const watching = vm.sh(
    `
    before=${before.trim()} began= first=0
    for ((i = 0; i < 1200; i++)); do
      read -r _ _ now _ </sys/block/${disk}/stat
      if [ -z "$began" ] && ((now - before > ${bytes} / 51200)); then
        began=$EPOCHREALTIME first=$now
      fi
      ((now - before < ${bytes} / 512)) || break
      sleep 0.1
    done
    echo $began $EPOCHREALTIME $((now - first)) $((now - before))`,
    150_000,
  );
  const [said] = await Promise.all([watching, work()]);
  const [began, ended, sectors, all] = said.trim().split(" ").map(Number);
  ok(all! * 512 >= bytes, `all is read from the disk: ${said}`);
  return sectors! * 512 / 1e6 / (ended! - began!);
}
