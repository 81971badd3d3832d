/** The rows of invitations. @module */
import type { Statements } from "../../db/mod.ts";
import type { Role } from "../roles.ts";

export interface InvitationRow {
  id: string;
  kind: "invitation" | "setup";
  role: Role;
  note: string;
  shares: string;
  uses: number;
  usesLeft: number;
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
}

/** With the role that the account of whoever made it has now; null where none can sign in by it. */
export interface ReadInvitationRow extends InvitationRow {
  makerRole: Role | null;
}

const columns = `id, kind, role, note, shares, uses, uses_left AS "usesLeft",
  created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", (SELECT u.role FROM users u
    WHERE u.id = invitations.created_by AND u.disabled_at IS NULL) AS "makerRole"`;

export const invitationStore = (sql: Statements) => ({
  add: (it: InvitationRow, hash: string) =>
    sql.run(
      `INSERT INTO invitations (id, kind, hash, role, note, shares, uses, uses_left, created_by,
         created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      it.id,
      it.kind,
      hash,
      it.role,
      it.note,
      it.shares,
      it.uses,
      it.usesLeft,
      it.createdBy,
      it.createdAt,
      it.expiresAt,
    ),
  /** One that can be used now. */
  byHash: (hash: string, kind: InvitationRow["kind"], now: string) =>
    sql.get<ReadInvitationRow>(
      `SELECT ${columns} FROM invitations WHERE hash = ? AND kind = ? AND expires_at > ?
         AND uses_left > 0 AND revoked_at IS NULL`,
      hash,
      kind,
      now,
    ),
  /** Whether there was a use left. */
  use: async (id: string) =>
    await sql.run(
      `UPDATE invitations SET uses_left = uses_left - 1
       WHERE id = ? AND uses_left > 0 AND revoked_at IS NULL`,
      id,
    ) === 1,
  find: (id: string) =>
    sql.get<ReadInvitationRow>(
      `SELECT ${columns} FROM invitations WHERE id = ? AND kind = 'invitation'`,
      id,
    ),
  /** The last made first. */
  page: (before: string, limit: number) =>
    sql.all<ReadInvitationRow>(
      `SELECT ${columns} FROM invitations
       WHERE kind = 'invitation' AND created_at || ' ' || id < ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      before,
      limit,
    ),
  revoke: (id: string, at: string) =>
    sql.run("UPDATE invitations SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, id),
  /** All but the last `kept`. */
  dropSetups: (kept: number) =>
    sql.run(
      `DELETE FROM invitations WHERE kind = 'setup' AND id NOT IN
         (SELECT id FROM invitations WHERE kind = 'setup'
          ORDER BY created_at DESC, id DESC LIMIT ?)`,
      kept,
    ),
  forget: (before: string) => sql.run("DELETE FROM invitations WHERE expires_at < ?", before),
});
