/**
 * Programs that rights stop, though root runs the tests: root reads and writes everything, unless it
 * gives that away.
 *
 * @module
 */
import { has } from "./clips.ts";

const isRoot = Deno.uid() === 0;
const drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];

/** Whether there is a way to such a program: `ignore: !hasRights`. */
export const hasRights = Deno.uid() !== null &&
  (!isRoot || await has(drop[0]!, drop[1]!, "true"));

/** The command line by which it is stopped. */
export function heldByRights(...command: string[]): [program: string, args: string[]] {
  const [program, ...args] = isRoot ? [...drop, ...command] : command;
  return [program!, args];
}
