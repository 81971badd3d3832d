/**
 * Requests for screenshots: each is given to a peer that holds the title, and to another one when
 * that brings nothing; it waits for one to come until its time is over. What is known of it is in the
 * state: it outlives the edge, and any edge may go on with it.
 *
 * @module
 */
import { NotFoundError, UnavailableError } from "../../../../base/errors.ts";
import type { Publish } from "../../../../base/events.ts";
import type { Log } from "../../../../base/log.ts";
import { Nudge } from "../../../nudge.ts";
import type { Gallery } from "../gallery/gallery.ts";
import { Attempts, type AttemptsOptions } from "./attempts.ts";
import type { RequestRow, RequestStore } from "./store.ts";

export interface DeskOptions extends AttemptsOptions {
  store: RequestStore;
  gallery: Gallery;
  /** Milliseconds that a request waits for a peer. */
  ttlMs(): number;
  publish: Publish;
  log: Log;
}

export interface NewScreenshotRequest {
  /** The edge's own id of the title. */
  catalogId: string;
  quantity: number;
  /** A service, or an account. */
  requester: string;
}

/** Requests that wait: in all, of one requester, for one title. */
const MAX_PENDING = 1000;
const MAX_OWN = 100;
const MAX_FOR_TITLE = 10;
/** What has ended is told for so long. */
const KEPT_MS = 48 * 3_600_000;
const HOUR_MS = 3_600_000;
/** Between two looks at what waits, and the longest without one while something does. */
const QUIET_MS = 100;
const LOOK_MS = 5000;

export class Desk {
  readonly #options: DeskOptions;
  readonly #attempts: Attempts;
  readonly #due = new Nudge<"look">();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options, () => this.nudge());
  }

  /** A peer or a title has come: what waits may be for it. */
  nudge(): void {
    this.#due.note("look");
  }

  /** @throws {UnavailableError} too many wait already */
  async create({ catalogId, quantity, requester }: NewScreenshotRequest): Promise<RequestRow> {
    const { store, ttlMs, publish } = this.#options;
    const { total, own, title } = await store.counts(catalogId, requester);
    if (total >= MAX_PENDING || own >= MAX_OWN || title >= MAX_FOR_TITLE) {
      const state = `${total} requests wait already, ${title} of them for this title`;
      throw new UnavailableError(`Cannot ask for screenshots: ${state}`, { total, own, title });
    }
    const [requestId, now] = [crypto.randomUUID(), Date.now()];
    const createdAt = new Date(now).toISOString();
    const expiresAt = now + ttlMs();
    await store.add({ requestId, catalogId, quantity, requester, createdAt, expiresAt });
    publish("screenshots.requested", {
      catalogId,
      requestId,
      requesterService: requester,
      quantity,
      createdAt,
      expiresAt: new Date(expiresAt).toISOString(),
    });
    this.nudge();
    return await this.find(requestId);
  }

  /** @throws {NotFoundError} there is none, or it was long ago */
  async find(requestId: string): Promise<RequestRow> {
    const row = await this.#options.store.find(requestId);
    if (row) return row;
    throw new NotFoundError(`Cannot find request "${requestId}"`, { id: requestId });
  }

  /** Gives what waits to peers until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, gallery, log } = this.#options;
    const sweeping = gallery.sweep(signal).catch((error) =>
      log.warn("Cannot look through the screenshots", { error })
    );
    const { deliverMs = LOOK_MS, roundMs = LOOK_MS } = this.#options;
    const lookMs = Math.min(deliverMs, roundMs, LOOK_MS);
    let forgotten = 0;
    this.nudge(); // what waited when the edge ended
    while (!signal.aborted) {
      // Other edges may have been asked, and time passes: a look now and then, too.
      const timer = setTimeout(() => this.nudge(), lookMs);
      await this.#due.take(signal);
      clearTimeout(timer);
      if (signal.aborted) break;
      try {
        await this.#look(signal);
        if (Date.now() - forgotten > HOUR_MS) {
          forgotten = Date.now();
          await store.forget(forgotten - KEPT_MS);
        }
      } catch (error) {
        if (!signal.aborted) log.warn("Cannot look at what waits for screenshots", { error });
      }
      await this.#attempts.quiet(QUIET_MS, signal);
    }
    await Promise.all([sweeping, this.#attempts.done()]);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    if (!await store.hasPending()) return;
    for (const it of await store.expire(Date.now())) this.#failed(it);
    for (let after = { createdAt: "", requestId: "" }; !signal.aborted;) {
      const rows = await store.open(Date.now(), after, 100);
      const last = rows.at(-1);
      if (!last) return;
      await this.#attempts.begin(rows, signal);
      after = last;
    }
  }

  #failed({ catalogId, requestId, attempts, reason }: RequestRow): void {
    const { publish, log } = this.#options;
    const why = reason ?? (attempts === 0 ? "no peer that holds it came" : "no peer brought them");
    log.warn("Nobody brought screenshots", { catalogId, requestId, attempts, reason: why });
    publish("screenshots.failed", { catalogId, requestId, status: "failed", reason: why });
  }
}
