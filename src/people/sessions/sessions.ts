/**
 * Sign-ins. Each gives an access token for minutes and a refresh token that buys the next pair and
 * is then used up. Whoever shows a used one has copied it, or was copied: the whole session ends.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import { DAY_MS, type Deps, iso, LAST, MINUTE_MS, SECOND_MS } from "../deps.ts";
import { UnknownCallerError } from "../failures.ts";
import { userStore } from "../accounts/store.ts";
import type { Actor } from "../audit/audit.ts";
import { type Caller, type Role, scopesOf } from "../roles.ts";
import { hashOf, isSecret, newId, newSecret } from "../secrets.ts";
import { type SessionRow, sessionStore } from "./store.ts";
import { networkOf } from "../tries/tries.ts";
import type { Statements } from "../../db/mod.ts";

export interface Session {
  id: string;
  userId: string;
  createdAt: string;
  usedAt: string;
  expiresAt: string;
  how: string;
  address?: string;
  agent?: string;
}

/** From where a sign-in comes. */
export interface From {
  address?: string | undefined;
  agent?: string | undefined;
}

/** What a sign-in gives. The tokens are shown this once. */
export interface SignedIn {
  sessionId: string;
  user: { id: string; name: string; role: Role };
  accessToken: string;
  accessExpiresAt: string;
  refreshToken: string;
  refreshExpiresAt: string;
}

