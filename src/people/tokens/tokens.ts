/**
 * Tokens for programs: named, for some scopes, mostly until a day. Shown once, when they are made.
 *
 * @module
 */
import { ConflictError, DeniedError, InvalidError, NotFoundError } from "../../base/errors.ts";
import { DAY_MS, type Deps, iso, LAST, MINUTE_MS } from "../deps.ts";
import { type Caller, type Scope, scopesOf } from "../roles.ts";
import { hashOf, isSecret, newId, newSecret } from "../secrets.ts";
import { type ApiTokenRow, tokenStore } from "./store.ts";

export interface ApiToken {
  id: string;
  userId: string;
  name: string;
  scopes: Scope[];
  createdAt: string;
  expiresAt?: string;
  usedAt?: string;
}

export interface NewApiToken {
  name: string;
  scopes: Scope[];
  /** null: until it is deleted. */
  expiresInDays: number | null;
}

const MAX_TOKENS = 100;

export function createTokens({ state, publish, now, audit }: Deps) {
  const store = tokenStore(state);
  return {
    /** For the user `userId`, with no more than the caller may do. */
    async create(
      by: Caller,
      userId: string,
      { name, scopes, expiresInDays }: NewApiToken,
    ): Promise<{ token: string; made: ApiToken }> {
      const beyond = scopes.find((scope) => !by.scopes.includes(scope));
      if (beyond) throw new DeniedError(`Cannot give a token "${beyond}": you may not do that`);
      if (scopes.length === 0) {
        throw new InvalidError("Cannot make a token for nothing: name scopes", { field: "scopes" });
      }
      if (await store.count(userId) >= MAX_TOKENS) {
        throw new ConflictError(`Cannot make another token: you have ${MAX_TOKENS}. Delete some`);
      }
      const token = newSecret("apiToken");
      const row: ApiTokenRow = {
        id: newId("tok"),
        userId,
        name,
        scopes: JSON.stringify([...new Set(scopes)]),
        createdAt: iso(now()),
        expiresAt: expiresInDays === null ? null : iso(now() + expiresInDays * DAY_MS),
        usedAt: null,
      };
      await store.add(row, hashOf(token));
      await audit.note(by, {
        action: "token.create",
        target: row.id,
        details: { name, scopes, userId },
      });
      return { token, made: toToken(row) };
    },

    /** Who has this token: its user, with those of its scopes that their role still has. */
    async authenticate(token: string, address?: string): Promise<Caller | undefined> {
      if (!isSecret(token, "apiToken")) return undefined;
      const found = await store.byHash(hashOf(token), iso(now()));
      if (!found) return undefined;
      const { id: tokenId, userId, role, libraryUser, usedAt } = found;
      if (usedAt === null || now() - Date.parse(usedAt) > MINUTE_MS) {
        await store.used(tokenId, iso(now()));
      }
      const scopes = toToken(found).scopes.filter((it) => scopesOf[role].includes(it));
      const name = `${found.userName} (${found.name})`;
      return { by: "token", name, role, scopes, libraryUser, userId, tokenId, address };
    },

    async isOn(id: string): Promise<boolean> {
      const { expiresAt = "" } = await store.find(id) ?? {};
      return expiresAt === null || expiresAt > iso(now());
    },

    list: async (userId: string, { before, limit }: { before: string; limit: number }) =>
      (await store.page(userId, before || LAST, limit)).map(toToken),

    /** One of this user's own; of anybody with `userId` left out. */
    async delete(by: Caller, id: string, userId?: string): Promise<void> {
      const row = await store.find(id);
      if (!row || userId !== undefined && row.userId !== userId) {
        throw new NotFoundError(`Cannot find the token "${id}"`, { id });
      }
      await store.delete(id);
      publish("token.deleted", { tokenId: id, userId: row.userId });
      await audit.note(by, {
        action: "token.delete",
        target: id,
        details: { name: row.name, userId: row.userId },
      });
    },

    /** Those that are over; who deletes one tells of it, so it is told once by all edges. */
    async forget(): Promise<void> {
      for (const { id, userId } of await store.takeOver(iso(now()))) {
        publish("token.deleted", { tokenId: id, userId });
      }
    },
  };
}

function toToken({ scopes, expiresAt, usedAt, ...row }: ApiTokenRow): ApiToken {
  return {
    id: row.id,
    userId: row.userId,
    name: row.name,
    createdAt: row.createdAt,
    scopes: JSON.parse(scopes),
    ...expiresAt !== null && { expiresAt },
    ...usedAt !== null && { usedAt },
  };
}
