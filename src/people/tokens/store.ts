/** The rows of API tokens. @module */
import type { Statements } from "../../db/mod.ts";
import type { Role } from "../roles.ts";

export interface ApiTokenRow {
  id: string;
  userId: string;
  name: string;
  scopes: string;
  createdAt: string;
  expiresAt: string | null;
  usedAt: string | null;
}

const columns = `id, user_id AS "userId", name, scopes, created_at AS "createdAt",
  expires_at AS "expiresAt", used_at AS "usedAt"`;

export const tokenStore = (sql: Statements) => ({
  add: (it: ApiTokenRow, hash: string) =>
    sql.run(
      `INSERT INTO api_tokens (id, user_id, name, hash, scopes, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      it.id,
      it.userId,
      it.name,
      hash,
      it.scopes,
      it.createdAt,
      it.expiresAt,
    ),
  byHash: (hash: string, now: string) =>
    sql.get<ApiTokenRow & { userName: string; role: Role; libraryUser: string }>(
      `SELECT t.id, t.user_id AS "userId", t.name, t.scopes, t.created_at AS "createdAt",
         t.expires_at AS "expiresAt", t.used_at AS "usedAt", u.name AS "userName", u.role,
         u.library_user AS "libraryUser"
       FROM api_tokens t JOIN users u ON u.id = t.user_id
       WHERE t.hash = ? AND (t.expires_at IS NULL OR t.expires_at > ?) AND u.disabled_at IS NULL`,
      hash,
      now,
    ),
  used: (id: string, at: string) =>
    sql.run("UPDATE api_tokens SET used_at = ? WHERE id = ?", at, id),
  /** The last made first. */
  page: (userId: string, before: string, limit: number) =>
    sql.all<ApiTokenRow>(
      `SELECT ${columns} FROM api_tokens WHERE user_id = ? AND created_at || ' ' || id < ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      userId,
      before,
      limit,
    ),
  count: async (userId: string) =>
    Number(
      (await sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM api_tokens WHERE user_id = ?",
        userId,
      ))!.n,
    ),
  find: (id: string) => sql.get<ApiTokenRow>(`SELECT ${columns} FROM api_tokens WHERE id = ?`, id),
  delete: (id: string) => sql.run("DELETE FROM api_tokens WHERE id = ?", id),
  /** Deletes those that are over, and returns them. */
  takeOver: (now: string) =>
    sql.all<ApiTokenRow>(`DELETE FROM api_tokens WHERE expires_at <= ? RETURNING ${columns}`, now),
});
