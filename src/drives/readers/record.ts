/**
 * A record: everything that was collected of one machine in one file, so that a person can send it
 * with a report and anybody can replay it.
 *
 * @module
 */
import { VERSION } from "../../base/version.ts";
import { withoutPasswords } from "../graph/mount_info.ts";
import { parseJson, type Recording } from "./reader.ts";

interface Record {
  giggityflix: string;
  recordings: readonly Recording[];
}

/** The text of a record file; passwords of mounts stay here. */
export function toRecord(all: readonly Recording[]): string {
  const recordings = all.map((one) => ({ ...one, text: withoutPasswords(one.text) }));
  return JSON.stringify({ giggityflix: VERSION, recordings } satisfies Record, null, 1);
}

/** The recordings in one file: those of a record, or the file itself as one. */
export function recordingsIn(text: string): Recording[] {
  if (!/^\s*\{\s*"giggityflix"\s*:/.test(text)) return [{ text }];
  const { recordings } = parseJson("giggityflix", text) as Partial<Record>;
  return (recordings ?? []).filter(({ text }) => typeof text === "string");
}
