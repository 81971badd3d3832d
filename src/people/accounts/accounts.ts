/**
 * Accounts: making, changing and deleting them. There is always an owner who can sign in, once
 * there has been one.
 *
 * @module
 */
import { ConflictError, DeniedError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Statements } from "../../db/mod.ts";
import { type Deps, iso } from "../deps.ts";
import { type Caller, mayUse, type Role } from "../roles.ts";
import { newId } from "../secrets.ts";
import type { Passwords } from "./passwords.ts";
import { keyOf, type UserRow, userStore } from "./store.ts";

export interface User {
  id: string;
  name: string;
  role: Role;
  createdAt: string;
  lastLoginAt?: string;
  isDisabled: boolean;
  hasPassword: boolean;
  version: number;
}

export interface NewUser {
  name: string;
  /** Left out, they sign in with a passkey, or not yet. */
  password?: string | undefined;
  role: Role;
}

export interface UserChange {
  name?: string | undefined;
  role?: Role | undefined;
  isDisabled?: boolean | undefined;
  password?: string | undefined;
  /** Of whoever changes their own password. */
  currentPassword?: string | undefined;
}

export type Accounts = ReturnType<typeof createAccounts>;

export interface AccountsDeps extends Deps {
  passwords: Passwords;
  /** Ends the sessions of an account whose password, role or state is another now. */
  endSessions(userId: string, reason: string, except?: string): Promise<void>;
}

