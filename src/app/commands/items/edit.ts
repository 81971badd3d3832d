/**
 * `giggityflix items edit`: sets fields of an item, or gives them back to what a scan says.
 *
 * @module
 */
import { Command } from "commander";
import { InvalidError } from "../../../base/errors.ts";
import { editable, editableNames, type Patch } from "../../../items/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { type Access, withItems } from "./access.ts";
import { common } from "./common.ts";

export function edit(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = (text: string, before: string[] = []) => [...before, text];
  return common(new Command("edit"), "print the item as one JSON object")
    .description("Set fields of an item, or give them back to what a scan says")
    .argument("<id>")
    .option(
      "--set <field=value>",
      `may be repeated: ${editableNames.join(", ")}, custom.<key>`,
      all,
    )
    .option("--clear <field>", "gives it back to what the scan says; may be repeated", all)
    .action(async (id: string, options) => {
      const { set = [], clear = [] } = options;
      if (set.length + clear.length === 0) {
        throw new InvalidError("Cannot edit: say what, by --set field=value or --clear field");
      }
      const item = await withItems(
        options,
        context,
        async (items) => items.edit(id, await toPatch(set, clear, items)),
      );
      print(options.json ? JSON.stringify(item) : `${item.id} is version ${item.version} now`);
    });
}

/** @throws {InvalidError} no such field, or not "field=value" */
export async function toPatch(
  set: readonly string[],
  clear: readonly string[],
  { typeOf }: Pick<Access, "typeOf">,
): Promise<Patch> {
  const patch: Record<string, unknown> = {};
  const custom: Record<string, unknown> = {};
  for (const text of set) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new InvalidError(`Cannot set "${text}": write field=value`);
    const key = keyOf(name);
    if (key !== undefined) custom[key] = typed(value!, await typeOf(key));
    else patch[name] = typed(value!, typeOfField(name));
  }
  for (const name of clear) {
    const key = keyOf(name);
    if (key !== undefined) custom[key] = null;
    else if (typeOfField(name)) patch[name] = null;
  }
  return Object.keys(custom).length > 0 ? { ...patch, custom } : patch;
}

const keyOf = (name: string): string | undefined => /^custom\.(.+)$/s.exec(name)?.[1];

function typeOfField(name: string): string {
  const rule = Object.entries(editable).find(([known]) => known === name)?.[1];
  if (rule) return rule.type;
  const names = `${editableNames.join(", ")}, custom.<key>`;
  throw new InvalidError(`Cannot edit "${name}": there are ${names}`, { field: name });
}

/** What is no number stays a text: the library says what it expects. */
function typed(value: string, type: string): unknown {
  if (type === "yes_no") return ["true", "yes", "on", "1"].includes(value.toLowerCase());
  const isNumber = type === "number" || type === "whole";
  return isNumber && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
}
