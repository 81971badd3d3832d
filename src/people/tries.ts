/**
 * How often somebody may try to sign in: the first few times at once, then after pauses that double.
 * Counted by address and by account; an account's pauses stay short, so that nobody can keep its
 * owner out for long by trying.
 *
 * @module
 */
import { MINUTE_MS, SECOND_MS } from "./deps.ts";
import { TooManyTriesError } from "./failures.ts";

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
  begin(tried: Tried): () => void;
}

export interface TriesOptions {
  now(): number;
  /** What is known of the one seen longest ago is forgotten when there are more. */
  maxKeys?: number;
}

export function createTries({ now, maxKeys = 10_000 }: TriesOptions): Tries {
  const known = new Map<string, { failures: number; at: number; untilMs: number }>();

  const count = (key: string, { free, maxMs }: Rule) => {
    const before = known.get(key);
    const failures = (before && now() - before.at < FORGOTTEN_MS ? before.failures : 0) + 1;
    const pauseMs = failures < free ? 0 : Math.min(maxMs, SECOND_MS * 2 ** (failures - free));
    known.delete(key); // to the end of the order
    known.set(key, { failures, at: now(), untilMs: now() + pauseMs });
    if (known.size > maxKeys) known.delete(known.keys().next().value!);
  };

  return {
    begin({ address, account }) {
      const keys: [string, Rule][] = [];
      if (address !== undefined) keys.push([`address ${networkOf(address)}`, rules.address]);
      if (account !== undefined) keys.push([`account ${account}`, rules.account]);
      const waitMs = Math.max(0, ...keys.map(([key]) => (known.get(key)?.untilMs ?? 0) - now()));
      if (waitMs > 0) throw new TooManyTriesError(Math.ceil(waitMs / SECOND_MS));
      for (const [key, rule] of keys) count(key, rule);
      return () => {
        for (const [key] of keys) {
          const it = known.get(key);
          if (!it) continue;
          // An address has one failure less, not none: it may have an account of its own besides.
          if (key.startsWith("account ") || it.failures <= 1) known.delete(key);
          else known.set(key, { ...it, failures: it.failures - 1, untilMs: 0 });
        }
      };
    },
  };
}

/** An IPv6 address by the /64 that one household has; an IPv4 one as it is. */
function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 || !address.includes(":")) return v4 ?? address;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const parts = [...left, ...Array(Math.max(0, zeros)).fill("0"), ...right];
  return parts.slice(0, 4).map((it) => parseInt(it, 16).toString(16)).join(":");
}
