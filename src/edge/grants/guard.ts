/**
 * The peer's end of grants: nothing is opened without one that the edge has signed for just this
 * play, and nothing plays on when it has expired or was revoked.
 *
 * @module
 */
import { dropOldest } from "../../base/bounded/oldest.ts";
import {
  ConflictError,
  DeniedError,
  Failure,
  reasonOf,
  UnavailableError,
} from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { LinkStreams } from "../deps.ts";
import type { GrantKey, Hello, IceCandidate, StreamOffer } from "../messages.ts";
import { checkGrant, type Grant, type Play, readGrant, refused, warmUp } from "./jwt.ts";

export interface GuardOptions {
  /** The name for which grants must be. */
  peerId: string;
  publish: Publish;
  log: Log;
  /** Seconds by which the edge's clock may differ from ours; 30 unless said. */
  toleranceSec?: number;
}

/** Streams with the guard before them. */
export interface GuardedStreams extends Disposable {
  /**
   * A link begins. With `vouches` it is to an edge that was joined: only keys of a hello that passes
   * count, and nothing is opened without a grant, whatever the edge says that it speaks.
   */
  begins(vouches?: Vouches): void;
  /** The edge has said who it is, and which keys it signs with. */
  greeted(hello: Hello): void;
  /** @throws {DeniedError} the edge speaks grants, and this one does not allow it */
  open(offer: StreamOffer, signal: AbortSignal): Promise<string>;
  /** @throws {DeniedError} as open does */
  answer(sessionId: string, sdp: string, grant: string): Promise<void>;
  candidate(candidate: IceCandidate): void;
  /** Whether there is such a session: with a grant that is none it ends when its last one does. */
  renew(sessionId: string, grant: string): Promise<boolean>;
  revoke(sessionId: string, reason: string): void;
  close(sessionId: string): void;
  /** It is over by itself. */
  ended(sessionId: string): void;
}

/** Whether the edge that was joined stands for the keys in this hello. */
export type Vouches = (hello: Hello) => boolean;

const NOT_VOUCHED = "the edge that was joined does not stand for its keys. Update that edge";

/** Grants remembered until they expire: none of them is taken twice. */
const MAX_USED = 100_000;
/** Sessions remembered that were revoked, perhaps before they were opened. */
const MAX_REVOKED = 10_000;
/** `setTimeout` counts in 31 bits. */
const MAX_WAIT_MS = 2 ** 31 - 1;

interface Live {
  sdp: string;
  catalogId: string;
  viewer: string;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** No longer: closed, revoked or expired while something was awaited. */
  over: boolean;
}

