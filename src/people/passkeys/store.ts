/** The rows of passkeys and of the challenges that they answer. @module */
import type { Statements } from "../../db/mod.ts";
import type { Role } from "../roles.ts";

export interface PasskeyRow {
  id: string;
  userId: string;
  counter: number;
  transports: string;
  backedUp: number;
  name: string;
  createdAt: string;
  usedAt: string | null;
}

export interface Challenge {
  id: string;
  challenge: string;
  userId: string | null;
  expiresAt: string;
}

interface NewChallenge extends Challenge {
  /** The network or the user that it is for. */
  askedBy: string;
}

const columns = `id, user_id AS "userId", counter, transports, backed_up AS "backedUp", name,
  created_at AS "createdAt", used_at AS "usedAt"`;

export const passkeyStore = (sql: Statements) => ({
  /** Whether it was added: a credential belongs to one. */
  add: async (it: PasskeyRow, publicKey: Uint8Array) =>
    await sql.run(
      `INSERT INTO passkeys (id, user_id, public_key, counter, transports, backed_up, name,
         created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      it.id,
      it.userId,
      publicKey,
      it.counter,
      it.transports,
      it.backedUp,
      it.name,
      it.createdAt,
    ) === 1,
  /** With its user, who may sign in. */
  usable: (id: string) =>
    sql.get<PasskeyRow & { publicKey: Uint8Array; userName: string; role: Role }>(
      `SELECT p.id, p.user_id AS "userId", p.public_key AS "publicKey", p.counter, p.transports,
         u.name AS "userName", u.role
       FROM passkeys p JOIN users u ON u.id = p.user_id
       WHERE p.id = ? AND u.disabled_at IS NULL`,
      id,
    ),
  find: (id: string) => sql.get<PasskeyRow>(`SELECT ${columns} FROM passkeys WHERE id = ?`, id),
  /** The last made first. */
  page: (userId: string, before: string, limit: number) =>
    sql.all<PasskeyRow>(
      `SELECT ${columns} FROM passkeys WHERE user_id = ? AND created_at || ' ' || id < ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      userId,
      before,
      limit,
    ),
  used: (id: string, counter: number, at: string) =>
    sql.run("UPDATE passkeys SET counter = ?, used_at = ? WHERE id = ?", counter, at, id),
  delete: (id: string) => sql.run("DELETE FROM passkeys WHERE id = ?", id),

  challenge: (it: NewChallenge) =>
    sql.run(
      `INSERT INTO passkey_challenges (id, challenge, user_id, expires_at, asked_by)
       VALUES (?, ?, ?, ?, ?)`,
      it.id,
      it.challenge,
      it.userId,
      it.expiresAt,
      it.askedBy,
    ),
  /** Leaves this one and the last of the same asker, `kept` in all. */
  trim: ({ askedBy, id }: NewChallenge, kept: number) =>
    sql.run(
      `DELETE FROM passkey_challenges WHERE asked_by = ? AND id <> ? AND id NOT IN
         (SELECT id FROM passkey_challenges WHERE asked_by = ? AND id <> ?
          ORDER BY expires_at DESC, id LIMIT ?)`,
      askedBy,
      id,
      askedBy,
      id,
      kept - 1,
    ),
  /** The oldest of whoever has the most. */
  dropOfMost: (count: number) =>
    sql.run(
      `DELETE FROM passkey_challenges WHERE id IN
         (SELECT id FROM passkey_challenges WHERE asked_by =
            (SELECT asked_by FROM passkey_challenges
             GROUP BY asked_by ORDER BY count(*) DESC, asked_by LIMIT 1)
          ORDER BY expires_at, id LIMIT ?)`,
      count,
    ),
  /** Takes it away: it is answered once, rightly or not. */
  takeChallenge: (id: string, now: string) =>
    sql.get<Challenge>(
      `DELETE FROM passkey_challenges WHERE id = ? AND expires_at > ?
       RETURNING id, challenge, user_id AS "userId", expires_at AS "expiresAt"`,
      id,
      now,
    ),
  countChallenges: async () =>
    Number((await sql.get<{ n: number }>("SELECT count(*) AS n FROM passkey_challenges"))!.n),
  forget: (now: string) => sql.run("DELETE FROM passkey_challenges WHERE expires_at <= ?", now),
});
