/**
 * Sharing rules: making and revoking them, and asking what they let somebody do.
 *
 * @module
 */
import { ConflictError, DeniedError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Statements } from "../../db/mod.ts";
import { slugifyPath } from "../../items/mod.ts";
import { type Deps, iso, LAST } from "../deps.ts";
import type { Caller, Role } from "../roles.ts";
import { newId } from "../secrets.ts";
import { noticesOf } from "./named.ts";
import { judge, type Rule, type Title, type Verdict } from "./rules.ts";
import { type RuleRow, ruleStore } from "./store.ts";
import { userStore } from "../accounts/store.ts";

export interface SharingRule extends Rule {
  id: string;
  /** The one that it is for, or else everybody of `role`. */
  userId?: string;
  role?: Exclude<Role, "owner">;
  note: string;
  createdBy: string;
  createdAt: string;
}

export interface NewRule extends Rule {
  userId?: string | undefined;
  role?: Exclude<Role, "owner"> | undefined;
  note?: string | undefined;
}

/** What is said of new rules that name what is not there yet. */
export interface Noticed {
  notices?: string[];
}

/** More make each question slow, and nobody knows what they say together. */
const MAX_RULES = 2000;

/** Whoever allows something believes that nothing else is. */
const ALLOWED = "A member may see and play all that is not denied: this rule does nothing for one";

/** What one person may see and play, as their rules are now. */
export interface Sight {
  judge(title: Title): Verdict;
  visible(title: Title): boolean;
  mayPlay(title: Title): boolean;
}

/** Who is asked about; a Caller, or what a grant has kept of one. */
export type Viewer = Pick<Caller, "role"> & { userId?: string | undefined };

export type Sharing = ReturnType<typeof createSharing>;

export function createSharing({ state, publish, now, knows, audit }: Deps) {
  const store = ruleStore(state);

  const sightOf = async ({ role, userId }: Viewer): Promise<Sight> => {
    const rules = role === "owner"
      ? []
      : (await store.of(userId ?? "", role, iso(now()))).map(toRule);
    const of = (title: Title) => judge(role, rules, title, iso(now()));
    return { judge: of, visible: (it) => of(it).see, mayPlay: (it) => of(it).play };
  };

  return {
    /** Reads the rules once; for a list of titles. */
    sightOf,
    judge: async (viewer: Viewer, title: Title) => (await sightOf(viewer)).judge(title),
    visible: async (viewer: Viewer, title: Title) => (await sightOf(viewer)).visible(title),
    mayPlay: async (viewer: Viewer, title: Title) => (await sightOf(viewer)).mayPlay(title),
    /** Whether there is something that a rule keeps from them. */
    isRestricted: async ({ role, userId }: Viewer) =>
      role === "guest" || role === "member" &&
        (await store.of(userId ?? "", role, iso(now()))).some(({ effect }) => effect === "deny"),
    /**
     * The viewer of a play that goes on, as their account is now; for grants that outlive a request.
     * Nothing where the account is gone or disabled.
     */
    async viewerOf(userId: string): Promise<Viewer | undefined> {
      const user = await userStore(state).find(userId);
      return user && user.disabledAt === null ? { role: user.role, userId } : undefined;
    },

    async create(by: Caller, rule: NewRule): Promise<SharingRule & Noticed> {
      checkRule(rule, now());
      if ((rule.userId === undefined) === (rule.role === undefined)) {
        throw new InvalidError('Cannot make a rule: say for whom, "user_id" or "role"', {
          field: "user_id",
        });
      }
      const notices = await noticesOf([rule], knows);
      const row = rowOf(rule, by, now());
      let isForMember = rule.role === "member";
      await state.transaction(async (tx) => {
        const rules = ruleStore(tx);
        if (rule.userId !== undefined) {
          const user = await userStore(tx).find(rule.userId);
          if (!user) throw new NotFoundError(`Cannot find the account "${rule.userId}"`);
          if (user.role === "owner") {
            throw new DeniedError("Cannot make a rule for an owner: owners may see and play all");
          }
          isForMember = user.role === "member";
        }
        if (await rules.count() >= MAX_RULES) {
          throw new ConflictError(`Cannot keep more than ${MAX_RULES} rules: delete some`);
        }
        await rules.add(row);
      });
      if (isForMember && rule.effect === "allow") notices.push(ALLOWED);
      publish("sharing.changed", changeOf(row));
      await audit.note(by, { action: "sharing.create", target: row.id, details: { ...rule } });
      return { ...toRule(row), ...notices.length > 0 && { notices } };
    },

    /** The rules that an invitation brings, for the account that it makes. */
    async addTo(tx: Statements, userId: string, rules: readonly Rule[], by: string) {
      for (const rule of rules) {
        const row = rowOf({ ...rule, userId }, { name: by, userId: by }, now());
        await ruleStore(tx).add(row);
      }
    },

    async find(id: string): Promise<SharingRule> {
      return toRule(await found(id));
    },

    list: async (page: { userId?: string | undefined; before: string; limit: number }) =>
      (await store.page(page.userId ?? "", page.before || LAST, page.limit)).map(toRule),

    /** From another moment on it is none any more; null: it stays. */
    async setEnd(by: Caller, id: string, expiresAt: string | null): Promise<SharingRule> {
      const row = await found(id);
      if (expiresAt !== null) checkEnd(expiresAt, now());
      const end = expiresAt === null ? null : new Date(expiresAt).toISOString();
      await store.expire(id, end);
      publish("sharing.changed", changeOf(row));
      await audit.note(by, { action: "sharing.change", target: id, details: { expiresAt } });
      return toRule({ ...row, expiresAt: end });
    },

    async delete(by: Caller, id: string): Promise<void> {
      const row = await found(id);
      await store.delete(id);
      publish("sharing.changed", changeOf(row));
      const { id: _, ...details } = toRule(row);
      await audit.note(by, { action: "sharing.delete", target: id, details });
    },

    /** Of those that are over; who deletes one tells of it, so it is told once by all edges. */
    async forget(): Promise<void> {
      for (const row of await store.takeOver(iso(now()))) {
        publish("sharing.changed", changeOf(row));
      }
    },
  };

  async function found(id: string): Promise<RuleRow> {
    const row = await store.find(id);
    if (!row) throw new NotFoundError(`Cannot find the rule "${id}"`, { id });
    return row;
  }
}

