/**
 * What each peer has said of the tags of its files: kept with the file, so that it goes where that
 * goes, and told of the title that it is of.
 *
 * @module
 */
import { turn } from "../../base/event_loop.ts";
import { likeText, type Statements } from "../../db/mod.ts";
import type { TitleTags } from "../messages.ts";
import { boundedTags } from "./told.ts";

/** What peers that have a title say of its tags; who is not in it has said nothing. */
export type TagsByPeer = ReadonlyMap<string, TitleTags>;

/** Keeps what `peerId` says of its files; whether anything of it is new. */
export async function keepTags(
  tx: Statements,
  peerId: string,
  said: readonly { path: string; tags: TitleTags | undefined }[],
): Promise<boolean> {
  const rows = await tx.all<{ path: string; tags: string | null }>(
    `SELECT relative_path AS path, tags FROM replicas
     WHERE peer_id = ? AND relative_path IN ${tx.each}`,
    peerId,
    JSON.stringify(said.map(({ path }) => path)),
  );
  const known = new Map(rows.map(({ path, tags }) => [path, tags]));
  let isNew = false;
  for (const { path, tags } of said) {
    const text = tags ? JSON.stringify(boundedTags(tags)) : null;
    if (text === known.get(path)) continue;
    isNew = true;
    await tx.run(
      "UPDATE replicas SET tags = ? WHERE peer_id = ? AND relative_path = ?",
      text,
      peerId,
      path,
    );
  }
  return isNew;
}

/** By title, of the peers that have it now. */
export async function tagsOf(
  state: Statements,
  catalogIds: readonly string[],
): Promise<Map<string, TagsByPeer>> {
  const rows = await state.all<{ catalogId: string; peerId: string; tags: string }>(
    `SELECT catalog_id AS "catalogId", peer_id AS "peerId", tags FROM replicas
     WHERE announced = 1 AND tags IS NOT NULL AND catalog_id IN ${state.each}`,
    JSON.stringify(catalogIds.filter((id) => !id.includes("\0"))),
  );
  const found = new Map<string, Map<string, TitleTags>>();
  for (const { catalogId, peerId, tags } of rows) {
    const byPeer = found.get(catalogId) ?? new Map<string, TitleTags>();
    found.set(catalogId, byPeer);
    const said: TitleTags = JSON.parse(tags);
    const other = byPeer.get(peerId);
    // It has the same content twice, and has said something of each.
    byPeer.set(peerId, other ? both(other, said) : said);
  }
  return found;
}

/** Copies that are looked at together, and in all: what is beyond that is taken for tagged. */
const [BATCH, MOST] = [2000, 2_000_000];

/** Whether a peer says that something it has now has this tag, or one below it. */
export async function hasTag(state: Statements, path: string): Promise<boolean> {
  const quoted = likeText(JSON.stringify(path)).slice(0, -1);
  let after = ["", ""];
  for (let seen = 0; seen < MOST; seen += BATCH) {
    const end = await state.get<{ peerId: string; path: string }>(
      `SELECT peer_id AS "peerId", relative_path AS path FROM replicas
       WHERE (peer_id, relative_path) > (?, ?) ORDER BY peer_id, relative_path LIMIT 1 OFFSET ?`,
      ...after,
      BATCH - 1,
    );
    const found = await state.get(
      `SELECT 1 AS one FROM replicas WHERE (peer_id, relative_path) > (?, ?)
       ${end ? "AND (peer_id, relative_path) <= (?, ?)" : ""}
       AND announced = 1 AND (tags LIKE ? ESCAPE '!' OR tags LIKE ? ESCAPE '!')
       ORDER BY peer_id, relative_path LIMIT 1`,
      ...after,
      ...end ? [end.peerId, end.path] : [],
      `%${quoted}"%`,
      `%${quoted}/%`,
    );
    if (found || !end) return found !== undefined;
    after = [end.peerId, end.path];
    await turn();
  }
  return true;
}

function both(one: TitleTags, other: TitleTags): TitleTags {
  return {
    paths: [...new Set([...one.paths, ...other.paths])],
    isComplete: one.isComplete && other.isComplete,
  };
}
