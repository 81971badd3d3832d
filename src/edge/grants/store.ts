/**
 * The log of grants: who was allowed to play what from where, and how it ended. Bounded.
 *
 * @module
 */
import type { State, StateValue } from "../../db/mod.ts";

export interface GrantRow {
  sessionId: string;
  viewer: string;
  catalogId: string;
  peerId: string;
  /** What the peer calls the title; null of a play from before this was kept, as the next. */
  peerCatalogId: string | null;
  /** SHA-256 of the viewer's offer, or of its answer. */
  offer: string | null;
  edgeId: string;
  /** ISO 8601, as the other times. */
  issuedAt: string;
  /** Of its last renewal. */
  expiresAt: string;
  renewals: number;
  state: "playing" | "ended" | "refused" | "expired" | "revoked";
  reason: string | null;
  endedAt: string | null;
}

/** Whose grants; all of what is said must hold. */
export interface GrantFilter {
  sessionId?: string | undefined;
  viewer?: string | undefined;
  catalogId?: string | undefined;
  peerId?: string | undefined;
}

/** The same, of one edge's. */
interface RowFilter extends GrantFilter {
  edgeId?: string;
}

/** Plays that the log remembers. */
const MAX_ROWS = 10_000;
/** Rows written before the oldest are looked for. */
const PRUNE_EVERY = 100;

const columns = {
  sessionId: "session_id",
  viewer: "viewer",
  catalogId: "catalog_id",
  peerId: "peer_id",
  edgeId: "edge_id",
} satisfies Record<keyof RowFilter, string>;

const COLUMNS = `session_id AS "sessionId", viewer, catalog_id AS "catalogId",
  peer_id AS "peerId", peer_catalog_id AS "peerCatalogId", offer, edge_id AS "edgeId",
  issued_at AS "issuedAt", expires_at AS "expiresAt", renewals, state, reason, ended_at AS "endedAt"`;

export class GrantStore {
  #written = 0;

  constructor(readonly state: State, readonly maxRows: number = MAX_ROWS) {}

  async issued(row: Omit<GrantRow, "renewals" | "state" | "reason" | "endedAt">): Promise<void> {
    await this.state.run(
      `INSERT INTO grants
         (session_id, viewer, catalog_id, peer_id, peer_catalog_id, offer, edge_id, issued_at,
          expires_at, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'playing')`,
      ...[row.sessionId, row.viewer, row.catalogId, row.peerId, row.peerCatalogId, row.offer],
      ...[row.edgeId, row.issuedAt, row.expiresAt],
    );
    if (this.#written++ % Math.min(PRUNE_EVERY, this.maxRows) === 0) await this.#prune();
  }

  /**
   * What it is bound to, if it still plays: a revoked one is not renewed. With `offer` it is bound to
   * that from now on.
   */
  async renewed(
    sessionId: string,
    expiresAt: string,
    offer?: string,
  ): Promise<GrantRow | undefined> {
    return await this.state.get<GrantRow>(
      `UPDATE grants SET expires_at = ?, renewals = renewals + 1, offer = COALESCE(?, offer)
       WHERE session_id = ? AND state = 'playing' RETURNING ${COLUMNS}`,
      ...[expiresAt, offer ?? null, sessionId],
    );
  }

  /** Whether it played until now: an end is written once. */
  async end(sessionId: string, state: GrantRow["state"], reason?: string): Promise<boolean> {
    const changed = await this.state.run(
      `UPDATE grants SET state = ?, reason = ?, ended_at = ?
       WHERE session_id = ? AND state = 'playing'`,
      state,
      reason ?? null,
      new Date().toISOString(),
      sessionId,
    );
    return changed > 0;
  }

  /** Ends those that were to be renewed until then, and were not; they ended with their grants. */
  async endExpired(before: string, reason: string): Promise<string[]> {
    const rows = await this.state.all<{ sessionId: string }>(
      `UPDATE grants SET state = 'expired', reason = ?, ended_at = expires_at
       WHERE state = 'playing' AND expires_at < ? RETURNING session_id AS "sessionId"`,
      reason,
      before,
    );
    return rows.map(({ sessionId }) => sessionId);
  }

  /** Those that play now. */
  async playing(filter: RowFilter, limit = 10_000): Promise<GrantRow[]> {
    const wanted = (Object.keys(columns) as (keyof RowFilter)[])
      .filter((name) => filter[name] !== undefined);
    const conditions = wanted.map((name) => ` AND ${columns[name]} = ?`).join("");
    const values: StateValue[] = wanted.map((name) => filter[name]!);
    return await this.state.all<GrantRow>(
      `SELECT ${COLUMNS} FROM grants WHERE state = 'playing'${conditions} LIMIT ?`,
      ...values,
      limit,
    );
  }

  /** The newest first, from before `before`. */
  async page(
    before: { issuedAt: string; sessionId: string } | undefined,
    limit: number,
  ): Promise<GrantRow[]> {
    const { issuedAt, sessionId } = before ?? { issuedAt: "9", sessionId: "" };
    return await this.state.all<GrantRow>(
      `SELECT ${COLUMNS} FROM grants
       WHERE issued_at < ? OR (issued_at = ? AND session_id < ?)
       ORDER BY issued_at DESC, session_id DESC LIMIT ?`,
      issuedAt,
      issuedAt,
      sessionId,
      limit,
    );
  }

  async #prune(): Promise<void> {
    await this.state.run(
      `DELETE FROM grants WHERE session_id IN
         (SELECT session_id FROM grants ORDER BY issued_at DESC, session_id DESC
          LIMIT 1000000 OFFSET ?)`,
      this.maxRows,
    );
  }
}
