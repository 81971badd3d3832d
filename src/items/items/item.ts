/**
 * A film (episode, song, picture) as a person sees it, the fields of it that a person may set, and
 * what is made of what a person writes.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import type { Fields } from "../changes/changes.ts";

export const kinds = ["video", "audio", "image"] as const;
export type ItemKind = typeof kinds[number];

/** What kind of value each field takes; a text's `max` counts UTF-16 units. */
export type FieldRule =
  | { type: "text"; max: number; lines?: true }
  | { type: "whole"; min: number; max: number }
  | { type: "kind" };

/**
 * The fields that a person may set: the name here is the column's and REST's. Those that a scan may
 * know are given back to it by null; `required` ones are never without a value.
 */
export const editable = {
  title: { type: "text", max: 500, required: true },
  kind: { type: "kind", required: true },
  original_title: { type: "text", max: 500 },
  series: { type: "text", max: 300 },
  season: { type: "whole", min: 0, max: 100_000 },
  episode: { type: "whole", min: 0, max: 100_000 },
  year: { type: "whole", min: 1800, max: 9999 },
  description: { type: "text", max: 20_000, lines: true },
  source: { type: "text", max: 1000 },
  language: { type: "text", max: 35 },
} satisfies Record<string, FieldRule & { required?: true }>;

export type EditableName = keyof typeof editable;
export const editableNames = Object.keys(editable) as EditableName[];

export type Value = string | number | null;

/** What a person wants changed; null gives the field back to the scan, or empties it. */
export type Patch = { [Name in EditableName]?: Value | undefined } & {
  /** By key of the custom field; null takes the value away. */
  custom?: Fields | undefined;
};

/** Hexmedia's identity triplet of a file: its place as the edge sees it, unique over all folders. */
export interface Identity {
  mediaFolder: string;
  identityName: string;
  extension: string;
}

/** "films/Heat/heat.mkv" → folder "films/Heat", name "heat", extension "mkv". */
export function identityOf(wirePath: string): Identity {
  const slash = wirePath.lastIndexOf("/");
  const name = wirePath.slice(slash + 1);
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && dot < name.length - 1;
  return {
    mediaFolder: wirePath.slice(0, Math.max(0, slash)),
    identityName: hasExtension ? name.slice(0, dot) : name,
    extension: hasExtension ? name.slice(dot + 1) : "",
  };
}

/** The path that identityOf() takes apart. */
export function wirePathOf({ mediaFolder, identityName, extension }: Identity): string {
  return (mediaFolder && `${mediaFolder}/`) + identityName + (extension && `.${extension}`);
}

/**
 * A text as it is kept: no control characters, none that turn the direction of what follows, no
 * halves of characters, spaces single and none at the ends; line breaks only where `lines` may be.
 */
export function cleanText(text: string, lines = false): string {
  const well = text.toWellFormed().replaceAll("\r\n", "\n");
  const kept = lines
    ? well.replaceAll(/[^\P{Cc}\n\t]/gu, " ")
    : well.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ").replaceAll(/\s+/gu, " ");
  return kept.replaceAll(/[\u202a-\u202e\u2066-\u2069]/gu, "").trim();
}

/**
 * The value that is kept of what a person sets.
 *
 * @throws {InvalidError} it is no value of this field: `details.field` names it
 */
export function cleanValue(name: EditableName, value: unknown): Value {
  const rule: FieldRule & { required?: true } = editable[name];
  if (value === null) return null;
  if (rule.type === "kind") {
    if (kinds.includes(value as ItemKind)) return value as ItemKind;
    refuse(name, `expected ${kinds.join(", ")}`);
  }
  if (rule.type === "whole") {
    if (Number.isInteger(value) && Number(value) >= rule.min && Number(value) <= rule.max) {
      return Number(value);
    }
    refuse(name, `expected a whole number from ${rule.min} to ${rule.max}`);
  }
  if (typeof value !== "string") refuse(name, "expected a text");
  if (value.length > rule.max) refuse(name, `it is longer than ${rule.max} characters`);
  const text = cleanText(value, rule.lines);
  if (text === "" && rule.required) refuse(name, "it is empty");
  return text === "" ? null : text;
}

/** @throws {InvalidError} always */
export function refuse(field: string, why: string): never {
  throw new InvalidError(`Cannot set "${field}": ${why}`, { field });
}
