/**
 * The table of readers: every tool whose output this program understands.
 *
 * @module
 */
import { InvalidError, reasonOf } from "../../base/errors.ts";
import type { DriveReport } from "../drive.ts";
import { describe } from "../graph/topology.ts";
import { linuxReaders } from "./linux/mod.ts";
import { macosReaders } from "./macos/mod.ts";
import type { Reader, Recording } from "./reader.ts";
import { smartctl } from "./smartctl.ts";
import { smartctlText } from "./smartctl_text.ts";
import { windowsReaders } from "./windows/mod.ts";

export const readers: readonly Reader[] = [
  ...linuxReaders,
  ...macosReaders,
  ...windowsReaders,
  smartctl,
  smartctlText,
];

/**
 * The picture that recordings of one machine give together, the best tool first; a tool that
 * failed, and was not needed, is left out.
 *
 * @throws {InvalidError} nobody reads one of them, or it has a name and is damaged
 * @throws {UnavailableError} one without a name is damaged
 */
export function pictureOf(recordings: readonly (Recording & { name?: string })[]): DriveReport {
  const told = recordings.filter(({ failed }) => failed === undefined);
  const known = told.map((recording) => ({ ...recording, reader: readerOf(recording) }));
  // Two answers of one tool may contradict each other: which counts is not the order of files.
  known.sort((a, b) =>
    readers.indexOf(a.reader) - readers.indexOf(b.reader) || (a.text < b.text ? -1 : 1)
  );
  return describe(known.map(({ reader, text, name }) => {
    try {
      return reader.read(text);
    } catch (cause) {
      if (name === undefined) throw cause;
      throw new InvalidError(`Cannot replay "${name}": ${reasonOf(cause)}`, { name }, { cause });
    }
  }));
}

function readerOf({ tool, text, name }: Recording & { name?: string }): Reader {
  const reader = tool
    ? readers.find((one) => one.name === tool)
    : readers.find((one) => one.recognise(text));
  if (reader) return reader;
  const what = name ?? tool ?? text.slice(0, 60).split("\n")[0];
  const known = readers.map((one) => one.name).join(", ");
  throw new InvalidError(`Cannot read "${what}": it is the output of no tool known: ${known}`, {
    name: what,
  });
}
