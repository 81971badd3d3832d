/**
 * Requests for screenshots, and the tokens that were given for them.
 *
 * @module
 */
import type { State, Statements } from "../../../../db/mod.ts";

/** Who wants pictures of what. Times that are numbers are milliseconds since 1970. */
export interface RequestRow {
  requestId: string;
  catalogId: string;
  quantity: number;
  /** A service, or an account. */
  requester: string;
  state: "pending" | "completed" | "failed";
  /** Why the last attempt came to nothing. */
  reason: string | null;
  createdAt: string;
  expiresAt: number;
  attempts: number;
  /** Peers that were asked in this round. */
  tried: string[];
  /** The last that was asked, or that has brought them. */
  peerId: string | null;
  /** Until then it is with a peer, or waits for the next round. */
  dueAt: number;
  /** With a peer. */
  busy: boolean;
  /** Of the pictures that were brought, in their order. */
  hashes: string[];
}

export type NewRequest = Pick<
  RequestRow,
  "requestId" | "catalogId" | "quantity" | "requester" | "createdAt" | "expiresAt"
>;

export interface TokenRow {
  peerId: string;
  isUsed: boolean;
  request: RequestRow;
}

/** Of an upload. */
export interface Brought {
  tokenId: string;
  requestId: string;
  peerId: string;
  /** Of its pictures, in their order. */
  hashes: string[];
}

export interface Place {
  createdAt: string;
  requestId: string;
}

export class RequestStore {
  constructor(readonly state: State) {}

  async add(it: NewRequest): Promise<void> {
    await this.state.run(
      `INSERT INTO screenshot_requests
         (request_id, catalog_id, quantity, requester, state, created_at, expires_at, due_at)
       VALUES (?, ?, ?, ?, 'pending', ?, ?, 0)`,
      ...[it.requestId, it.catalogId, it.quantity, it.requester, it.createdAt, it.expiresAt],
    );
  }

  async find(requestId: string): Promise<RequestRow | undefined> {
    if (requestId.includes("\0")) return undefined;
    const sql = `SELECT ${columns} FROM screenshot_requests r WHERE request_id = ?`;
    const row = await this.state.get<Raw>(sql, requestId);
    return row && toRequest(row);
  }

  /** How many wait: in all, for a title, of a requester. */
  async counts(catalogId: string, requester: string) {
    const row = await this.state.get<{ total: number; title: number; own: number }>(
      `SELECT count(*) AS total,
         coalesce(sum(CASE WHEN catalog_id = ? THEN 1 ELSE 0 END), 0) AS title,
         coalesce(sum(CASE WHEN requester = ? THEN 1 ELSE 0 END), 0) AS own
       FROM screenshot_requests WHERE state = 'pending'`,
      catalogId,
      requester,
    );
    const { total = 0, title = 0, own = 0 } = row ?? {};
    return { total: Number(total), title: Number(title), own: Number(own) };
  }

  /** Those that are with no peer, or were for too long; the oldest first, after a place. */
  async open(now: number, after: Place, limit: number): Promise<RequestRow[]> {
    const rows = await this.state.all<Raw>(
      `SELECT ${columns} FROM screenshot_requests r
       WHERE state = 'pending' AND (busy = 0 OR due_at <= ?) AND expires_at > ?
         AND (created_at, request_id) > (?, ?)
       ORDER BY created_at, request_id LIMIT ?`,
      ...[now, now, after.createdAt, after.requestId, limit],
    );
    return rows.map(toRequest);
  }

  async hasPending(): Promise<boolean> {
    const sql = "SELECT 1 AS there FROM screenshot_requests WHERE state = 'pending' LIMIT 1";
    return await this.state.get(sql) !== undefined;
  }

  /** Gives a request to a peer with a token; false where somebody else has done so meanwhile. */
  give(
    { requestId, attempts }: Pick<RequestRow, "requestId" | "attempts">,
    it: { tokenId: string; peerId: string; tried: string[]; until: number },
  ): Promise<boolean> {
    return this.state.transaction(async (tx) => {
      const changed = await tx.run(
        `UPDATE screenshot_requests SET busy = 1, attempts = attempts + 1, peer_id = ?, tried = ?,
           due_at = ? WHERE request_id = ? AND attempts = ? AND state = 'pending'`,
        ...[it.peerId, JSON.stringify(it.tried), it.until, requestId, attempts],
      );
      if (changed === 0) return false;
      await tx.run(
        "INSERT INTO screenshot_tokens (token_id, request_id, peer_id) VALUES (?, ?, ?)",
        ...[it.tokenId, requestId, it.peerId],
      );
      return true;
    });
  }

