/**
 * /proc/self/mountinfo: what is mounted where.
 *
 * @module
 */
import { parseMountInfo } from "../../../graph/mount_info.ts";
import { type Reader, unreadable } from "../../reader.ts";

export const mountInfo: Reader = {
  name: "mountinfo",
  platform: "linux",
  recognise: (text) => /^\d+ \d+ \d+:\d+ \S+ \S+ \S+ .*- \S+ \S+/.test(text.trimStart()),
  read(text) {
    const mounts = parseMountInfo(text);
    if (mounts.length === 0 && text.trim()) throw unreadable("mountinfo", text, "it has no mount");
    return { mounts };
  },
};
