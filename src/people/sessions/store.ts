/** The rows of sessions and of their tokens. @module */
import type { Statements } from "../../db/mod.ts";
import type { Role } from "../roles.ts";

export interface SessionRow {
  id: string;
  userId: string;
  generation: number;
  rotatedAt: string;
  createdAt: string;
  expiresAt: string;
  usedAt: string;
  address: string | null;
  agent: string | null;
  how: string;
}

/** What a token leads to: its session, which goes on, and that session's user, who may. */
export interface TokenRow {
  tokenGeneration: number;
  sessionId: string;
  generation: number;
  rotatedAt: string;
  sessionExpiresAt: string;
  usedAt: string;
  userId: string;
  name: string;
  role: Role;
  libraryUser: string;
}

export interface NewToken {
  hash: string;
  sessionId: string;
  kind: "access" | "refresh";
  generation: number;
  expiresAt: string;
}

const columns = `id, user_id AS "userId", generation, rotated_at AS "rotatedAt",
  created_at AS "createdAt", expires_at AS "expiresAt", used_at AS "usedAt", address, agent, how`;

export const sessionStore = (sql: Statements) => ({
  add: (it: SessionRow) =>
    sql.run(
      `INSERT INTO user_sessions (id, user_id, generation, rotated_at, created_at, expires_at,
         used_at, address, agent, how) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      it.id,
      it.userId,
      it.generation,
      it.rotatedAt,
      it.createdAt,
      it.expiresAt,
      it.usedAt,
      it.address,
      it.agent,
      it.how,
    ),
  addToken: (it: NewToken) =>
    sql.run(
      `INSERT INTO user_session_tokens (hash, session_id, kind, generation, expires_at)
       VALUES (?, ?, ?, ?, ?)`,
      it.hash,
      it.sessionId,
      it.kind,
      it.generation,
      it.expiresAt,
    ),
  byToken: (hash: string, kind: NewToken["kind"], now: string) =>
    sql.get<TokenRow>(
      `SELECT t.generation AS "tokenGeneration", s.id AS "sessionId", s.generation,
         s.rotated_at AS "rotatedAt", s.expires_at AS "sessionExpiresAt", s.used_at AS "usedAt",
         u.id AS "userId", u.name, u.role, u.library_user AS "libraryUser"
       FROM user_session_tokens t JOIN user_sessions s ON s.id = t.session_id
         JOIN users u ON u.id = s.user_id
       WHERE t.hash = ? AND t.kind = ? AND t.expires_at > ? AND s.expires_at > ?
         AND s.ended_at IS NULL AND u.disabled_at IS NULL`,
      hash,
      kind,
      now,
      now,
    ),
  /** Whether the session was still of that generation. */
  rotate: async (id: string, from: number, at: string) =>
    await sql.run(
      `UPDATE user_sessions SET generation = generation + 1, rotated_at = ?, used_at = ?
       WHERE id = ? AND generation = ? AND ended_at IS NULL`,
      at,
      at,
      id,
      from,
    ) === 1,
  used: (id: string, at: string) =>
    sql.run("UPDATE user_sessions SET used_at = ? WHERE id = ?", at, id),
  /** Access tokens that are over, and refresh tokens that are very old. */
  dropTokens: (sessionId: string, now: string, beforeGeneration: number) =>
    sql.run(
      `DELETE FROM user_session_tokens WHERE session_id = ?
         AND (kind = 'access' AND expires_at <= ? OR kind = 'refresh' AND generation < ?)`,
      sessionId,
      now,
      beforeGeneration,
    ),
  /** Of one user, the last begun first; those that go on. */
  page: (userId: string, before: string, now: string, limit: number) =>
    sql.all<SessionRow>(
      `SELECT ${columns} FROM user_sessions
       WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? AND created_at || ' ' || id < ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      userId,
      now,
      before,
      limit,
    ),
  find: (id: string, now: string) =>
    sql.get<SessionRow>(
      `SELECT ${columns} FROM user_sessions WHERE id = ? AND ended_at IS NULL AND expires_at > ?`,
      id,
      now,
    ),
  /** Whether it went on until now. */
  end: async (id: string, at: string, reason: string) => {
    const ended = await sql.run(
      "UPDATE user_sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL",
      at,
      reason,
      id,
    );
    await sql.run("DELETE FROM user_session_tokens WHERE session_id = ?", id);
    return ended === 1;
  },
  /** Ended or over since `before`; their tokens go with them. */
  forget: (before: string) =>
    sql.run("DELETE FROM user_sessions WHERE ended_at < ? OR expires_at < ?", before, before),
});
