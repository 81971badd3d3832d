/**
 * Passkeys: a key in a phone, a browser or a stick instead of a password. Each step is a challenge
 * that is answered once, within minutes.
 *
 * @module
 */
import { ConflictError, InvalidError, NotFoundError, reasonOf } from "../../base/errors.ts";
import { type Deps, iso, LAST, MINUTE_MS } from "../deps.ts";
import { UnknownCallerError } from "../failures.ts";
import type { Caller } from "../roles.ts";
import { newId } from "../secrets.ts";
import type { From, Sessions, SignedIn } from "../sessions/sessions.ts";
import { networkOf } from "../tries/tries.ts";
import { type PasskeyRow, passkeyStore } from "./store.ts";
import {
  type AuthenticationOptions,
  authenticationOptions,
  type CredentialJson,
  type RegistrationOptions,
  registrationOptions,
  type Site,
  verifyAuthentication,
  verifyRegistration,
} from "./webauthn.ts";

export interface Passkey {
  id: string;
  userId: string;
  name: string;
  /** Whether it is kept in several places, so that it outlives its device. */
  isBackedUp: boolean;
  createdAt: string;
  usedAt?: string;
}

export interface Answer {
  challengeId: string;
  credential: CredentialJson;
}

const CHALLENGE_MS = 5 * MINUTE_MS;
/** Anybody may begin to sign in: what has begun is bounded, of each network and of all. */
const MAX_OF_ONE = 20;
const MAX_CHALLENGES = 5000;
const MAX_PASSKEYS = 50;

export interface PasskeysDeps extends Deps {
  sessions: Sessions;
  /** So many are open at once; 5000 unless said. */
  maxChallenges?: number;
}

export function createPasskeys(
  { state, now, audit, log, sessions, maxChallenges = MAX_CHALLENGES }: PasskeysDeps,
) {
  const store = passkeyStore(state);

  /** Whoever asks for many loses their own oldest ones: nobody is kept out by another. */
  const challenge = async (
    challenge: string,
    { userId = null, askedBy }: { userId?: string | null; askedBy: string },
  ): Promise<string> => {
    const id = newId("chl");
    const row = { id, challenge, userId, expiresAt: iso(now() + CHALLENGE_MS), askedBy };
    await store.forget(iso(now()));
    await store.challenge(row);
    await store.trim(row, MAX_OF_ONE);
    const beyond = await store.countChallenges() - maxChallenges;
    if (beyond > 0) await store.dropOfMost(beyond);
    return id;
  };
  const pageOf = (userId: string, before: string, limit: number) =>
    store.page(userId, before || LAST, limit);

  return {
    /** What the browser needs to make one for this user. */
    async beginRegistration(
      user: { id: string; name: string },
      site: Site,
    ): Promise<{ challengeId: string; options: RegistrationOptions }> {
      checkSite(site);
      const known = await pageOf(user.id, "", MAX_PASSKEYS);
      if (known.length >= MAX_PASSKEYS) {
        throw new ConflictError(`Cannot keep more than ${MAX_PASSKEYS} passkeys: delete some`);
      }
      const excluded = known.map((it) => ({ id: it.id, transports: JSON.parse(it.transports) }));
      const options = await registrationOptions(site, user, excluded);
      const asker = { userId: user.id, askedBy: `user ${user.id}` };
      return { challengeId: await challenge(options.challenge, asker), options };
    },

    async register(
      by: Caller,
      userId: string,
      { challengeId, credential, name }: Answer & { name: string },
      site: Site,
    ): Promise<Passkey> {
      const asked = await store.takeChallenge(challengeId, iso(now()));
      const refuse = (cause?: unknown) =>
        new InvalidError("Cannot take this passkey: it does not answer what was asked", {
          field: "credential",
        }, { cause });
      if (asked?.userId !== userId) throw refuse();
      const made = await verifyRegistration(site, asked.challenge, credential)
        .catch((error) => {
          throw refuse(error);
        });
      if (!made) throw refuse();
      const row: PasskeyRow = {
        id: made.id,
        userId,
        counter: made.counter,
        transports: JSON.stringify(made.transports),
        backedUp: Number(made.isBackedUp),
        name,
        createdAt: iso(now()),
        usedAt: null,
      };
      if (!await store.add(row, made.publicKey)) throw refuse();
      await audit.note(by, { action: "passkey.create", target: row.id, details: { name, userId } });
      return toPasskey(row);
    },

    /** What the browser needs to sign in with any passkey of this site. */
    async beginAuthentication(
      site: Site,
      { address }: From,
    ): Promise<{ challengeId: string; options: AuthenticationOptions }> {
      checkSite(site);
      const options = await authenticationOptions(site);
      const askedBy = address === undefined ? "" : `address ${networkOf(address)}`;
      return { challengeId: await challenge(options.challenge, { askedBy }), options };
    },

    /** @throws {UnknownCallerError} it is not the answer, or of nobody who may sign in */
    async signIn(
      { challengeId, credential }: Answer,
      site: Site,
      from: From,
    ): Promise<SignedIn> {
      const refuse = (why: string) => {
        log.warn("A passkey was refused", { why, address: from.address });
        return new UnknownCallerError("Cannot sign in: this passkey is not known here");
      };
      const asked = await store.takeChallenge(challengeId, iso(now()));
      if (!asked || asked.userId !== null) throw refuse("no such challenge");
      const row = await store.usable(credential.id);
      if (!row) throw refuse("no such passkey");
      const known = {
        id: row.id,
        publicKey: new Uint8Array(row.publicKey),
        counter: row.counter,
        transports: JSON.parse(row.transports),
      };
      const answer = await verifyAuthentication(site, asked.challenge, credential, known)
        .catch((error) => {
          throw refuse(reasonOf(error));
        });
      if (!answer) throw refuse("wrong signature");
      await store.used(row.id, answer.counter, iso(now()));
      const user = { id: row.userId, name: row.userName, role: row.role };
      return await sessions.begin(user, "passkey", from);
    },

    list: async (userId: string, { before, limit }: { before: string; limit: number }) =>
      (await pageOf(userId, before, limit)).map(toPasskey),

    /** One of this user's own; of anybody with `userId` left out. */
    async delete(by: Caller, id: string, userId?: string): Promise<void> {
      const row = await store.find(id);
      if (!row || userId !== undefined && row.userId !== userId) {
        throw new NotFoundError(`Cannot find the passkey "${id}"`, { id });
      }
      await store.delete(id);
      await audit.note(by, {
        action: "passkey.delete",
        target: id,
        details: { name: row.name, userId: row.userId },
      });
    },

    forget: () => store.forget(iso(now())),
  };
}

/** Browsers make passkeys for names, not for addresses. */
function checkSite({ rpId }: Site): void {
  if (/^[\d.]+$/.test(rpId) || rpId.includes(":")) {
    throw new ConflictError(
      `Cannot use passkeys at the address ${rpId}: open the page as localhost, or by a name that ` +
        "HTTP_NAMES lists, over HTTPS",
    );
  }
}

function toPasskey(row: PasskeyRow): Passkey {
  const { id, userId, name, createdAt, usedAt, backedUp } = row;
  const isBackedUp = Number(backedUp) === 1;
  return { id, userId, name, createdAt, isBackedUp, ...usedAt !== null && { usedAt } };
}
