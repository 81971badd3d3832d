/**
 * /proc/mdstat: the arrays that run, and what they are made of.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";

export const mdstat: Reader = {
  name: "/proc/mdstat",
  platform: "linux",
  recognise: (text) => /^\s*Personalities ?:/.test(text),
  read: (text) => ({ devices: arraysIn(text) }),
};

const BLOCK_BYTES = 1024;

/** What the letter after a member says that it is for. */
const roleOf: Record<string, string> = { S: "spare", J: "log" };

/**
 * Such as
 * `md126 : active raid0 sda[1] sdb[0]`
 * `      500113408 blocks super external:/md127/0 64k chunks`
 */
function arraysIn(text: string): Finding[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const [, name, state = "", rest = ""] = /^(md\S*) ?: (\S+) (.*)$/.exec(line) ?? [];
    if (!name) return [];
    const words = rest.replace(/^\((auto-)?read-only\) /, "").split(" ");
    const level = words.find((word) => /^(raid\d+|linear|multipath|faulty)$/.test(word));
    const blocks = /^\s+(\d+) blocks/.exec(lines[at + 1] ?? "")?.[1];
    const members = [...rest.matchAll(/(\S+?)\[\d+\]((?:\([A-Z]\))*)/g)];
    // A member that has failed is read no more.
    const used = members.filter(([, , marks]) => !marks!.includes("(F)"));
    const roles = used.flatMap(([, member, marks]) => {
      const role = roleOf[/\(([SJ])\)/.exec(marks!)?.[1] ?? ""];
      return role ? [[member!.replaceAll("!", "/"), role]] : [];
    });
    return [{
      name,
      type: level ?? "md",
      parents: used.map(([, member]) => member!.replaceAll("!", "/")),
      // All members of a container are called spare: that is no role in it.
      roles: state === "inactive" ? {} : Object.fromEntries(roles),
      sizeBytes: blocks && state !== "inactive" ? Number(blocks) * BLOCK_BYTES : undefined,
    }];
  });
}