/** @throws {InvalidError} it says nothing, would do nothing, or is over before it begins */
export function checkRule({ kind, value, expiresAt }: Rule, nowMs: number): void {
  if ((kind === "all") !== (value === "")) {
    const message = kind === "all"
      ? 'Cannot make a rule: "all" takes no value'
      : `Cannot make a rule: say which ${kind}`;
    throw new InvalidError(message, { field: "value" });
  }
  // Whoever denies a tag believes that it is denied: one that no title can have would do nothing.
  if (kind === "tag" && !value.split("/").every((name) => /[\p{L}\p{N}]/u.test(name))) {
    throw new InvalidError(
      `Cannot make a rule for the tag "${value}": write its path, such as "genre/film-noir"`,
      { field: "value" },
    );
  }
  if (expiresAt !== undefined) checkEnd(expiresAt, nowMs);
}

function checkEnd(expiresAt: string, nowMs: number): void {
  if (!(Date.parse(expiresAt) > nowMs)) {
    throw new InvalidError(`Cannot end a rule at "${expiresAt}": that is over`, {
      field: "expires_at",
    });
  }
}

function rowOf(rule: NewRule, by: Pick<Caller, "name" | "userId">, nowMs: number): RuleRow {
  const { userId, role, effect, action, kind, value, note, expiresAt } = rule;
  return {
    id: newId("shr"),
    userId: userId ?? null,
    role: role ?? null,
    effect,
    action,
    kind,
    // As titles have it, whether it was written in names or in slugs.
    value: kind === "tag" ? slugifyPath(value) : value,
    note: note ?? "",
    createdBy: by.userId ?? by.name,
    createdAt: iso(nowMs),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  };
}

function toRule({ userId, role, expiresAt, ...row }: RuleRow): SharingRule {
  return {
    ...row,
    ...userId !== null && { userId },
    ...role !== null && { role: role as Exclude<Role, "owner"> },
    ...expiresAt !== null && { expiresAt },
  };
}

const changeOf = ({ id, userId, role }: RuleRow) => ({
  ruleId: id,
  ...userId !== null && { userId },
  ...role !== null && { role },
});