export function guardStreams(streams: LinkStreams, options: GuardOptions): GuardedStreams {
  const { peerId, publish, log, toleranceSec = 30 } = options;
  const live = new Map<string, Live>();
  const used = new Map<string, number>();
  const revoked = new Set<string>();
  /** undefined: the edge does not speak grants. */
  let keys: readonly GrantKey[] | undefined;
  let vouches: Vouches | undefined;
  /** It has shown keys that it does not stand for. */
  let isForged = false;

  /** Reads, checks and uses up a grant. */
  const take = async (text: string, play: Play): Promise<Grant> => {
    if (isForged) throw refused(NOT_VOUCHED);
    const grant = await readGrant(text, { keys: keys ?? [], toleranceSec });
    await checkGrant(grant, play);
    // From here to the end nothing is awaited: of two copies one is the second.
    if (revoked.has(grant.sessionId)) throw refused("it was revoked");
    if (used.has(grant.id)) throw refused("it was used before");
    forgetExpired();
    if (used.size >= MAX_USED) {
      throw new UnavailableError("Cannot take the grant: too many are in force. Try again later");
    }
    used.set(grant.id, grant.expires + toleranceSec);
    return grant;
  };
  const forgetExpired = () => {
    const now = Date.now() / 1000;
    for (const [id, until] of used) {
      // About in order of expiry: the first that is in force ends the search.
      if (until > now) break;
      used.delete(id);
    }
  };
  const dataOf = (sessionId: string, more: Record<string, unknown>) => {
    return { session_id: sessionId, end: "peer", ...more };
  };
  const refuse = (sessionId: string, error: unknown) => {
    const data = dataOf(sessionId, { reason: reasonOf(error) });
    publish("grant.refused", data);
    log.warn("Grant refused", data);
    return error;
  };

  const until = (sessionId: string, it: Live, expires: number) => {
    clearTimeout(it.timer);
    const ms = (expires + toleranceSec) * 1000 - Date.now();
    it.timer = setTimeout(() => end(sessionId, "expired"), Math.min(Math.max(ms, 0), MAX_WAIT_MS));
    Deno.unrefTimer(Number(it.timer));
  };
  const drop = (sessionId: string): Live | undefined => {
    const it = live.get(sessionId);
    if (!it) return undefined;
    live.delete(sessionId);
    clearTimeout(it.timer);
    it.over = true;
    return it;
  };
  const end = (sessionId: string, what: "expired" | "revoked", reason?: string) => {
    const it = drop(sessionId);
    // What has expired may begin anew, if the edge says so.
    streams.close(sessionId, what === "revoked" ? reason : undefined);
    if (!it || !keys) return;
    const data = dataOf(sessionId, { viewer: it.viewer, ...reason && { reason } });
    if (what === "expired") publish("grant.expired", data);
    else publish("grant.revoked", data);
    log.info(`Grant ${what}`, data);
  };

  const open: GuardedStreams["open"] = async (offer, signal) => {
    const { sessionId, catalogId, sdp } = offer;
    if (live.has(sessionId)) throw refuse(sessionId, refused("its session is open"));
    const it: Live = { sdp, catalogId, viewer: "", timer: undefined, over: false };
    live.set(sessionId, it);
    try {
      if (keys) {
        const play = { peerId, catalogId, sessionId, sdp };
        const grant = await take(offer.grant ?? "", play).catch((error) => {
          throw refuse(sessionId, error);
        });
        it.viewer = grant.viewer;
        if (!it.over) until(sessionId, it, grant.expires);
        const data = dataOf(sessionId, { viewer: it.viewer, catalog_id: catalogId });
        publish("grant.accepted", data);
        log.info("Grant accepted", data);
      }
      if (it.over) throw closedMeanwhile();
      const answer = await streams.open(offer, signal);
      if (!it.over) return answer;
      streams.close(sessionId);
      throw closedMeanwhile();
    } catch (error) {
      const wasClosed = it.over && !(error instanceof Failure);
      if (live.get(sessionId) === it) drop(sessionId);
      // What is cut off by that says so in words of its own, which are nobody's mistake.
      throw wasClosed ? closedMeanwhile() : error;
    }
  };

  return {
    open,
    begins(check) {
      vouches = check;
      isForged = false;
      // Those of the last link, until this one says hello; but not to an edge that was joined.
      if (check) keys = [];
    },
    greeted(hello) {
      const { extensions, grantKeys = [] } = hello;
      const speaks = extensions.includes("grants") || vouches !== undefined;
      isForged = vouches !== undefined && !vouches(hello);
      keys = !speaks ? undefined : isForged ? [] : grantKeys;
      if (isForged) {
        const kids = grantKeys.slice(0, 10).map(({ kid }) => kid);
        log.warn("Keys of grants refused", { reason: NOT_VOUCHED, kids });
      }
      // Loaded while nobody waits for it.
      if (keys) warmUp();
    },
    async answer(sessionId, sdp, text) {
      const it = live.get(sessionId);
      if (!it) throw new ConflictError(`Cannot answer: no session "${sessionId}" is open`);
      if (keys) {
        const play = { peerId, catalogId: it.catalogId, sessionId, sdp };
        const grant = await take(text, play).catch((error) => {
          throw refuse(sessionId, error);
        });
        if (it.over) return;
        until(sessionId, it, grant.expires);
      }
      it.sdp = sdp;
      await streams.answer?.(sessionId, sdp);
    },
    candidate(candidate) {
      if (live.has(candidate.sessionId)) streams.candidate?.(candidate);
    },
    async renew(sessionId, text) {
      const it = live.get(sessionId);
      if (!it || !keys) return it !== undefined;
      try {
        const { catalogId, sdp, viewer } = it;
        const grant = await take(text, { peerId, catalogId, sessionId, sdp });
        if (grant.viewer !== viewer) throw refused("it is for another viewer");
        if (!it.over) until(sessionId, it, grant.expires);
      } catch (error) {
        refuse(sessionId, error);
      }
      return true;
    },
    revoke(sessionId, reason) {
      revoked.add(sessionId);
      dropOldest(revoked, MAX_REVOKED);
      end(sessionId, "revoked", reason);
    },
    close(sessionId) {
      drop(sessionId);
      streams.close(sessionId);
    },
    ended: (sessionId) => void drop(sessionId),
    [Symbol.dispose]() {
      for (const sessionId of live.keys()) drop(sessionId);
    },
  };
}

function closedMeanwhile(): DeniedError {
  return new DeniedError("Cannot open the stream: it was closed meanwhile");
}
