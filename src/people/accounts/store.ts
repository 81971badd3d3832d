/** The accounts' rows. @module */
import type { Statements } from "../../db/mod.ts";
import type { Role } from "../roles.ts";

export interface UserRow {
  id: string;
  name: string;
  role: Role;
  passwordHash: string | null;
  libraryUser: string;
  createdAt: string;
  disabledAt: string | null;
  lastLoginAt: string | null;
  version: number;
}

const columns = `id, name, role, password_hash AS "passwordHash", library_user AS "libraryUser",
  created_at AS "createdAt", disabled_at AS "disabledAt", last_login_at AS "lastLoginAt", version`;

export const userStore = (sql: Statements) => ({
  find: (id: string) => sql.get<UserRow>(`SELECT ${columns} FROM users WHERE id = ?`, id),
  byKey: (key: string) => sql.get<UserRow>(`SELECT ${columns} FROM users WHERE name_key = ?`, key),
  page: (afterKey: string, limit: number) =>
    sql.all<UserRow & { nameKey: string }>(
      `SELECT ${columns}, name_key AS "nameKey" FROM users
       WHERE name_key > ? ORDER BY name_key LIMIT ?`,
      afterKey,
      limit,
    ),
  /** How many owners can sign in. */
  owners: async () =>
    Number(
      (await sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM users WHERE role = 'owner' AND disabled_at IS NULL",
      ))!.n,
    ),
  /** The owner of the longest standing. */
  firstOwner: () =>
    sql.get<UserRow>(
      `SELECT ${columns} FROM users WHERE role = 'owner' AND disabled_at IS NULL
       ORDER BY created_at, id LIMIT 1`,
    ),
  count: async () => Number((await sql.get<{ n: number }>("SELECT count(*) AS n FROM users"))!.n),
  isLibraryUser: async (name: string) =>
    await sql.get("SELECT 1 AS n FROM users WHERE library_user = ?", name) !== undefined,
  /** Whether it was added: a name belongs to one. */
  add: async (it: UserRow, key: string) =>
    await sql.run(
      `INSERT INTO users (id, name, name_key, role, password_hash, library_user, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name_key) DO NOTHING`,
      it.id,
      it.name,
      key,
      it.role,
      it.passwordHash,
      it.libraryUser,
      it.createdAt,
    ) === 1,
  save: (it: UserRow, key: string) =>
    sql.run(
      `UPDATE users SET name = ?, name_key = ?, role = ?, password_hash = ?, disabled_at = ?,
         version = version + 1 WHERE id = ?`,
      it.name,
      key,
      it.role,
      it.passwordHash,
      it.disabledAt,
      it.id,
    ),
  /** The hash anew, unless another password was set meanwhile. */
  rehash: (id: string, old: string, hash: string) =>
    sql.run(
      "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
      hash,
      id,
      old,
    ),
  loggedIn: (id: string, at: string) =>
    sql.run("UPDATE users SET last_login_at = ? WHERE id = ?", at, id),
  delete: (id: string) => sql.run("DELETE FROM users WHERE id = ?", id),
});

/** By what a name is found: however it is typed. */
export const keyOf = (name: string): string => name.trim().normalize("NFKC").toLowerCase();
