/**
 * By which facts a file is taken to be unchanged: its size and its modification time.
 *
 * @module
 */

export interface FileState {
  sizeBytes: number;
  /** Milliseconds since 1970, whole. */
  modifiedMs: number;
}

export function stateOf(info: Deno.FileInfo): FileState {
  return { sizeBytes: info.size, modifiedMs: Math.floor(info.mtime?.getTime() ?? 0) };
}

export function sameState(one: FileState, other: FileState): boolean {
  return one.sizeBytes === other.sizeBytes && one.modifiedMs === other.modifiedMs;
}
