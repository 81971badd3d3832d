/**
 * Who did what when. It is bounded, and it never holds up or fails what it tells of.
 *
 * @module
 */
import type { Log } from "../../base/log.ts";
import type { State } from "../../db/mod.ts";
import { iso, LAST } from "../deps.ts";
import type { Caller } from "../roles.ts";
import { type AuditFilter, type AuditRow, auditStore } from "./store.ts";

export interface AuditEntry {
  id: string;
  at: string;
  /** The id of a user; "local", "key" or "nobody" where there is none. */
  actor: string;
  actorName: string;
  address?: string;
  action: string;
  target?: string;
  details: Record<string, unknown>;
}

export interface Noted {
  action: string;
  /** The id of what it was done to. */
  target?: string | undefined;
  /** No secrets. */
  details?: Record<string, unknown>;
}

/** Who did it; only a name where nobody has shown who they are. */
export type Actor = Pick<Caller, "name"> & Partial<Caller>;

export interface Audit {
  note(actor: Actor, noted: Noted): Promise<void>;
  /** The newest first; the page begins after `before`. */
  list(page: { before: string; limit: number } & AuditFilter): Promise<AuditEntry[]>;
}

export interface AuditOptions {
  state: State;
  log: Log;
  now(): number;
  /** Rows kept. */
  maxRows?: number;
}

/** How often the oldest are looked for. */
const TRIM_EVERY = 100;

export function createAudit({ state, log, now, maxRows = 10_000 }: AuditOptions): Audit {
  const store = auditStore(state);
  let noted = 0;
  return {
    async note(actor, { action, target, details = {} }) {
      const at = now();
      const who = actor.userId ?? actor.by ?? "nobody";
      log.info("Noted", { action, by: actor.name, target, address: actor.address });
      try {
        await store.add({
          id: orderedId(at, ++noted),
          at: iso(at),
          actor: who,
          actorName: actor.name,
          address: actor.address ?? null,
          action,
          target: target ?? null,
          details: JSON.stringify(details),
        });
        if (noted % TRIM_EVERY === 0) await store.keep(maxRows);
      } catch (error) {
        log.error("Cannot write the audit log", { action, error });
      }
    },
    list: async ({ before, limit, ...filter }) =>
      (await store.page(before || LAST, limit, filter)).map(toEntry),
  };
}

/** In the order in which one program made them; those of several programs, to the millisecond. */
function orderedId(at: number, count: number): string {
  const sequence = count % 36 ** 4;
  const chance = crypto.getRandomValues(new Uint8Array(5)).toHex();
  return at.toString(36).padStart(9, "0") + sequence.toString(36).padStart(4, "0") + chance;
}

function toEntry({ details, address, target, ...row }: AuditRow): AuditEntry {
  return {
    ...row,
    details: JSON.parse(details),
    ...address !== null && { address },
    ...target !== null && { target },
  };
}
