/**
 * Peers of the published protocol say nothing of what is in their files. Where another title is as
 * long as one of theirs, both are asked for their hashes, in the background; what is the same becomes
 * one title with one more replica. What was said is kept, so it is asked once.
 *
 * @module
 */
import { reasonOf } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { pause, type Service } from "../../../base/service.ts";
import type { State } from "../../../db/mod.ts";
import type { PeerMessage } from "../../messages.ts";
import { Nudge } from "../../nudge.ts";
import { tellRemaps } from "../content/remaps.ts";
import { unite } from "../content/writer/store.ts";
import type { Session } from "../sessions.ts";
import type { PeerReach } from "../signalling/mod.ts";
import { HashStore, type HeldFile, type Twin } from "./store.ts";

export interface HashesOptions {
  state: State;
  /** Peers that are connected here. */
  sessions: { all(): Session[] };
  /** A peer, at whichever edge it is. */
  findPeer(peerId: string): PeerReach | undefined;
  /** These titles have other replicas now. */
  changed(peerId: string, titles: string[]): void;
  log: Log;
  /** Milliseconds of rest after a change, between two questions, and between two looks. */
  pace?: { changeMs?: number; askMs?: number; lookMs?: number } | undefined;
}

export interface Hashes {
  /** A title has come. */
  nudge(): void;
  /** A message of a peer; with its list a look at its files is due. */
  heard(session: Session, message: PeerMessage): void;
  run: Service;
}

/** What originals keep of each file anyway, so most need not read it. */
const HASH = "md5";
const PAGE = 100;
/** A peer that could not say is asked again after so long. */
const AGAIN_MS = 24 * 3_600_000;
/** Peers that are asked at once, each for one file at a time. */
const AT_ONCE = 4;
/** A slow disk reads so much, and a busy one begins so late. */
const BYTES_PER_S = 10_000_000;
const BEGIN_MS = 60_000;
const MAX_ASK_MS = 2 * 3_600_000;
/** Looking takes one part of the time in so many: there may be a million files. */
const SHARE = 20;