export const ACCESS_MS = 15 * MINUTE_MS;
/** A session that nobody refreshes for so long is over. */
export const IDLE_MS = 30 * DAY_MS;
/** And then one signs in anew. */
const LONGEST_MS = 180 * DAY_MS;
/** Two tabs refresh at once, or an answer is lost: that is no theft yet. */
export const GRACE_MS = 10 * SECOND_MS;
const KEPT_GENERATIONS = 1000;
const MAX_SESSIONS = 50;

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions({ state, publish, log, now, audit }: Deps) {
  const store = sessionStore(state);

  const end = async (
    by: Actor,
    { id, userId }: { id: string; userId: string },
    reason: string,
  ) => {
    if (!await store.end(id, iso(now()), reason)) return;
    publish("session.ended", { sessionId: id, userId, reason });
    await audit.note(by, { action: "session.end", target: id, details: { userId, reason } });
  };
  const all = (userId: string, limit = 500) => store.page(userId, LAST, iso(now()), limit);

  return {
    /** Begins one for somebody who has shown who they are. */
    async begin(
      user: SignedIn["user"],
      how: "password" | "passkey" | "invitation" | "setup",
      { address, agent }: From,
    ): Promise<SignedIn> {
      const at = iso(now());
      const row: SessionRow = {
        id: newId("ses"),
        userId: user.id,
        generation: 1,
        rotatedAt: at,
        createdAt: at,
        usedAt: at,
        expiresAt: iso(now() + LONGEST_MS),
        address: address ?? null,
        agent: agent?.slice(0, 300) ?? null,
        how,
      };
      const actor = { name: user.name, userId: user.id, address };
      const signedIn = await state.transaction(async (tx) => {
        await sessionStore(tx).add(row);
        await userStore(tx).loggedIn(user.id, at);
        return await issue(tx, row, user);
      });
      const sessions = await all(user.id);
      for (const oldest of sessions.slice(MAX_SESSIONS)) await end(actor, oldest, "too many");
      await audit.note(actor, { action: "session.begin", target: row.id, details: { how } });
      return signedIn;
    },

    /** Who has this access token. */
    async authenticate(token: string, address?: string): Promise<Caller | undefined> {
      if (!isSecret(token, "access")) return undefined;
      const found = await store.byToken(hashOf(token), "access", iso(now()));
      if (!found) return undefined;
      const { sessionId, userId, name, role, libraryUser } = found;
      if (now() - Date.parse(found.usedAt) > MINUTE_MS) await store.used(sessionId, iso(now()));
      const scopes = scopesOf[role];
      return { by: "session", name, role, scopes, libraryUser, userId, sessionId, address };
    },

    /**
     * The next pair of tokens for a refresh token.
     *
     * @throws {UnknownCallerError} it is none, it is over, or it was used before: its session ends
     */
    async refresh(token: string, { address }: From): Promise<SignedIn> {
      const expired = () => new UnknownCallerError("Cannot go on with this session: sign in again");
      if (!isSecret(token, "refresh")) throw expired();
      const hash = hashOf(token);
      const result = await state.transaction(async (tx) => {
        const rows = sessionStore(tx);
        const at = iso(now());
        const found = await rows.byToken(hash, "refresh", at);
        if (!found) return undefined;
        const { sessionId, userId, name, role, tokenGeneration } = found;
        const isFirstUse = tokenGeneration === found.generation;
        const isTwin = tokenGeneration === found.generation - 1 &&
          now() - Date.parse(found.rotatedAt) < GRACE_MS;
        if (!isFirstUse && !isTwin) return { stolen: { id: sessionId, userId, name } };
        // A twin takes a pair of the present generation: whichever pair is used later is refused.
        if (isFirstUse && !await rows.rotate(sessionId, tokenGeneration, at)) return undefined;
        const generation = tokenGeneration + 1;
        await rows.dropTokens(sessionId, at, generation - KEPT_GENERATIONS);
        const session = { id: sessionId, generation, expiresAt: found.sessionExpiresAt };
        return { signedIn: await issue(tx, session, { id: userId, name, role }) };
      });
      if (result?.signedIn) return result.signedIn;
      if (!result?.stolen) throw expired();
      const { id, userId, name } = result.stolen;
      log.warn("A refresh token was used twice: its session ends", { session: id, address });
      publish("session.reused", { sessionId: id, userId });
      await end({ name, userId, address }, { id, userId }, "refresh token used twice");
      throw expired();
    },

    list: async (userId: string, { before, limit }: { before: string; limit: number }) =>
      (await store.page(userId, before || LAST, iso(now()), limit)).map(toSession),

    isOn: async (id: string): Promise<boolean> => await store.find(id, iso(now())) !== undefined,

    /** Whether this user is signed in from the same network. */
    isAt: async (userId: string, address: string | undefined): Promise<boolean> =>
      address !== undefined &&
      (await all(userId)).some((it) =>
        it.address !== null && networkOf(it.address) === networkOf(address)
      ),

    /** One of this user's own; an owner's of anybody, with `userId` left out. */
    async end(by: Caller, id: string, userId?: string): Promise<void> {
      const row = await store.find(id, iso(now()));
      if (!row || userId !== undefined && row.userId !== userId) {
        throw new NotFoundError(`Cannot find the session "${id}"`, { id });
      }
      await end(by, row, by.sessionId === id ? "signed out" : "revoked");
    },

    /** By its refresh token, also when the access token is over. */
    async signOut(refreshToken: string, { address }: From): Promise<void> {
      if (!isSecret(refreshToken, "refresh")) return;
      const found = await store.byToken(hashOf(refreshToken), "refresh", iso(now()));
      if (!found) return;
      const { sessionId: id, userId, name } = found;
      await end({ name, userId, address }, { id, userId }, "signed out");
    },

    async endAll(by: Actor, userId: string, reason: string, except?: string): Promise<number> {
      const ending = (await all(userId)).filter(({ id }) => id !== except);
      for (const row of ending) await end(by, row, reason);
      return ending.length;
    },

    forget: () => store.forget(iso(now() - IDLE_MS)),
  };

  async function issue(
    tx: Statements,
    { id: sessionId, generation, expiresAt }: { id: string; generation: number; expiresAt: string },
    { id, name, role }: SignedIn["user"],
  ): Promise<SignedIn> {
    const rows = sessionStore(tx);
    const accessToken = newSecret("access");
    const refreshToken = newSecret("refresh");
    const until = (ms: number) => [iso(now() + ms), expiresAt].sort()[0]!;
    const accessExpiresAt = until(ACCESS_MS);
    const refreshExpiresAt = until(IDLE_MS);
    const shared = { sessionId, generation };
    await rows.addToken({
      ...shared,
      kind: "access",
      hash: hashOf(accessToken),
      expiresAt: accessExpiresAt,
    });
    await rows.addToken({
      ...shared,
      kind: "refresh",
      hash: hashOf(refreshToken),
      expiresAt: refreshExpiresAt,
    });
    const tokens = { accessToken, accessExpiresAt, refreshToken, refreshExpiresAt };
    return { sessionId, user: { id, name, role }, ...tokens };
  }
}

function toSession({ address, agent, generation: _, rotatedAt: __, ...row }: SessionRow): Session {
  return { ...row, ...address !== null && { address }, ...agent !== null && { agent } };
}
