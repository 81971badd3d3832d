/**
 * Keeps the search index up in the background: some items at a time, a few milliseconds each, with a
 * turn for everybody else in between; slower while a scan is at work. What it has not come to yet it
 * can count, so that a search says that it does not know all. What it has written piecemeal becomes
 * one piece once nothing else is to be done.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isAttentive, pieceMs, turn } from "../../../base/event_loop.ts";
import type { Publish } from "../../../base/events.ts";
import type { Service } from "../../../base/service.ts";
import type { Writer } from "../../../db/mod.ts";
import { toDocument } from "./document.ts";
import type { TagWords } from "./document.ts";
import { createMerger } from "./merger.ts";
import type { IndexStore } from "./store.ts";

export interface IndexerDeps {
  store: IndexStore;
  transaction<T>(work: () => T): T;
  writer: Writer;
  /** Whether a scan is at work: then the index takes a tenth of the time. */
  isBusy(): boolean;
  publish: Publish;
}

const MAX_BATCH = 500;
/** How often it looks for what has changed. */
const LOOK_EVERY_MS = 500;
const BUSY_PAUSE_MS = 50;
/** Tags whose words are kept in memory. */
const MAX_TAGS = 20_000;

export function createIndexer({ store, transaction, writer, isBusy, publish }: IndexerDeps) {
  let size = 10;
  let tagsVersion = -1;
  const tagWords = new Map<string, TagWords | undefined>();

  const wordsOfTag = (id: string): TagWords | undefined => {
    if (tagWords.has(id)) return tagWords.get(id);
    if (tagWords.size >= MAX_TAGS) tagWords.clear();
    const words = store.tagWords(id);
    tagWords.set(id, words);
    return words;
  };

  /**
   * One batch, in a transaction of its own.
   *
   * @param batchMs how long it should take about; the next one is made smaller or larger
   * @returns how many items it has done; 0 when the index has everything
   */
  const step = (batchMs = pieceMs()): number => {
    if (!store.hasWork()) return 0;
    const began = performance.now();
    const done = transaction(() => {
      const version = store.tagsVersion();
      if (version !== tagsVersion) tagWords.clear();
      tagsVersion = version;
      store.beginVersion();
      return changed() || store.spread(size) || unseen() || old();
    });
    const took = performance.now() - began;
    if (done > 0) {
      const factor = Math.min(2, Math.max(0.3, batchMs / took));
      size = Math.round(Math.min(MAX_BATCH, Math.max(1, size * factor)));
    }
    return done;
  };

  const changed = (): number => {
    const seqs = store.dirty(size);
    putAgain(seqs);
    store.clean(seqs);
    return seqs.length;
  };

  /** Those whose documents an earlier version of the program has made. */
  const old = (): number => {
    const seqs = store.old(size);
    putAgain(seqs);
    store.renewed(seqs.at(-1));
    return seqs.length;
  };

  const putAgain = (seqs: readonly number[]): void => {
    if (seqs.length === 0) return;
    const rows = store.items(seqs);
    const present = new Set(rows.map(({ seq }) => seq));
    store.remove(seqs.filter((seq) => !present.has(seq)));
    store.put(rows.map((row) => toDocument(row, wordsOfTag)), false);
  };

  const unseen = (): number => {
    const rows = store.unseen(size);
    store.put(rows.map((row) => toDocument(row, wordsOfTag)), true);
    // Deleted ones are passed over; the last batch goes up to the newest.
    store.moveMark(rows.length < size ? store.lastSeq() : rows.at(-1)!.seq);
    return rows.length;
  };

  const merger = createMerger({ store, writer });

  /** What fails, on a full disk say, is tried again when it next has its turn. */
  const mergeSome = () => merger.step().catch(() => false);

  return {
    step,
    /** Makes the index one piece, a few milliseconds of it; false when there is nothing to do. */
    mergeStep: merger.step,

    /** Works until nothing is left to do, then looks again now and then. */
    service: (async (signal) => {
      let done = 0;
      while (!signal.aborted) {
        await turn();
        const began = performance.now();
        const some = step();
        done += some;
        if (some === 0 && done > 0) {
          publish("search.indexed", { items: done });
          done = 0;
        }
        const isAtWork = some > 0 || !isBusy() && !isAttentive() && await mergeSome();
        const took = performance.now() - began;
        const pause = !isAtWork ? LOOK_EVERY_MS : isBusy() ? BUSY_PAUSE_MS : Math.ceil(took);
        await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
      }
    }) satisfies Service,
  };
}
