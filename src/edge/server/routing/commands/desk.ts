/**
 * Commands from being given until they are done: kept in the state, brought to the peer wherever it
 * is as often as it takes, taken over from an edge that has died, and dead letters after their
 * deadline. The peer does each once, by its request id.
 *
 * @module
 */
import {
  ConflictError,
  NotFoundError,
  reasonOf,
  UnavailableError,
} from "../../../../base/errors.ts";
import type { Publish } from "../../../../base/events.ts";
import type { Log } from "../../../../base/log.ts";
import { pause } from "../../../../base/service.ts";
import type { Page, PageRequest } from "../../catalog_item.ts";
import { fromCursor, toCursor } from "../../cursor.ts";
import { type CommandAnswer, type CommandPayload, typeOf } from "./kinds.ts";
import type { CommandRow, CommandStore } from "./store.ts";

export interface GivenCommand {
  peerId: string;
  payload: CommandPayload;
  /** Milliseconds until it is given up; a minute unless said, a day at most. */
  deadlineMs?: number | undefined;
  /** The same again is the same command. */
  requestId?: string | undefined;
}

export interface DeskDeps {
  store: CommandStore;
  edgeId: string;
  /**
   * Brings it to the peer, wherever that is.
   *
   * @throws {UnavailableError} not now
   */
  carry(row: CommandRow, ms: number, signal: AbortSignal): Promise<CommandAnswer[]>;
  /** Whether it is connected, to any edge. */
  isThere(peerId: string): boolean;
  /** Waits until the peer has come to any edge, `ms` at most. */
  comes(peerId: string, ms: number, signal: AbortSignal): Promise<void>;
  publish: Publish;
  /** It is a dead letter now. */
  died(row: CommandRow, reason: string): void;
  log: Log;
}

const DEADLINE_MS = 60_000;
const MAX_DEADLINE_MS = 24 * 3_600_000;
/** Commands that one edge sees to at once. */
const MAX_WAITING = 10_000;
const LEASE_MS = 15_000;
const BEAT_MS = 4000;
const PRUNE_MS = 600_000;
const PRUNE_EVERY = 1000;
const ADOPTED = 500;
/** Longest wait before a peer is tried again that has not moved. */
const MAX_PAUSE_MS = 2000;
/** Between looks for a peer that is not there. */
const ABSENT_MS = 10_000;
const MAX_PAGE = 1000;

/** What became of a command. */
type Ending = { state: "done"; answers: CommandAnswer[] } | { state: "dead"; reason?: string };

