/**
 * Reads a film through its drives' lanes, ahead of all background work. Where that has moved the
 * head in a pause, the film's next piece is fetched before anybody asks for it: so the way back
 * lies in the pause as well.
 *
 * @module
 */
import type { Lanes } from "../pool/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface FilmReader extends Disposable {
  /** The bytes from `offset`; fewer than `length` only where the file ends. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Bytes>;
}

export interface FilmReaderDeps {
  lanes: Pick<Lanes, "acquire" | "openStream">;
  driveIds: readonly string[];
}

/** More is not kept in memory for each viewer. */
const MOST_AHEAD_BYTES = 1024 * 1024;

export function openFilmReader(
  readAt: (offset: number, length: number) => Promise<Bytes>,
  { lanes, driveIds }: FilmReaderDeps,
): FilmReader {
  const closed = new AbortController();
  /** Where the film goes on, and in pieces of which size; undefined while it jumps about. */
  let next: { offset: number; length: number } | undefined;
  let ended = -1;
  let held: { offset: number; bytes: Bytes } | undefined;
  // One after the other: the offset is the file's, not the call's.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };

  const fetch = async (
    offset: number,
    length: number,
    options: { signal?: AbortSignal | undefined; isAhead?: boolean },
  ): Promise<Bytes> => {
    using lease = await lanes.acquire(driveIds, { ...options, priority: "playback", onDisturbed });
    const began = performance.now();
    const bytes = await readAt(offset, length);
    lease.count(bytes.length, performance.now() - began);
    return bytes;
  };

  const fetchAhead = async () => {
    if (!next || held || closed.signal.aborted) return;
    const { offset, length } = next;
    const bytes = await fetch(offset, length, { signal: closed.signal, isAhead: true });
    if (next?.offset === offset) held = { offset, bytes };
  };
  const onDisturbed = () => {
    // Whoever asks for the same bytes is told what is wrong with them.
    inTurn(fetchAhead).catch(() => {});
  };

  /** What was fetched ahead, where that is what is wanted. */
  const takeHeld = (offset: number, length: number): Bytes | undefined => {
    const mine = held;
    held = undefined;
    if (!mine || mine.offset !== offset || mine.bytes.length < length) return undefined;
    lanes.openStream(driveIds, { isRead: true });
    return mine.bytes.subarray(0, length);
  };

  const read = async (offset: number, length: number, signal?: AbortSignal): Promise<Bytes> => {
    signal?.throwIfAborted();
    const goesOn = offset === ended;
    ended = offset + length;
    next = goesOn && length <= MOST_AHEAD_BYTES ? { offset: ended, length } : undefined;
    return takeHeld(offset, length) ?? await fetch(offset, length, { signal });
  };

  return {
    read: (offset, length, signal) => inTurn(() => read(offset, length, signal)),
    [Symbol.dispose]: () => {
      closed.abort();
      held = next = undefined; // the lanes know this reader until somebody else has read
    },
  };
}
