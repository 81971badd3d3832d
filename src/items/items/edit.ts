/**
 * What an edit makes of an item. Pure.
 *
 * @module
 */
import { sortTitleOf } from "../../media/mod.ts";
import type { Fields } from "../changes/changes.ts";
import {
  cleanValue,
  editable,
  type EditableName,
  editableNames,
  type Patch,
  refuse,
} from "./item.ts";
import type { EditState, Written } from "./store.ts";

/** Says of the values of custom fields what is kept of them. @throws {InvalidError} */
export type CleanCustom = (values: Fields) => Fields;

/**
 * The item after `patch`: what a person sets is the item's own from then on; null gives it back to
 * the scan.
 *
 * @throws {InvalidError} a value that cannot be: `details.field` names it
 */
export function edited(state: EditState, patch: Patch, cleanCustom: CleanCustom): Written {
  const values = { ...state.values };
  const own = new Set(state.own);
  for (const name of editableNames) {
    if (patch[name] === undefined) continue;
    const value = cleanValue(name, patch[name]);
    if (value === null) {
      values[name] = state.facts[name] ?? (name === "kind" ? "video" : null);
      own.delete(name);
    } else {
      values[name] = value;
      own.add(name);
    }
    if (values[name] === null && "required" in editable[name]) {
      refuse(name, "an item without a file needs one");
    }
  }
  const custom = { ...state.custom };
  for (const [key, value] of Object.entries(cleanCustom(patch.custom ?? {}))) {
    if (value === null) delete custom[key];
    else custom[key] = value;
  }
  return { values, own: [...own].sort(), custom, sortTitle: sortTitle(values, own, state) };
}

/** The patch that leaves nothing of what was there: what is not given goes back to the scan. */
export function replacing(state: EditState, fields: Patch): Patch {
  const all = Object.fromEntries(editableNames.map((name) => [name, fields[name] ?? null]));
  const custom = Object.fromEntries(Object.keys(state.custom).map((key) => [key, null]));
  return { ...all, custom: { ...custom, ...fields.custom } };
}

/** The fields of an item as its history keeps them. */
export function toFields({ values, own, custom }: Omit<Written, "sortTitle">): Fields {
  return {
    ...values,
    ...Object.fromEntries(own.map((name) => [`own.${name}`, true])),
    ...Object.fromEntries(Object.entries(custom).map(([key, value]) => [`custom.${key}`, value])),
  };
}

/** The item with these fields of its history. */
export function withFields(state: EditState, fields: Fields): Written {
  const values = { ...state.values };
  const own = new Set(state.own);
  const custom = { ...state.custom };
  for (const [name, value] of Object.entries(fields)) {
    const [, part, key = ""] = /^(own|custom)\.(.*)$/s.exec(name) ?? [];
    if (part === "own") value === true ? own.add(key) : own.delete(key);
    else if (part === "custom") value === null ? delete custom[key] : custom[key] = value;
    else if (name in editable) values[name as EditableName] = value as string | number | null;
  }
  return { values, own: [...own].sort(), custom, sortTitle: sortTitle(values, own, state) };
}

function sortTitle(
  { title }: EditState["values"],
  own: ReadonlySet<string>,
  { facts }: EditState,
): string {
  const said = (facts as Fields).sort_title;
  return !own.has("title") && typeof said === "string" ? said : sortTitleOf(String(title));
}
