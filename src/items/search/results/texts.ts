/**
 * The texts beside an item's own, in which searched words may stand. They lie in many places of the
 * file, so those of the next page are read while somebody looks at this one.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { dropOldest } from "../../../base/bounded/oldest.ts";
import type { Readers } from "../../../db/mod.ts";
import { TEXTS, type Texts } from "../store.ts";

/** By the item's `seq`. */
type BySeq = Map<number, Texts>;

interface Prepared {
  at: number;
  texts: Promise<BySeq>;
}

/** Pages whose texts are kept. */
const MOST = 8;
/** Longer nobody looks at a page before its texts may have changed. */
const KEPT_MS = 30_000;
/** First the page before is answered, by the same threads. */
const SOON_MS = 5;
/** The seq of no item. */
const NONE = -1;

export function createTexts(readers: Readers) {
  const prepared = new Map<number, Prepared>();

  async function read(seqs: readonly number[], signal?: AbortSignal): Promise<BySeq> {
    if (seqs.length === 0) return new Map();
    const rows = await readers.query<Texts>(TEXTS, [JSON.stringify(seqs)], { signal });
    return new Map(rows.map((it) => [it.seq, it]));
  }

  return {
    /** Of `asked`, which are some of `page`. */
    async of(
      asked: readonly number[],
      [first = NONE]: readonly number[],
      signal?: AbortSignal,
    ): Promise<BySeq> {
      const known = prepared.get(first);
      prepared.delete(first);
      if (asked.length === 0) return new Map();
      if (known && performance.now() - known.at < KEPT_MS) {
        const texts = await known.texts.catch(() => undefined);
        signal?.throwIfAborted();
        if (texts && asked.every((seq) => texts.has(seq))) return texts;
      }
      return await read(asked, signal);
    },

    /** For who turns to the page of these in a moment. */
    prepare(seqs: readonly number[]): void {
      const [first = NONE] = seqs;
      if (first === NONE || prepared.has(first)) return;
      const texts = sleep(SOON_MS).then(() => read(seqs));
      texts.catch(() => {}); // they are read when they are needed
      prepared.set(first, { at: performance.now(), texts });
      dropOldest(prepared, MOST);
    },
  };
}
