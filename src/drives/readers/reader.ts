/**
 * A reader: how one tool's output is recognised, and a pure parser of it. Detection reads what it
 * has just collected; `drives --replay` reads what somebody recorded on another machine.
 *
 * @module
 */
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import type { Platform } from "../../base/platform.ts";
import type { Findings } from "../graph/gather.ts";

/** What a tool said, word for word. */
export interface Recording {
  /** The reader's name; of a file that somebody sent, the content tells. */
  tool?: string | undefined;
  text: string;
  /** Why a tool that can be done without said nothing of use. */
  failed?: string | undefined;
}

export interface Reader {
  /** The tool and what it was asked: "lsblk --json", "diskutil list -plist". */
  name: string;
  /** Whose machines it tells of. */
  platform: Platform;
  /** Whether `text` is this tool's: by its beginning or a word only it says, and cheaply. */
  recognise(text: string): boolean;
  /** Throws if `text` is not what the tool documents. */
  read(text: string): Findings;
}

/** Parses JSON, with the tool's name in the failure; a byte-order mark is no part of it. */
export function parseJson(tool: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw unreadable(tool, text, cause);
  }
}

/** "Cannot read the answer of lsblk: it has no list …", with where it begins. */
export function unreadable(tool: string, text: string, cause: unknown): UnavailableError {
  const reason = typeof cause === "string" ? cause : reasonOf(cause);
  const details = { begins: text.slice(0, 200) };
  return new UnavailableError(`Cannot read the answer of ${tool}: ${reason}`, details, { cause });
}
