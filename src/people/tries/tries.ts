/**
 * How often somebody may try to sign in: the first few times at once, then after pauses that double.
 * Counted by address and by account, at all edges together; an account's pauses stay short, so that
 * nobody can keep its owner out for long by trying.
 *
 * @module
 */
import type { State } from "../../db/mod.ts";
import { MINUTE_MS, SECOND_MS } from "../deps.ts";
import { TooManyTriesError } from "../failures.ts";
import { hashOf } from "../secrets.ts";
import { type TriesRow, triesStore } from "./store.ts";

interface Rule {
  free: number;
  maxMs: number;
}

const rules = {
  address: { free: 8, maxMs: 15 * MINUTE_MS },
  account: { free: 10, maxMs: MINUTE_MS },
} satisfies Record<string, Rule>;

/** Failures so long ago do not count any more. */
const FORGOTTEN_MS = 60 * MINUTE_MS;
/** Others counted at the same moment, so often in a row: that is a flood. */
const MAX_LOST = 10;

export interface Tried {
  address?: string | undefined;
  account?: string | undefined;
}

export interface Tries {
  /**
   * Counts a try as failed before its work begins, so that many at once are many.
   *
   * @returns what to call when it was none
   * @throws {TooManyTriesError} it is too early
   */
  begin(tried: Tried): Promise<() => Promise<void>>;
  forget(): Promise<void>;
}

export interface TriesOptions {
  state: State;
  now(): number;
  /** About so many are known; those tried longest ago are forgotten first. */
  maxKeys?: number;
}

export function createTries({ state, now, maxKeys = 10_000 }: TriesOptions): Tries {
  const store = triesStore(state);
  const pruneEvery = Math.max(1, Math.floor(maxKeys / 10));
  let counted = 0;

  const forget = () => store.prune(now() - FORGOTTEN_MS, maxKeys);

  /** Of all who count at once each is another one: the row says who was first. */
  const count = async (key: string, { free, maxMs }: Rule, known: TriesRow | undefined) => {
    let before = known;
    for (let lost = 0; lost < MAX_LOST; lost++) {
      const time = now();
      const waitMs = (before?.untilAt ?? 0) - time;
      if (waitMs > 0) throw tooEarly(waitMs);
      const isRecent = before && time - before.triedAt < FORGOTTEN_MS;
      const failures = (isRecent ? before!.failures : 0) + 1;
      const pauseMs = failures < free ? 0 : Math.min(maxMs, SECOND_MS * 2 ** (failures - free));
      const it = { key, failures, triedAt: time, untilAt: time + pauseMs };
      if (await store.put(it, before)) return;
      [before] = await store.find([key]);
    }
    throw tooEarly(SECOND_MS);
  };

  return {
    async begin({ address, account }) {
      const keys: [string, Rule][] = [];
      if (address !== undefined) keys.push([`address ${networkOf(address)}`, rules.address]);
      if (account !== undefined) keys.push([`account ${shortOf(account)}`, rules.account]);
      const known = new Map((await store.find(keys.map(([key]) => key))).map((it) => [it.key, it]));
      const waitMs = Math.max(0, ...[...known.values()].map((it) => it.untilAt - now()));
      if (waitMs > 0) throw tooEarly(waitMs);
      for (const [key, rule] of keys) await count(key, rule, known.get(key));
      if (++counted % pruneEvery === 0) await forget();
      return async () => {
        for (const [key] of keys) {
          // An address has one failure less, not none: it may have an account of its own besides.
          if (key.startsWith("account ")) await store.delete(key);
          else await store.forgive(key);
        }
      };
    },
    forget,
  };
}

function tooEarly(ms: number): TooManyTriesError {
  return new TooManyTriesError(Math.ceil(ms / SECOND_MS));
}

/** What was typed as a name may be the password: of its hash only so much is kept as tells names
 * apart, and a thousand guesses do not. */
function shortOf(account: string): string {
  return hashOf(account).slice(0, 6);
}

/** An IPv6 address by the /64 that one household has; an IPv4 one as it is. */
export function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 || !address.includes(":")) return v4 ?? address;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const parts = [...left, ...Array(Math.max(0, zeros)).fill("0"), ...right];
  return parts.slice(0, 4).map((it) => parseInt(it, 16).toString(16)).join(":");
}