  /** Attempt number `attempts` has come to nothing; whether that was so. */
  async takeBack(
    { requestId, attempts }: Pick<RequestRow, "requestId" | "attempts">,
    { reason, dueAt }: { reason: string; dueAt: number },
  ): Promise<boolean> {
    return await this.state.run(
      `UPDATE screenshot_requests SET busy = 0, reason = ?, due_at = ?
       WHERE request_id = ? AND attempts = ? AND busy = 1 AND state = 'pending'`,
      ...[reason.slice(0, 500).replaceAll("\0", ""), dueAt, requestId, attempts],
    ) > 0;
  }

  /** Ends what nobody has brought in time, and returns it. */
  async expire(now: number): Promise<RequestRow[]> {
    const rows = await this.state.all<Raw>(
      `UPDATE screenshot_requests SET state = 'failed', busy = 0, ended_at = ?
       WHERE state = 'pending' AND expires_at <= ? RETURNING ${columnsOf("")}`,
      now,
      now,
    );
    return rows.map(toRequest);
  }

  /** Forgets what ended before `before`, with its tokens. */
  async forget(before: number): Promise<void> {
    await this.state.run("DELETE FROM screenshot_requests WHERE ended_at < ?", before);
  }

  async findToken(tokenId: string): Promise<TokenRow | undefined> {
    if (tokenId.includes("\0")) return undefined;
    const row = await this.state.get<Raw & { holder: string; usedAt: number | null }>(
      `SELECT ${columns}, t.peer_id AS holder, t.used_at AS "usedAt" FROM screenshot_tokens t
       JOIN screenshot_requests r ON r.request_id = t.request_id WHERE t.token_id = ?`,
      tokenId,
    );
    return row && { peerId: row.holder, isUsed: row.usedAt !== null, request: toRequest(row) };
  }

  /**
   * All at once: the request is done, the token is used up, and what `keep` writes is there. False,
   * and nothing is, where the token was used before, or the request waits no more.
   */
  complete(
    { tokenId, requestId, peerId, hashes }: Brought,
    now: number,
    keep: (tx: Statements) => Promise<void>,
  ): Promise<boolean> {
    return this.state.transaction(async (tx) => {
      // The gate: of all who come with tokens for this request, one changes this row.
      const won = await tx.run(
        `UPDATE screenshot_requests SET state = 'completed', busy = 0, reason = NULL, peer_id = ?,
           hashes = ?, ended_at = ? WHERE request_id = ? AND state = 'pending' AND expires_at > ?
           AND EXISTS (SELECT 1 FROM screenshot_tokens WHERE token_id = ? AND request_id = ?
             AND used_at IS NULL)`,
        ...[peerId, JSON.stringify(hashes), now, requestId, now, tokenId, requestId],
      );
      if (won === 0) return false;
      await tx.run("UPDATE screenshot_tokens SET used_at = ? WHERE token_id = ?", now, tokenId);
      await keep(tx);
      return true;
    });
  }

  /** The key of an algorithm: the one that is there, or this one from now on. */
  async key(algorithm: string, made: () => Promise<string>): Promise<string> {
    const sql = "SELECT secret FROM screenshot_keys WHERE algorithm = ?";
    const find = () => this.state.get<{ secret: string }>(sql, algorithm);
    const known = await find();
    if (known) return known.secret;
    await this.state.run(
      "INSERT INTO screenshot_keys (algorithm, secret) VALUES (?, ?) ON CONFLICT DO NOTHING",
      algorithm,
      await made(),
    );
    return (await find())!.secret;
  }
}

const fields = {
  requestId: "request_id",
  catalogId: "catalog_id",
  quantity: "quantity",
  requester: "requester",
  state: "state",
  reason: "reason",
  createdAt: "created_at",
  expiresAt: "expires_at",
  attempts: "attempts",
  tried: "tried",
  peerId: "peer_id",
  dueAt: "due_at",
  busy: "busy",
  hashes: "hashes",
} satisfies Record<keyof RequestRow, string>;

const columnsOf = (table: string) =>
  Object.entries(fields).map(([name, column]) => `${table}${column} AS "${name}"`).join(", ");

const columns = columnsOf("r.");

type Raw = Omit<RequestRow, "tried" | "busy" | "hashes"> & {
  tried: string;
  busy: number;
  hashes: string | null;
};

function toRequest(row: Raw): RequestRow {
  const { requestId, catalogId, quantity, requester, state, reason, createdAt, attempts } = row;
  const { expiresAt, peerId, dueAt } = row;
  return {
    ...{ requestId, catalogId, quantity, requester, state, reason, createdAt, attempts },
    ...{ expiresAt: Number(expiresAt), dueAt: Number(dueAt), peerId },
    tried: JSON.parse(row.tried),
    busy: row.busy === 1,
    hashes: JSON.parse(row.hashes ?? "[]"),
  };
}
