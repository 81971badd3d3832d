/**
 * Everything about people on one page: what it consists of, who somebody is by what they show, and
 * signing in with a password.
 *
 * @module
 */
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import { pause, type Service } from "../base/service.ts";
import type { State } from "../db/mod.ts";
import { createAccounts } from "./accounts/accounts.ts";
import { type Cost, createPasswords } from "./accounts/passwords.ts";
import { keyOf, userStore } from "./accounts/store.ts";
import { createAudit } from "./audit/audit.ts";
import { type Deps, HOUR_MS } from "./deps.ts";
import { UnknownCallerError } from "./failures.ts";
import { createInvitations } from "./invitations/invitations.ts";
import { createPasskeys } from "./passkeys/passkeys.ts";
import type { Caller } from "./roles.ts";
import { createSessions, type From, type SignedIn } from "./sessions/sessions.ts";
import { createSharing } from "./sharing/sharing.ts";
import { createTokens } from "./tokens/tokens.ts";
import { createTries } from "./tries/tries.ts";

export interface PeopleOptions {
  state: State;
  publish: Publish;
  log: Log;
  now?(): number;
  /** Whether there is the peer, title or tag that a rule names; all there are, unless said. */
  knows?: Deps["knows"] | undefined;
  /** Of a password's hash. */
  cost?: Cost;
  maxAuditRows?: number;
}

/** Between looks at rules and tokens that end by themselves. */
const ENDS_MS = 3000;

export type People = ReturnType<typeof createPeople>;

export function createPeople(options: PeopleOptions) {
  const { state, publish, log, now = Date.now, cost, maxAuditRows } = options;
  const { knows = () => Promise.resolve(true) } = options;
  const audit = createAudit({
    state,
    log: log.child("audit"),
    now,
    ...maxAuditRows !== undefined && { maxRows: maxAuditRows },
  });
  const deps: Deps = { state, publish, log, now, knows, audit };
  const tries = createTries({ state, now });
  const passwords = createPasswords(cost);
  const sessions = createSessions(deps);
  const accounts = createAccounts({
    ...deps,
    passwords,
    endSessions: async (userId, reason, except) => {
      await sessions.endAll({ name: "accounts" }, userId, reason, except);
    },
  });
  const tokens = createTokens(deps);
  const sharing = createSharing(deps);
  const invitations = createInvitations({ ...deps, accounts, sessions, sharing });
  const passkeys = createPasskeys({ ...deps, sessions });
  const users = userStore(state);

  return {
    accounts,
    sessions,
    tokens,
    sharing,
    invitations,
    passkeys,
    audit,
    tries,

    /** Who has this access token or API token; undefined where it is neither, or is over. */
    authenticate: async (shown: string, address?: string): Promise<Caller | undefined> =>
      await sessions.authenticate(shown, address) ?? await tokens.authenticate(shown, address),

    /** Whether this sign-in or API token, by its id, goes on. */
    isOn: async (id: string): Promise<boolean> => await sessions.isOn(id) || await tokens.isOn(id),

    /**
     * Signs somebody in. A name that nobody has takes as long as a wrong password, and says the same.
     *
     * @throws {UnknownCallerError} one of the two is wrong, or the account is disabled
     * @throws {TooManyTriesError} it is too early for another try
     */
    async signIn(
      { name, password }: { name: string; password: string },
      from: From,
    ): Promise<SignedIn> {
      const key = keyOf(name);
      const user = await users.byKey(key);
      // Whoever tries from elsewhere keeps nobody out who is signed in at home. Asked of nobody, too:
      // it takes as long.
      const isHome = await sessions.isAt(user?.id ?? "", from.address);
      const account = isHome ? undefined : key;
      const succeed = await tries.begin({ address: from.address, account });
      const isRight = await passwords.matches(password, user?.passwordHash ?? undefined);
      if (!user || !isRight || user.disabledAt !== null) {
        const actor = { name: "nobody", address: from.address };
        await audit.note(actor, {
          action: "session.refused",
          target: user?.id,
          // What was typed into the field of the name may be the password.
          details: { known: user !== undefined },
        });
        throw new UnknownCallerError("Cannot sign in: wrong name or password");
      }
      await succeed();
      if (user.passwordHash !== null && passwords.isOutdated(user.passwordHash)) {
        const hash = await passwords.rehash(password);
        await users.rehash(user.id, user.passwordHash, hash);
      }
      return await sessions.begin(
        { id: user.id, name: user.name, role: user.role },
        "password",
        from,
      );
    },

    /** Forgets what is over, now and then; rules and tokens at their time, for what plays by them ends. */
    tidy: (async (signal) => {
      const parts = [sessions, invitations, passkeys, tries];
      await Promise.all([each(HOUR_MS, parts, signal), each(ENDS_MS, [sharing, tokens], signal)]);
    }) satisfies Service,
  };
}

async function each(
  ms: number,
  parts: readonly { forget(): Promise<unknown> }[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const part of parts) await part.forget();
    await pause(ms, signal);
  }
}
