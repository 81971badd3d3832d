/**
 * Giving a request to a peer: which one, with a token of its own, and what comes of it.
 *
 * @module
 */
import { reasonOf } from "../../../../base/errors.ts";
import type { Log } from "../../../../base/log.ts";
import { pause } from "../../../../base/service.ts";
import type { PeerReach } from "../../signalling/mod.ts";
import type { ReplicaRow, TitleRow } from "../../store.ts";
import type { RequestRow, RequestStore } from "./store.ts";
import type { Tokens } from "./tokens.ts";

export interface AttemptsOptions {
  store: RequestStore;
  tokens: Tokens;
  titlesOf(catalogIds: string[]): Promise<TitleRow[]>;
  /** A peer that can be asked now. */
  findPeer(peerId: string): PeerReach | undefined;
  /** How many are watching from it. */
  viewersOf(peerId: string): number;
  /** Where this edge answers HTTP, for those outside; undefined where nobody has said it. */
  baseUrl(): string | undefined;
  /** Milliseconds that a token is good for. */
  tokenMs(): number;
  /** Milliseconds that a peer has, before another one is asked; 120,000 unless said. */
  deliverMs?: number | undefined;
  /** Milliseconds before the peers are asked once more that brought nothing; 300,000 unless said. */
  roundMs?: number | undefined;
  log: Log;
}

/** Peers that are asked at once. */
const MAX_ASKING = 32;
const MAX_ROUND_MS = 3_600_000;

export class Attempts {
  readonly #asking = new Set<Promise<void>>();

  constructor(readonly options: AttemptsOptions, readonly nudge: () => void) {}

  /** Gives those to peers that can be given; the rest waits. */
  async begin(rows: readonly RequestRow[], signal: AbortSignal): Promise<void> {
    const ids = [...new Set(rows.map(({ catalogId }) => catalogId))];
    const titles = new Map((await this.options.titlesOf(ids)).map((it) => [it.catalogId, it]));
    for (const row of rows) {
      const choice = this.#choose(row, titles.get(row.catalogId));
      if (choice === "wait") continue;
      if (choice === "nobody") {
        await this.#takeBack(row, row.reason ?? "the peer has brought nothing");
        continue;
      }
      while (this.#asking.size >= MAX_ASKING) await Promise.race(this.#asking);
      if (signal.aborted) return;
      const attempt: Promise<void> = this.#attempt(row, choice, signal).catch((error) => {
        if (signal.aborted) return;
        this.options.log.warn("Cannot ask for screenshots", { requestId: row.requestId, error });
      }).finally(() => this.#asking.delete(attempt));
      this.#asking.add(attempt);
    }
  }

  async done(): Promise<void> {
    await Promise.all(this.#asking);
  }

  quiet(ms: number, signal: AbortSignal): Promise<void> {
    return pause(ms, signal);
  }

  /** Of the peers that are there: a healthy drive first, then the fewest viewers. */
  #choose(row: RequestRow, title: TitleRow | undefined): Choice | "wait" | "nobody" {
    const { findPeer, viewersOf } = this.options;
    const byPeer = Map.groupBy(title?.replicas ?? [], ({ peerId }) => peerId);
    const there = [...byPeer].flatMap(([peerId, replicas]) => {
      const peer = findPeer(peerId);
      const replica = replicas.find(({ atRisk }) => !atRisk) ?? replicas[0];
      return peer && replica ? [{ peer, replica, viewers: viewersOf(peerId) }] : [];
    }).sort((one, other) =>
      Number(one.replica.atRisk) - Number(other.replica.atRisk) || one.viewers - other.viewers
    );
    const fresh = there.find(({ peer }) => !row.tried.includes(peer.peerId));
    if (fresh) return { ...fresh, tried: [...row.tried, fresh.peer.peerId] };
    if (row.dueAt > Date.now()) return "wait";
    if (row.busy) return "nobody";
    const again = there[0];
    return again ? { ...again, tried: [again.peer.peerId] } : "wait";
  }

  async #attempt(row: RequestRow, choice: Choice, signal: AbortSignal): Promise<void> {
    const { store, tokens, log, tokenMs, deliverMs = 120_000 } = this.options;
    const { peer: { peerId }, tried } = choice;
    const { requestId, catalogId } = row;
    const now = Date.now();
    const tokenId = crypto.randomUUID();
    const token = await tokens.issue(
      { peerId, catalogId, requestId, tokenId },
      Math.min(now + tokenMs(), row.expiresAt),
    );
    if (!await store.give(row, { tokenId, peerId, tried, until: now + deliverMs })) return;
    const given = { ...row, attempts: row.attempts + 1 };
    log.debug("A peer is asked for screenshots", { catalogId, requestId, peerId });
    try {
      const refused = await this.#ask(given, choice, token, deliverMs, signal);
      // It may bring them yet; when its time is over, another one is asked.
      if (refused === undefined) return;
      await this.#takeBack(given, `peer "${peerId}": ${refused}`);
    } catch (error) {
      if (signal.aborted) return;
      await this.#takeBack(given, `peer "${peerId}": ${reasonOf(error)}`);
    }
    this.nudge();
  }

  /** What the peer says against it; undefined where it says nothing. */
  async #ask(
    { catalogId, quantity, requestId }: RequestRow,
    { peer, replica }: Choice,
    uploadToken: string,
    ms: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const value = {
      catalogId: replica.peerCatalogId,
      quantity,
      uploadToken,
      uploadEndpoint: this.#endpoint(catalogId),
    };
    const question = { case: "screenshotCaptureRequest", value } as const;
    if (!peer.extensions.includes("command_result")) {
      await peer.send(question);
      return undefined;
    }
    const { payload } = await peer.ask(question, ms, signal);
    if (payload?.case !== "commandResult") return "it answered something else";
    const { error, message } = payload.value;
    if (error) return message;
    const now = await this.options.store.find(requestId);
    return now?.state === "pending" ? "it says that it has brought them, and has not" : undefined;
  }

  #endpoint(catalogId: string): string {
    const path = `/api/screenshot/${encodeURIComponent(catalogId)}`;
    return `${this.options.baseUrl()?.replace(/\/+$/, "") ?? ""}${path}`;
  }

  /** Later each time. */
  async #takeBack(row: RequestRow, reason: string): Promise<void> {
    const { store, log, roundMs = 300_000 } = this.options;
    const waitMs = Math.min(roundMs * 2 ** Math.min(row.attempts - 1, 16), MAX_ROUND_MS);
    if (!await store.takeBack(row, { reason, dueAt: Date.now() + waitMs })) return;
    const { requestId, catalogId, attempts } = row;
    log.info("Screenshots were not brought", { catalogId, requestId, attempts, reason });
  }
}

interface Choice {
  peer: PeerReach;
  replica: ReplicaRow;
  tried: string[];
}
