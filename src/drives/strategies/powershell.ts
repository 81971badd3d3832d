/**
 * Windows 8 and later: the Storage module, which knows kinds of drives, pools and what each
 * partition is mounted as.
 *
 * @module
 */
import { askPowerShell } from "../powershell/ask.ts";
import script from "../powershell/storage.ps1" with { type: "text" };
import { pictureOf } from "../readers/mod.ts";
import type { Strategy } from "../strategy.ts";

export const powershell: Strategy = {
  name: "powershell",
  async collect(options) {
    return [{ tool: "windows storage", text: await askPowerShell(script, options) }];
  },
  parse: pictureOf,
};