export function openHashes(options: HashesOptions): Hashes {
  const { log, pace = {} } = options;
  const { changeMs = 2000, askMs = 200, lookMs = 30_000 } = pace;
  const store = new HashStore(options.state);
  const due = new Nudge<"look">();
  /** Peers whose files are being looked at. */
  const busy = new Map<string, Promise<void>>();
  /** The last question to each peer. */
  const lines = new Map<string, Promise<unknown>>();

  return {
    nudge: () => due.note("look"),
    heard({ greeted }, { payload }) {
      // An original's heartbeat is an empty list.
      if (greeted || payload?.case !== "catalogAnnouncement") return;
      if (payload.value.catalogIds.length > 0) due.note("look");
    },
    async run(signal) {
      while (!signal.aborted) {
        await due.take(signal);
        await pause(changeMs, signal);
        due.drop("look");
        for (const session of signal.aborted ? [] : options.sessions.all().filter(isOriginal)) {
          // One whose files are long in being read does not keep the others waiting, but for a place.
          if (busy.has(session.peerId) || busy.size >= AT_ONCE) due.note("look");
          else begin(session, signal);
        }
        await pause(lookMs, signal);
      }
      await Promise.all(busy.values());
    },
  };

  function begin(session: Session, signal: AbortSignal): void {
    const { peerId } = session;
    const gone = AbortSignal.any([signal, session.signal]);
    const looking = look(session, gone).catch((error) => {
      if (!gone.aborted) log.warn("Cannot compare a peer's files", { peerId, error });
    }).finally(() => busy.delete(peerId));
    busy.set(peerId, looking);
  }

  /** All files of a peer, a page at a time. */
  async function look(session: Session, signal: AbortSignal): Promise<void> {
    let united = 0;
    for (let after = ""; !signal.aborted;) {
      const began = performance.now();
      const { files, last } = await store.unmatched(session.peerId, after, PAGE);
      const tookMs = performance.now() - began;
      for (const file of files) {
        if (signal.aborted) break;
        if (await match(session, file, signal)) united++;
      }
      if (last === undefined) break;
      after = last;
      await pause(tookMs * SHARE, signal);
    }
    if (united === 0 || signal.aborted) return;
    log.info("Files of a peer are the same as others'", { peerId: session.peerId, files: united });
    // It says nothing when it has followed: its list tells.
    await session.ask({ case: "catalogAnnouncementRequest", value: {} }, BEGIN_MS, signal)
      .catch((error) => log.debug("A peer's list has not come", { reason: reasonOf(error) }));
  }

  /** Whether the file is one more of another title now. */
  async function match(session: Session, file: HeldFile, signal: AbortSignal): Promise<boolean> {
    const own = await hashOf(file, session, signal);
    if (own === undefined) return false;
    const addedAt = await store.addedAt(file.titleId);
    for (const twin of await store.twins(file)) {
      if (!isBetter(twin, { titleId: file.titleId, addedAt: addedAt ?? "" })) continue;
      if (await hashOfTitle(twin, signal) !== own || signal.aborted) continue;
      const news = await unite(options.state, file, twin.titleId);
      if (!news) continue;
      options.changed(session.peerId, news.touched);
      await tellRemaps(session, news.remaps);
      return true;
    }
    return false;
  }

  /** Of any copy that can say it. */
  async function hashOfTitle(twin: Twin, signal: AbortSignal) {
    const copies = await store.copies(twin.titleId);
    const known = copies.find((it) => it.md5 !== undefined);
    if (known) return known.md5;
    for (const copy of copies) {
      const peer = options.findPeer(copy.peerId);
      const hash = peer && await hashOf(copy, peer, signal);
      if (hash !== undefined) return hash;
    }
  }

  /** As it was said, or asked now; undefined while the peer cannot say. */
  function hashOf(file: HeldFile, peer: PeerReach, signal: AbortSignal) {
    if (isKnown(file)) return file.md5;
    // A peer is asked one thing at a time, and by then another look may have asked for this.
    return inLine(file.peerId, async () => {
      const now = await store.find(file);
      if (!now || signal.aborted) return undefined;
      return isKnown(now) ? now.md5 : await ask(now, peer, signal);
    });
  }

  async function inLine<T>(peerId: string, work: () => Promise<T>): Promise<T> {
    const before = lines.get(peerId) ?? Promise.resolve();
    const own = before.then(work, work);
    lines.set(peerId, own);
    try {
      return await own;
    } finally {
      if (lines.get(peerId) === own) lines.delete(peerId);
    }
  }

  async function ask(file: HeldFile, peer: PeerReach, signal: AbortSignal) {
    const ms = Math.min(BEGIN_MS + file.sizeBytes / BYTES_PER_S * 1000, MAX_ASK_MS);
    const value = { catalogId: file.peerCatalogId, hashTypes: [HASH] };
    let md5: string | undefined;
    try {
      const { payload } = await peer.ask({ case: "fileHashRequest", value }, ms, signal);
      const said = payload?.case === "fileHashResponse" ? payload.value.hashes[HASH] : undefined;
      md5 = /^[0-9a-f]{32}$/i.exec(said ?? "")?.[0].toLowerCase();
    } catch (error) {
      // It has gone: that says nothing of the file.
      if (signal.aborted || !options.findPeer(file.peerId)) return undefined;
      log.debug("A peer did not say a hash", { peerId: file.peerId, reason: reasonOf(error) });
    }
    await store.keep(file, md5, Date.now());
    await pause(askMs, signal);
    return md5;
  }
}

/** Said, or not to be asked for again yet. */
function isKnown({ md5, askedAt }: HeldFile): boolean {
  return md5 !== undefined || askedAt !== undefined && Date.now() - askedAt < AGAIN_MS;
}

/** Knows the published messages only: it has said what it has, and no hello before. */
function isOriginal({ greeted, announcement }: Session): boolean {
  return !greeted && announcement !== undefined;
}

/** Of two that are the same one goes into the other, whoever looks. */
function isBetter(twin: Twin, own: { titleId: string; addedAt: string }): boolean {
  if (twin.isDescribed) return true;
  return twin.addedAt < own.addedAt ||
    twin.addedAt === own.addedAt && twin.titleId < own.titleId;
}
