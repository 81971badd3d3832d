/**
 * Files that are one film by their names: the weakest sign, so it says no more than that.
 *
 * @module
 */
import { areOne } from "../../evidence.ts";
import { MAX_MEMBERS } from "../../store.ts";
import type { LookOptions } from "../exact.ts";
import { lastAlike } from "../length.ts";
import { beginLook, reclaimableOf, saveGroup } from "../save.ts";
import type { CopyFacts } from "../store.ts";
import { vanishUnfound } from "../vanish.ts";
import { hash53, saysItAll, titleKey } from "./key.ts";
import type { NamedItem, TitlesStore } from "./store.ts";

export interface TitlesOptions extends Omit<LookOptions, "full"> {
  titles: TitlesStore;
}

const PAGE = 1000;
/** Items that are compared in one step. */
const ITEMS_AT_ONCE = 100;

export async function lookTitles(options: TitlesOptions): Promise<void> {
  const { store, titles, pace, onGroup } = options;
  await beginLook({ store, pace });
  await pace(titles.begin);
  const clear = async () => {
    while (await pace(() => titles.clear(PAGE)) > 0);
  };
  await clear(); // of a look that was cut off
  await index(options);
  for await (const seqs of runs(options)) {
    await pace(() =>
      store.transaction(() => {
        for (const group of groupsOf(titles.bySeq(seqs), options)) {
          if (saveGroup(store, { kind: "title", ...group })) onGroup();
        }
      })
    );
  }
  await clear();
  await vanishUnfound("title", options);
  await pace(() => store.end("title"));
}

async function index({ titles, pace }: TitlesOptions): Promise<void> {
  for (let last = 0;;) {
    const page = await pace(() => titles.items(last, PAGE));
    await pace(() =>
      titles.addKeys(page.flatMap((item) => {
        const key = titleKey(item);
        return key === undefined ? [] : [{ key: hash53(key), seq: item.seq }];
      }))
    );
    if (page.length < PAGE) return;
    last = page.at(-1)!.seq;
  }
}

/** The items of each key that several have, a step's worth at a time. */
async function* runs({ titles, pace }: TitlesOptions): AsyncGenerator<number[]> {
  let last = { key: -1, seq: 0 };
  let run: number[] = [];
  let found: number[] = [];
  const close = () => {
    if (run.length > 1) found.push(...run);
    run = [];
  };
  for (let isOver = false; !isOver;) {
    const page = await pace(() => titles.keys(last, PAGE));
    isOver = page.length < PAGE;
    for (const { key, seq } of page) {
      if (key !== last.key) {
        close();
        if (found.length >= ITEMS_AT_ONCE) {
          yield found;
          found = [];
        }
      }
      if (run.length < MAX_MEMBERS) run.push(seq);
      last = { key, seq };
    }
  }
  close();
  if (found.length > 0) yield found;
}

function* groupsOf(items: readonly NamedItem[], { store }: TitlesOptions) {
  const facts = new Map(store.facts(items.map(({ mediaId }) => mediaId)).map((it) => [it.id, it]));
  for (const [key, named] of Map.groupBy(items, titleKey)) {
    const files = named.map(({ mediaId }) => facts.get(mediaId)).filter((it) => it !== undefined);
    for (const group of saysItAll(named[0]!) ? [files] : byLength(files)) {
      // Copies of the same bytes are a group of their own.
      if (key === undefined || group.length < 2 || areOne(group)) continue;
      const members = group.map(({ id }) => ({ id, distance: 0 }));
      yield { key, members, reclaimableBytes: reclaimableOf(group) };
    }
  }
}

/** Films of one name that last alike; what does not say how long it lasts is left out. */
function byLength(files: readonly CopyFacts[]): CopyFacts[][] {
  const sorted = files.filter(({ durationMs }) => durationMs !== null)
    .sort((one, other) => one.durationMs! - other.durationMs!);
  const groups: CopyFacts[][] = [];
  for (const file of sorted) {
    const last = groups.at(-1);
    if (last && lastAlike(last[0]!.durationMs!, file.durationMs!)) last.push(file);
    else groups.push([file]);
  }
  return groups;
}