export function createAccounts(deps: AccountsDeps) {
  const { state, publish, now, audit, passwords, endSessions } = deps;
  const store = userStore(state);
  const changed = (userId: string, what: string) => publish("user.changed", { userId, what });

  const found = async (id: string, from = store): Promise<UserRow> => {
    const row = await from.find(id);
    if (!row) throw new NotFoundError(`Cannot find the account "${id}"`, { id });
    return row;
  };

  return {
    async create(by: Caller, { name, password, role }: NewUser): Promise<User> {
      const row = await draft({ name, password, role });
      await state.transaction((tx) => addTo(tx, row));
      changed(row.id, "created");
      await audit.note(by, { action: "user.create", target: row.id, details: { name, role } });
      return toUser(row);
    },

    /** A row for a new account, checked, with its password hashed; addTo() puts it in. */
    draft,
    addTo,

    find: async (id: string): Promise<User> => toUser(await found(id)),
    list: async ({ after, limit }: { after: string; limit: number }) =>
      (await store.page(after, limit)).map((row) => ({ ...toUser(row), key: row.nameKey })),
    hasAny: async () => await store.count() > 0,
    hasOwner: async () => await store.owners() > 0,
    /** Whose account this caller's own things belong to. @throws {ConflictError} nobody's */
    async selfOf(caller: Caller): Promise<string> {
      const id = caller.userId ?? (await store.firstOwner())?.id;
      if (id) return id;
      throw new ConflictError("Cannot do that without an account: make the owner's first (set-up)");
    },

    async change(by: Caller, id: string, change: UserChange): Promise<User> {
      const isAdmin = mayUse(by, { role: "owner", scope: "admin" });
      if (!isAdmin && by.userId !== id) throw new NotFoundError(`Cannot find the account "${id}"`);
      if (!isAdmin && (change.role !== undefined || change.isDisabled !== undefined)) {
        throw new DeniedError("Cannot change that of your own account: an owner does");
      }
      const before = await found(id);
      const passwordHash = change.password === undefined
        ? undefined
        : await newHash(by, before, change);
      const row = await state.transaction(async (tx) => {
        const users = userStore(tx);
        const now = await found(id, users);
        const next = merged(now, change, passwordHash, iso(deps.now()));
        const key = keyOf(next.name);
        const other = await users.byKey(key);
        if (other && other.id !== id) throw nameTaken(next.name);
        const had = await users.owners();
        await users.save(next, key);
        if (had > 0 && await users.owners() === 0) throw lastOwner();
        return next;
      });
      const mustEnd = row.role !== before.role || row.disabledAt !== before.disabledAt ||
        passwordHash !== undefined;
      // Whoever changes their own password stays where they are.
      if (mustEnd) await endSessions(id, "account changed", passwordHash && by.sessionId);
      const { password, currentPassword: _, ...facts } = change;
      changed(id, "changed");
      const details = { ...facts, ...password !== undefined && { password: "changed" } };
      await audit.note(by, { action: "user.change", target: id, details });
      return toUser(await found(id));
    },

    async delete(by: Caller, id: string): Promise<void> {
      const { name, role, disabledAt } = await found(id);
      // Who is not deleted stays signed in.
      const isLast = role === "owner" && disabledAt === null && await store.owners() === 1;
      if (isLast) throw lastOwner();
      await endSessions(id, "account deleted");
      await state.transaction(async (tx) => {
        const users = userStore(tx);
        const had = await users.owners();
        await users.delete(id);
        if (had > 0 && await users.owners() === 0) throw lastOwner();
      });
      changed(id, "deleted");
      await audit.note(by, { action: "user.delete", target: id, details: { name } });
    },
  };

  async function addTo(tx: Statements, row: UserRow): Promise<void> {
    const users = userStore(tx);
    // What this program's owner has said of films until now is the first owner's.
    const isFirst = row.role === "owner" && !await users.isLibraryUser("owner");
    const libraryUser = isFirst ? "owner" : row.libraryUser;
    if (!await users.add({ ...row, libraryUser }, keyOf(row.name))) throw nameTaken(row.name);
  }

  async function draft({ name, password, role }: NewUser): Promise<UserRow> {
    const shown = checkName(name);
    // Before the hash is made: that is work.
    if (await store.byKey(keyOf(shown))) throw nameTaken(shown);
    const id = newId("usr");
    return {
      id,
      name: shown,
      role,
      passwordHash: password === undefined ? null : await passwords.hash(password, shown),
      libraryUser: id,
      createdAt: iso(now()),
      disabledAt: null,
      lastLoginAt: null,
      version: 1,
    };
  }

  /** Their own password they change by showing the present one; an owner sets those of others. */
  async function newHash(by: Caller, row: UserRow, change: UserChange): Promise<string> {
    const isOwn = by.userId === row.id;
    if (isOwn && by.by !== "session") {
      throw new DeniedError("Cannot change a password with a token: sign in");
    }
    if (isOwn && row.passwordHash !== null) {
      const shown = change.currentPassword ?? "";
      if (!await passwords.matches(shown, row.passwordHash)) {
        throw new DeniedError("Cannot change the password: the present one is another", {
          field: "current_password",
        });
      }
    }
    return await passwords.hash(change.password!, change.name ?? row.name);
  }
}

function merged(row: UserRow, change: UserChange, hash: string | undefined, at: string): UserRow {
  const { name, role, isDisabled } = change;
  return {
    ...row,
    ...name !== undefined && { name: checkName(name) },
    ...role !== undefined && { role },
    ...hash !== undefined && { passwordHash: hash },
    ...isDisabled !== undefined && { disabledAt: isDisabled ? row.disabledAt ?? at : null },
  };
}

/** Names are for people, on one line; one that looks like nothing could be anybody's. */
function checkName(name: string): string {
  const shown = name.trim().normalize("NFC");
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@'-]{0,63}$/u.test(shown)) {
    const rule = "1 to 64 letters, figures, spaces and . _ @ ' -, with a letter or figure first";
    throw new InvalidError(`Cannot take the name ${JSON.stringify(name)}: expected ${rule}`, {
      field: "name",
    });
  }
  return shown;
}

const nameTaken = (name: string) =>
  new ConflictError(`Cannot call an account "${name}": there is one`, { field: "name" });

const lastOwner = () =>
  new ConflictError("Cannot leave this edge without an owner: make another one first");

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.createdAt,
    isDisabled: row.disabledAt !== null,
    hasPassword: row.passwordHash !== null,
    version: row.version,
    ...row.lastLoginAt !== null && { lastLoginAt: row.lastLoginAt },
  };
}
