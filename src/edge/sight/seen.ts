/**
 * Titles under the names that peers give them whose copies somebody sees, in the order of these.
 *
 * @module
 */
import { turn } from "../../base/event_loop.ts";
import { plain } from "../../base/text/plain.ts";
import type { ReplicaRow, TitleRow } from "../server/store.ts";
import type { Found, NameRow } from "./store.ts";

/** The peers whose copies of these titles somebody may see; of a title that is missing, of none. */
export type Sees = (
  titles: readonly { catalogId: string; peerIds: readonly string[] }[],
) => Promise<ReadonlyMap<string, readonly string[]>>;

/** A title, and the copy by whose name it is known. */
export interface Seen {
  title: TitleRow;
  by: ReplicaRow;
}

export interface SeenPort {
  /** Those with all `words` in their names. */
  names(after: NameRow, limit: number, words: readonly string[]): Promise<Found<NameRow>>;
  titlesOf(catalogIds: string[]): Promise<TitleRow[]>;
}

/** Copies that are looked at together. */
const BATCH = 200;
/** Of them for one page: what is shown of a large catalogue may be little. */
const MAX_JUDGED = 10_000;
/** Looks for one page, each at a part of all copies: what has the words may be little, too. */
const MAX_LOOKS = 500;

/** Of these titles, those that are seen, as they are called by those who are seen. */
export async function asSeen(titles: TitleRow[], sees: Sees): Promise<Map<string, Seen>> {
  const peers = await sees(titles.map(({ catalogId, replicas }) => ({
    catalogId,
    peerIds: [...new Set(replicas.map(({ peerId }) => peerId))],
  })));
  return new Map(titles.flatMap((row): [string, Seen][] => {
    const copies = row.replicas.filter(({ peerId }) =>
      peers.get(row.catalogId)?.includes(peerId) ?? false
    ).sort(byName);
    // As everybody calls it, if one of them does.
    const by = copies.find(({ title }) => title === row.title) ?? copies[0];
    return by ? [[row.catalogId, { title: { ...row, title: by.title }, by }]] : [];
  }));
}

/** At most `count` titles after a place; and the place to go on from, which may be a hidden one. */
export async function seenPage(
  port: SeenPort,
  { after, count, words }: { after: NameRow; count: number; words: readonly string[] },
  sees: Sees,
): Promise<{ found: TitleRow[]; next?: NameRow }> {
  const found: TitleRow[] = [];
  let judged = 0;
  for (let looks = 0; looks < MAX_LOOKS && judged < MAX_JUDGED; looks++) {
    const { rows, next } = await port.names(after, BATCH, words);
    judged += rows.length;
    const ids = [...new Set(rows.map(({ catalogId }) => catalogId))];
    const titles = ids.length > 0 ? await port.titlesOf(ids) : [];
    const seen = titles.length > 0 ? await asSeen(titles, sees) : new Map<string, Seen>();
    for (const [at, row] of rows.entries()) {
      const it = seen.get(row.catalogId);
      // Each title stands once, where the copy is that it is known by.
      if (it?.by.peerId !== row.peerId || it.by.relativePath !== row.relativePath) continue;
      found.push(it.title);
      if (found.length < count) continue;
      const isEnd = !next && at === rows.length - 1;
      return { found, ...!isEnd && { next: row } };
    }
    if (!next) return { found };
    after = next;
    await turn();
  }
  return { found, next: after };
}

function byName(one: ReplicaRow, other: ReplicaRow): number {
  return compare(plain(one.title), plain(other.title)) ||
    compare(one.peerId, other.peerId) || compare(one.relativePath, other.relativePath);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