export class CommandDesk {
  readonly #deps: DeskDeps;
  /** What this edge sees to, and what it has come to; nothing if that is another edge's business now. */
  readonly #driven = new Map<string, Promise<Ending | undefined>>();
  #signal: AbortSignal | undefined;
  #given = 0;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /**
   * Takes it; from then on it is not lost.
   *
   * @throws {ConflictError} another command has this request id
   * @throws {UnavailableError} too many are waiting, or the state cannot be reached
   */
  async give(command: GivenCommand): Promise<CommandRow> {
    const { store, edgeId: owner } = this.#deps;
    const { peerId, payload, requestId = crypto.randomUUID() } = command;
    if (this.#driven.size >= MAX_WAITING) {
      throw new UnavailableError(`Cannot take a command: ${MAX_WAITING} are waiting`);
    }
    const now = Date.now();
    const deadlineMs = Math.min(command.deadlineMs ?? DEADLINE_MS, MAX_DEADLINE_MS);
    const row = {
      ...{ requestId, peerId, type: typeOf(payload), payload, owner },
      createdAt: new Date(now).toISOString(),
      deadlineAt: now + deadlineMs,
    };
    if (!await store.add(row, now + LEASE_MS)) {
      const known = await store.find(requestId);
      const isSame = known?.peerId === peerId &&
        JSON.stringify(known.payload) === JSON.stringify(payload);
      if (known && isSame) return known;
      throw new ConflictError(`Cannot give "${requestId}": another command has this id`);
    }
    const given: CommandRow = { ...row, state: "waiting", attempts: 0, answers: [] };
    this.#drive(given);
    if (++this.#given % PRUNE_EVERY === 0) this.#prune();
    return given;
  }

  /**
   * Gives it and waits for the answers.
   *
   * @throws {UnavailableError} there were none before the deadline
   */
  async send(command: GivenCommand, signal?: AbortSignal): Promise<CommandAnswer[]> {
    const { requestId, deadlineAt } = await this.give(command);
    for (const until = deadlineAt + LEASE_MS; Date.now() < until;) {
      signal?.throwIfAborted();
      const ended = await this.#driven.get(requestId) ?? await this.#deps.store.find(requestId);
      if (ended?.state === "done") return ended.answers;
      if (ended?.state === "dead") {
        throw new UnavailableError(ended.reason ?? "No answer", { requestId });
      }
      // Another edge sees to it now.
      await pause(MAX_PAUSE_MS / 4, signal ?? AbortSignal.timeout(MAX_PAUSE_MS));
    }
    throw new UnavailableError("Nobody has seen to this command", { requestId });
  }

  /** @throws {NotFoundError} */
  async find(requestId: string): Promise<CommandRow> {
    const row = await this.#deps.store.find(requestId);
    if (row) return row;
    throw new NotFoundError(`Cannot find command "${requestId}"`, { id: requestId });
  }

  /** The newest first. */
  async page(
    { limit, cursor }: PageRequest,
    state?: CommandRow["state"],
  ): Promise<Page<CommandRow>> {
    const [createdAt, requestId] = fromCursor(cursor, 2);
    const before = createdAt && requestId ? { createdAt, requestId } : undefined;
    const count = Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
    const rows = await this.#deps.store.page(before, count + 1, state);
    const last = rows[count - 1];
    return {
      items: rows.slice(0, count),
      ...rows.length > count && last &&
        { nextCursor: toCursor(last.createdAt, last.requestId) },
    };
  }

  /** Gives a dead letter anew, under its old id. @throws {NotFoundError} there is no such one */
  async retry(requestId: string, deadlineMs = DEADLINE_MS): Promise<CommandRow> {
    const { store, edgeId } = this.#deps;
    const now = Date.now();
    const deadlineAt = now + Math.min(deadlineMs, MAX_DEADLINE_MS);
    if (!await store.revive(requestId, edgeId, deadlineAt, now + LEASE_MS)) {
      throw noLetter(requestId);
    }
    const row = await this.find(requestId);
    this.#drive(row);
    return row;
  }

  /** Forgets a dead letter. @throws {NotFoundError} there is no such one */
  async remove(requestId: string): Promise<void> {
    if (!await this.#deps.store.remove(requestId)) throw noLetter(requestId);
  }

  /** Sees to what another edge saw to, which has died; as far as no other does. */
  takeOver(edgeId: string): void {
    const { store, edgeId: owner, log } = this.#deps;
    if (!this.#signal) return;
    store.adopt(owner, Date.now() + LEASE_MS, ADOPTED, edgeId).then(
      (rows) => rows.forEach((row) => this.#drive(row)),
      (error) => log.warn("Cannot take over the commands of another edge", { edgeId, error }),
    );
  }

  /** Sees to commands until aborted; what is left then, others see to at once. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, edgeId, log } = this.#deps;
    this.#signal = signal;
    let prunedAt = 0;
    for (let isFirst = true; !signal.aborted; await pause(BEAT_MS, signal)) {
      try {
        const until = Date.now() + LEASE_MS;
        if (!isFirst) await store.lease(edgeId, until);
        const former = isFirst ? edgeId : undefined;
        for (const row of await store.adopt(edgeId, until, ADOPTED, former)) this.#drive(row);
        isFirst = false;
      } catch (error) {
        log.warn("Cannot see which commands wait", { error });
      }
      if (Date.now() - prunedAt < PRUNE_MS) continue;
      prunedAt = Date.now();
      this.#prune();
    }
    await Promise.all(this.#driven.values());
    this.#signal = undefined;
    await store.lease(edgeId, 0).catch((error) =>
      log.debug("Cannot give commands back", { error })
    );
  }

  #prune(): void {
    const { store, log } = this.#deps;
    store.prune().catch((error) => log.warn("Cannot forget old commands", { error }));
  }

  #drive(row: CommandRow): void {
    const signal = this.#signal;
    // Not running yet: it is adopted when that begins.
    if (!signal || signal.aborted || this.#driven.has(row.requestId)) return;
    const { requestId } = row;
    const driving = this.#bring(row, signal).catch((error) => {
      this.#deps.log.warn("Cannot keep what became of a command", { requestId, error });
      return undefined;
    }).finally(() => this.#driven.delete(requestId));
    this.#driven.set(requestId, driving);
  }

  async #bring(row: CommandRow, signal: AbortSignal): Promise<Ending | undefined> {
    const { carry, comes, isThere } = this.#deps;
    const { peerId, deadlineAt } = row;
    let reason = `peer "${peerId}" did not come`;
    let attempts = 0;
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      const left = deadlineAt - Date.now();
      if (left <= 0) return await this.#end(row, attempts, undefined, reason, signal);
      if (!isThere(peerId)) {
        await comes(peerId, Math.min(ABSENT_MS, left), signal);
        if (!isThere(peerId)) continue;
      }
      try {
        attempts++;
        const answers = await carry(row, left, signal);
        return await this.#end(row, attempts, answers, reason, signal);
      } catch (error) {
        reason = reasonOf(error);
        if (!(error instanceof UnavailableError) && !signal.aborted) {
          this.#deps.log.error("Cannot bring a command to its peer", { peerId, error });
        }
      }
      await comes(peerId, Math.max(Math.min(pauseMs, deadlineAt - Date.now()), 1), signal);
    }
    return undefined;
  }

  /** The state may be away for a while: what the peer has done is not lost for that. */
  async #end(
    row: CommandRow,
    attempts: number,
    answers: CommandAnswer[] | undefined,
    reason: string,
    signal: AbortSignal,
  ): Promise<Ending | undefined> {
    const { store, publish, died, log } = this.#deps;
    const { requestId, peerId, type } = row;
    const ending = answers
      ? { state: "done", answers } as const
      : { state: "dead", answers: [], reason } as const;
    for (;;) {
      try {
        if (!await store.end(requestId, ending, attempts)) return undefined;
        break;
      } catch (error) {
        if (signal.aborted) throw error;
        log.warn("Cannot keep what became of a command now", { requestId, error });
        await pause(MAX_PAUSE_MS, signal);
      }
    }
    const data = { "command_id": requestId, "peer_id": peerId, type };
    if (answers) {
      publish("command.done", data);
      return ending;
    }
    log.warn("A command is a dead letter", { requestId, peerId, type, reason });
    publish("command.dead", { ...data, reason });
    died(row, reason);
    return ending;
  }
}

function noLetter(requestId: string): NotFoundError {
  return new NotFoundError(`Cannot find dead letter "${requestId}"`, { id: requestId });
}
