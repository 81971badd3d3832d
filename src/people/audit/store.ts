/** The audit log's rows. @module */
import type { Statements } from "../../db/mod.ts";

export interface AuditRow {
  id: string;
  at: string;
  actor: string;
  actorName: string;
  address: string | null;
  action: string;
  target: string | null;
  details: string;
}

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
}

const columns = `id, at, actor, actor_name AS "actorName", address, action, target, details`;

export const auditStore = (sql: Statements) => ({
  add: (it: AuditRow) =>
    sql.run(
      `INSERT INTO audit_log (id, at, actor, actor_name, address, action, target, details)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      it.id,
      it.at,
      it.actor,
      it.actorName,
      it.address,
      it.action,
      it.target,
      it.details,
    ),
  /** The newest first, older than the row `before`. */
  page: (before: string, limit: number, { actor = "", action = "" }: AuditFilter) =>
    sql.all<AuditRow>(
      `SELECT ${columns} FROM audit_log
       WHERE id < ? AND (? = '' OR actor = ?) AND (? = '' OR action = ?)
       ORDER BY id DESC LIMIT ?`,
      before,
      actor,
      actor,
      action,
      action,
      limit,
    ),
  /** Forgets all but the newest. */
  keep: (rows: number) =>
    sql.run(
      `DELETE FROM audit_log WHERE id <
         (SELECT id FROM audit_log ORDER BY id DESC LIMIT 1 OFFSET ?)`,
      rows - 1,
    ),
});
