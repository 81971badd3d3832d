/** The rows of sharing rules. @module */
import type { Statements } from "../../db/mod.ts";
import type { Role } from "../roles.ts";
import type { Rule } from "./rules.ts";

export interface RuleRow extends Omit<Rule, "expiresAt"> {
  id: string;
  userId: string | null;
  role: Role | null;
  note: string;
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
}

const columns = `id, user_id AS "userId", role, effect, action, kind, value, note,
  created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt"`;

export const ruleStore = (sql: Statements) => ({
  add: (it: RuleRow) =>
    sql.run(
      `INSERT INTO sharing_rules (id, user_id, role, effect, action, kind, value, note, created_by,
         created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      it.id,
      it.userId,
      it.role,
      it.effect,
      it.action,
      it.kind,
      it.value,
      it.note,
      it.createdBy,
      it.createdAt,
      it.expiresAt,
    ),
  find: (id: string) => sql.get<RuleRow>(`SELECT ${columns} FROM sharing_rules WHERE id = ?`, id),
  /** Those of the user and those of their role, that are not over. */
  of: (userId: string, role: Role, now: string) =>
    sql.all<RuleRow>(
      `SELECT ${columns} FROM sharing_rules
       WHERE (user_id = ? OR role = ?) AND (expires_at IS NULL OR expires_at > ?)`,
      userId,
      role,
      now,
    ),
  /** The last made first; only those for one user where one is named. */
  page: (userId: string, before: string, limit: number) =>
    sql.all<RuleRow>(
      `SELECT ${columns} FROM sharing_rules
       WHERE (? = '' OR user_id = ?) AND created_at || ' ' || id < ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
      userId,
      userId,
      before,
      limit,
    ),
  count: async () =>
    Number((await sql.get<{ n: number }>("SELECT count(*) AS n FROM sharing_rules"))!.n),
  expire: (id: string, at: string | null) =>
    sql.run("UPDATE sharing_rules SET expires_at = ? WHERE id = ?", at, id),
  delete: (id: string) => sql.run("DELETE FROM sharing_rules WHERE id = ?", id),
  /** Deletes those that are over, and returns them. */
  takeOver: (now: string) =>
    sql.all<RuleRow>(`DELETE FROM sharing_rules WHERE expires_at <= ? RETURNING ${columns}`, now),
});
