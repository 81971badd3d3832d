/**
 * Links that make accounts: invitations, and the one of the first start that makes the owner's.
 * The secret stands in the link only; it is used up as often as it says.
 *
 * @module
 */
import { ConflictError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Accounts } from "../accounts/accounts.ts";
import { userStore } from "../accounts/store.ts";
import { DAY_MS, type Deps, HOUR_MS, iso, LAST } from "../deps.ts";
import { UnknownCallerError } from "../failures.ts";
import { type Caller, mayUse, type Role, scopesOf } from "../roles.ts";
import { hashOf, isIdOf, isSecret, newId, newSecret } from "../secrets.ts";
import type { From, Sessions, SignedIn } from "../sessions/sessions.ts";
import type { Rule } from "../sharing/rules.ts";
import { noticesOf } from "../sharing/named.ts";
import { checkRule, type Noticed, type Sharing } from "../sharing/sharing.ts";
import { type InvitationRow, invitationStore, type ReadInvitationRow } from "./store.ts";

export interface Invitation {
  id: string;
  role: Role;
  note: string;
  /** Rules that each account it makes begins with. */
  shares: Rule[];
  uses: number;
  usesLeft: number;
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  /** "void": whoever made it may give no role now. */
  state: "open" | "used" | "expired" | "revoked" | "void";
}

export interface NewInvitation {
  role: Role;
  uses: number;
  expiresInHours: number;
  note?: string | undefined;
  shares?: Rule[] | undefined;
}

/** What somebody who follows the link says. */
export interface Acceptance {
  token: string;
  name: string;
  password: string;
}

export const SETUP_MS = DAY_MS;
/** Links that are good beside each other: of edges that share the state, and of their last starts. */
const MAX_SETUPS = 20;

export interface InvitationsDeps extends Deps {
  accounts: Accounts;
  sessions: Sessions;
  sharing: Sharing;
}

