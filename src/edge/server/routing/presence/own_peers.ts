/**
 * The records of the peers of this edge: put when they come and again before they are forgotten,
 * deleted when they go, and given up once another edge has the peer.
 *
 * @module
 */
import { ConflictError } from "../../../../base/errors.ts";
import { turn } from "../../../../base/event_loop.ts";
import type { Log } from "../../../../base/log.ts";
import type { Records } from "../bus/bus.ts";
import { toKey } from "../bus/topics.ts";

interface Own {
  extensions: readonly string[];
  /** Of its record; undefined until that is put. */
  revision: number | undefined;
  putAt: number;
  gone: boolean;
}

/** A peer's record is put again after so long. */
const RENEW_MS = 40_000;
/** Records on their way at once. */
const AT_ONCE = 50;

export class OwnPeers {
  readonly #own = new Map<string, Own>();
  readonly #due = new Set<string>();
  /** Called as soon as there is something to do. */
  onWork: () => void = () => {};

  constructor(readonly log: Log, readonly taken: (peerId: string) => void) {}

  get isDue(): boolean {
    return this.#due.size > 0;
  }

  /** The peer is here now, or understands more than it was known to. */
  come(peerId: string, extensions: readonly string[]): void {
    const known = this.#own.get(peerId);
    // Whoever comes anew has it, wherever it was meanwhile.
    const revision = known?.gone ? undefined : known?.revision;
    this.#own.set(peerId, { extensions, revision, putAt: 0, gone: false });
    this.#note(peerId);
  }

  go(peerId: string): void {
    const own = this.#own.get(peerId);
    if (!own) return;
    own.gone = true;
    this.#note(peerId);
  }

  /** All of them are to be put again. */
  again(): void {
    for (const peerId of this.#own.keys()) this.#due.add(peerId);
    this.onWork();
  }

  /** A record of another edge has come; a later one than ours means that the peer went there. */
  othersHave(peerId: string, revision: number): void {
    const own = this.#own.get(peerId);
    if (!own || own.gone || own.revision === undefined || revision < own.revision) return;
    this.#lose(peerId);
  }

  /** Does what is due; whether the bus has taken it. */
  async work(records: Records, at: { edgeId: string; run: string }): Promise<boolean> {
    const before = Date.now() - RENEW_MS;
    for (const [peerId, { putAt }] of this.#own) if (putAt < before) this.#due.add(peerId);
    const due = [...this.#due];
    for (let i = 0; i < due.length; i += AT_ONCE) {
      const some = due.slice(i, i + AT_ONCE);
      const done = await Promise.all(some.map((peerId) => this.#put(peerId, records, at)));
      // The bus is away: the rest waits for it.
      if (done.includes(false)) return false;
      // A bus in this process puts them at once.
      await turn();
    }
    return true;
  }

  async leave(records: Records): Promise<void> {
    const own = [...this.#own];
    for (let i = 0; i < own.length; i += AT_ONCE) {
      await Promise.all(
        own.slice(i, i + AT_ONCE).map(([peerId, { revision }]) =>
          revision === undefined ? undefined : records.delete(toKey(peerId), revision)
        ),
      );
    }
  }

  #note(peerId: string): void {
    this.#due.add(peerId);
    this.onWork();
  }

  /** Whether the bus took it. */
  async #put(
    peerId: string,
    records: Records,
    { edgeId, run }: { edgeId: string; run: string },
  ): Promise<boolean> {
    const own = this.#own.get(peerId);
    this.#due.delete(peerId);
    if (!own) return true;
    const key = toKey(peerId);
    try {
      if (own.gone) {
        if (own.revision !== undefined) await records.delete(key, own.revision);
        if (this.#own.get(peerId) === own) this.#own.delete(peerId);
        return true;
      }
      const value = { edgeId, run, extensions: own.extensions };
      let revision = await records.put(key, value, own.revision);
      if (revision === undefined) {
        // Another edge has the peer; or the bus has lost what it had.
        const there = await records.get(key);
        const other = (there?.value as { edgeId?: string } | undefined)?.edgeId;
        if (other !== undefined && other !== edgeId) {
          this.#lose(peerId);
          return true;
        }
        revision = await records.put(key, value, there?.revision);
      }
      if (revision === undefined) throw new ConflictError("Cannot say it: others say something");
      own.revision = revision;
      own.putAt = Date.now();
      return true;
    } catch (error) {
      this.log.debug("Cannot say where a peer is", { peerId, error });
      this.#due.add(peerId);
      return false;
    }
  }

  #lose(peerId: string): void {
    const own = this.#own.get(peerId);
    if (!own || own.gone) return;
    this.#own.delete(peerId);
    this.#due.delete(peerId);
    this.taken(peerId);
  }
}
