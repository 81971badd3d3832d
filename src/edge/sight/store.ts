/**
 * What each peer calls its copies, in order; and the key that seals places in lists.
 *
 * @module
 */
import type { Statements } from "../../db/mod.ts";

/** One copy, as a place in the order of all names. */
export interface NameRow {
  /** Lower case. */
  sortTitle: string;
  catalogId: string;
  peerId: string;
  relativePath: string;
}

/** Announced copies after a place in the order of their names, those with `part` in theirs. */
export function namesAfter(
  state: Statements,
  after: NameRow,
  limit: number,
  part = "",
): Promise<NameRow[]> {
  return state.all<NameRow>(
    `SELECT sort_title AS "sortTitle", catalog_id AS "catalogId", peer_id AS "peerId",
       relative_path AS "relativePath" FROM replicas
     WHERE announced = 1 AND (sort_title, catalog_id, peer_id, relative_path) > (?, ?, ?, ?)
     ${part && "AND sort_title LIKE ? ESCAPE '!'"}
     ORDER BY sort_title, catalog_id, peer_id, relative_path LIMIT ?`,
    ...[after.sortTitle, after.catalogId, after.peerId, after.relativePath],
    ...part ? [`%${part}%`] : [],
    limit,
  );
}

/** 32 bytes in base64, the same for all edges of one state: made when it is first asked for. */
export async function cursorKey(state: Statements): Promise<string> {
  await state.run(
    "INSERT INTO edge_facts (name, value) VALUES ('cursor_key', ?) ON CONFLICT DO NOTHING",
    crypto.getRandomValues(new Uint8Array(32)).toBase64(),
  );
  const sql = "SELECT value FROM edge_facts WHERE name = 'cursor_key'";
  return (await state.get<{ value: string }>(sql))!.value;
}