export function createInvitations(deps: InvitationsDeps) {
  const { state, publish, now, knows, audit, accounts, sessions, sharing } = deps;
  const store = invitationStore(state);
  const changed = (id: string, what: string) =>
    publish("invitation.changed", { invitationId: id, what });

  const accept = async (
    kind: InvitationRow["kind"],
    { token, name, password }: Acceptance,
    from: From,
  ): Promise<SignedIn> => {
    const gone = () =>
      new UnknownCallerError(
        "Cannot use this link: it is used, over, revoked or void, or not whole. Ask for another one",
      );
    if (!isSecret(token, kind)) throw gone();
    const hash = hashOf(token);
    const readIn = async ({ byHash }: Pick<typeof store, "byHash">) => {
      const row = await byHash(hash, kind, iso(now()));
      if (!row || isVoid(row)) throw gone();
      return row;
    };
    // Before the password's hash is made, which is work, and again when it counts.
    const seen = await readIn(store);
    const row = await accounts.draft({ name, password, role: seen.role });
    await state.transaction(async (tx) => {
      const invitations = invitationStore(tx);
      await readIn(invitations);
      // With one link of the set-up all are used: of two who come at once the other finds none.
      const isFree = kind === "setup"
        ? await invitations.dropSetups(0) > 0
        : await invitations.use(seen.id);
      if (!isFree) throw gone();
      if (kind === "setup" && await userStore(tx).owners() > 0) throw gone();
      await accounts.addTo(tx, row);
      await sharing.addTo(tx, row.id, JSON.parse(seen.shares), seen.createdBy);
    });
    const user = { id: row.id, name: row.name, role: row.role };
    const actor = { name: row.name, userId: row.id, address: from.address };
    await audit.note(actor, { action: `${kind}.accept`, target: seen.id, details: { ...user } });
    publish("user.changed", { userId: row.id, what: "created" });
    if (kind === "invitation") changed(seen.id, "accepted");
    return await sessions.begin(user, kind, from);
  };

  const make = async (row: InvitationRow): Promise<string> => {
    const token = newSecret(row.kind);
    await store.add(row, hashOf(token));
    return token;
  };

  return {
    async create(
      by: Caller,
      { role, uses, expiresInHours, note = "", shares = [] }: NewInvitation,
    ): Promise<{ token: string; made: Invitation & Noticed }> {
      for (const rule of shares) checkRule(rule, now());
      checkShares(role, shares);
      const notices = await noticesOf(shares, knows);
      const row: InvitationRow = {
        id: newId("inv"),
        kind: "invitation",
        role,
        note,
        shares: JSON.stringify(shares),
        uses,
        usesLeft: uses,
        createdBy: by.userId ?? by.name,
        createdAt: iso(now()),
        expiresAt: iso(now() + expiresInHours * HOUR_MS),
        revokedAt: null,
      };
      const token = await make(row);
      changed(row.id, "created");
      await audit.note(by, {
        action: "invitation.create",
        target: row.id,
        details: { role, uses },
      });
      const made = toInvitation({ ...row, makerRole: by.role }, iso(now()));
      return { token, made: { ...made, ...notices.length > 0 && { notices } } };
    },

    /**
     * A new link for the owner's account; those before are good no more, unless `keepOthers` says so:
     * another edge has printed one, or this one has before it was started anew.
     *
     * @throws {ConflictError} there is an owner
     */
    async createSetup(
      by: Pick<Caller, "name"> & Partial<Caller>,
      { keepOthers = false }: { keepOthers?: boolean } = {},
    ) {
      if (await accounts.hasOwner()) {
        throw new ConflictError("Cannot set up: there is an owner. Sign in, or ask them");
      }
      await store.dropSetups(keepOthers ? MAX_SETUPS - 1 : 0);
      const expiresAt = iso(now() + SETUP_MS);
      const row = { role: "owner", note: "", shares: "[]", uses: 1, usesLeft: 1 } as const;
      const id = newId("set");
      const token = await make({
        ...row,
        id,
        kind: "setup",
        createdBy: by.name,
        createdAt: iso(now()),
        expiresAt,
        revokedAt: null,
      });
      await audit.note(by, { action: "setup.link", target: id });
      return { token, expiresAt };
    },

    accept: (acceptance: Acceptance, from: From) => accept("invitation", acceptance, from),
    setUp: (acceptance: Acceptance, from: From) => accept("setup", acceptance, from),

    async find(id: string): Promise<Invitation> {
      const row = await store.find(id);
      if (!row) throw new NotFoundError(`Cannot find the invitation "${id}"`, { id });
      return toInvitation(row, iso(now()));
    },

    list: async ({ before, limit }: { before: string; limit: number }) =>
      (await store.page(before || LAST, limit)).map((row) => toInvitation(row, iso(now()))),

    async revoke(by: Caller, id: string): Promise<void> {
      if (!await store.find(id)) {
        throw new NotFoundError(`Cannot find the invitation "${id}"`, { id });
      }
      if (await store.revoke(id, iso(now())) === 0) return;
      changed(id, "revoked");
      await audit.note(by, { action: "invitation.revoke", target: id });
    },

    forget: () => store.forget(iso(now() - 30 * DAY_MS)),
  };
}

/**
 * Whoever shares something by a link believes that nothing else is: with a member all is, whatever is
 * shared besides, and from an owner nothing can be kept.
 *
 * @throws {InvalidError} such rules would do nothing
 */
function checkShares(role: Role, shares: readonly Rule[]): void {
  const isIdle = role === "owner" && shares.length > 0 ||
    role === "member" && shares.some(({ effect }) => effect === "allow");
  if (!isIdle) return;
  throw new InvalidError(
    `Cannot share by a link that makes a ${role}, who may see and play all: invite a guest`,
    { field: "role" },
  );
}

/**
 * A link gives no more than its maker has: not after they were deleted, disabled, or given another
 * role. This machine and the data folder's token are no accounts, and stay what they are.
 */
function isVoid({ kind, createdBy, makerRole }: ReadInvitationRow): boolean {
  if (kind === "setup" || !isIdOf(createdBy, "usr")) return false;
  const need = { role: "owner", scope: "admin" } as const;
  return makerRole === null || !mayUse({ role: makerRole, scopes: scopesOf[makerRole] }, need);
}

function toInvitation(read: ReadInvitationRow, now: string): Invitation {
  const { kind: _, makerRole: _role, revokedAt, ...row } = read;
  const state = revokedAt !== null
    ? "revoked"
    : row.usesLeft === 0
    ? "used"
    : row.expiresAt <= now
    ? "expired"
    : isVoid(read)
    ? "void"
    : "open";
  return { ...row, shares: JSON.parse(row.shares), state };
}
