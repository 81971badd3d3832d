/**
 * Windows without a Storage module that works: the classes of CIM that every version has.
 *
 * @module
 */
import { askPowerShell } from "../powershell/ask.ts";
import script from "../powershell/cim.ps1" with { type: "text" };
import { pictureOf } from "../readers/mod.ts";
import type { Strategy } from "../strategy.ts";

export const cim: Strategy = {
  name: "cim",
  async collect(options) {
    return [{ tool: "windows cim", text: await askPowerShell(script, options) }];
  },
  parse: pictureOf,
};
