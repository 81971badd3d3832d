/**
 * `giggityflix drives --replay FILE…`: the same picture from what tools said on another machine.
 *
 * @module
 */
import { basename } from "node:path";
import { DeniedError, InvalidError, NotFoundError, reasonOf } from "../../../base/errors.ts";
import {
  decodeText,
  type DriveReport,
  healthIn,
  pictureOf,
  type RecordedHealth,
  recordingsIn,
} from "../../../drives/mod.ts";

/** A recording of a machine with a thousand disks is some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface Replayed extends DriveReport {
  strategy: "replay";
  /** What smartctl said of the drives, where it was among the recordings. */
  health: RecordedHealth[];
}

/**
 * Reads the files and builds the picture that they give together.
 *
 * @throws {InvalidError} one of them is no tool's output; it is named
 */
export async function replay(paths: readonly string[]): Promise<Replayed> {
  const recordings = [];
  for (const path of paths) {
    const found = recordingsIn(decodeText(await read(path)));
    recordings.push(...found.map((recording) => ({ ...recording, name: basename(path) })));
  }
  const report = pictureOf(recordings);
  return { ...report, strategy: "replay", health: healthIn(recordings, report.drives) };
}

async function read(path: string): Promise<Uint8Array> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new InvalidError(`Cannot replay "${path}": it is not a file`, { path });
    if (size > MAX_BYTES) {
      throw new InvalidError(`Cannot replay "${path}": it is larger than ${MAX_BYTES} bytes`);
    }
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new NotFoundError(`Cannot replay "${path}": there is no such file`, { path }, {
        cause,
      });
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      throw new DeniedError(`Cannot replay "${path}": no right to read it`, { path }, { cause });
    }
    if (cause instanceof InvalidError) throw cause;
    throw new InvalidError(`Cannot replay "${path}": ${reasonOf(cause)}`, { path }, { cause });
  }
}
