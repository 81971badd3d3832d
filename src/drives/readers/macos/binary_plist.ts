/**
 * Property lists in their binary form: no tool prints them, but a file may be saved so. They are
 * known by name in order to be refused with what to do.
 *
 * @module
 */
import { isBinary, plistsIn } from "../plist.ts";
import { type Reader, unreadable } from "../reader.ts";

export const binaryPlist: Reader = {
  name: "binary property list",
  platform: "darwin",
  recognise: isBinary,
  read(text) {
    plistsIn(text);
    throw unreadable("a binary property list", text, "it is not one");
  },
};
