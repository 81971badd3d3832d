/**
 * One WebRTC connection that a browser asked for. The only file that knows the WebRTC library.
 *
 * @module
 */
import type { RTCDataChannel, RTCPeerConnection } from "werift";
import { InvalidError, UnavailableError } from "../base/errors.ts";
import { pause, type Service, untilAborted } from "../base/service.ts";
import { assertData } from "../base/text/sdp.ts";
import { wrap } from "./channel.ts";
import { createHandshakeFilter } from "./handshake_filter.ts";
import type { Channel } from "./ranges.ts";
import { type Retransmitting, waitLess } from "./retransmission.ts";

export interface PeerOptions {
  /** `stun:` and `turn:` servers. None: nothing is asked of the internet. */
  iceServers: IceServer[];
  /** Addresses to offer beside those of the network cards; loopback unless said. */
  hostAddresses?: string[];
  /** Told of addresses that were found too late for the SDP. */
  onCandidate?(candidate: Candidate): void;
  /** Aborting it closes the connection. */
  signal: AbortSignal;
}

/** No credentials: empty texts. */
export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** An address where one end may be reached. */
export interface Candidate {
  /** "candidate:…"; empty: there are no more. */
  candidate: string;
  sdpMid: string;
  sdpMLineIndex: number;
}

/** Half a connection: give `sdp` to the browser, then wait for its data channel. */
export interface Peer extends AsyncDisposable {
  /** Our answer; or our offer, and the browser's answer is still to come. */
  sdp: string;
  /** @throws {InvalidError} it is no answer to our offer */
  answer(sdp: string): Promise<void>;
  /** One more address of the browser; one that is of no use is passed over. */
  addCandidate(candidate: Candidate): void;
  /** Rejects when the connection ends before there is a channel. */
  channel: Promise<Channel>;
  /** Resolves when the connection has failed, was closed by the browser, or by us. */
  closed: Promise<void>;
}

/** A browser on this machine is reached through loopback, even where there is no network. */
const LOOPBACK = ["127.0.0.1"];

/** Long enough for a start-up to be over. */
const IDLE_MS = 2000;

/** Loads the library while nobody waits for it: the first viewer would wait a third of a second. */
export const warmUp: Service = async (signal) => {
  await pause(IDLE_MS, signal);
  if (!signal.aborted) await import("werift");
  await untilAborted(signal);
};

/** Longer than servers in the internet take; an address that comes later is told by itself. */
const GATHER_MS = 2000;

/** Answers a browser's offer, with all candidates that were found in time. */
export async function answerOffer(sdp: string, options: PeerOptions): Promise<Peer> {
  assertData(sdp, "answer the offer");
  return await open(options, "answer the offer", async (connection) => {
    await connection.setRemoteDescription({ type: "offer", sdp: reachable(sdp) });
    prepare(connection, options);
    await connection.setLocalDescription(await connection.createAnswer());
  });
}

/** Offers a data channel itself, with all candidates that were found in time. */
export async function makeOffer(options: PeerOptions): Promise<Peer> {
  return await open(options, "make an offer", async (connection, take) => {
    take(connection.createDataChannel("ranges"));
    const offer = await connection.createOffer();
    prepare(connection, options);
    await connection.setLocalDescription(offer);
  });
}

type Work = (
  connection: RTCPeerConnection,
  take: (channel: RTCDataChannel) => void,
) => Promise<void>;

async function open(options: PeerOptions, what: string, work: Work): Promise<Peer> {
  const { iceServers, hostAddresses = LOOPBACK, signal } = options;
  signal.throwIfAborted();
  const { RTCPeerConnection } = await import("werift");
  const connection = new RTCPeerConnection({
    iceServers: iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...username && { username, credential },
    })),
    iceAdditionalHostAddresses: hostAddresses,
    iceUseTcp: false,
    // A server that does not answer must not hold up a viewer on the same network.
    iceStunGatherTimeout: GATHER_MS / 1000,
  });
  const { take, ...watched } = watch(connection, signal);
  try {
    await work(connection, take);
    const association: unknown = connection.sctpTransport?.sctp;
    // Its times are private: nothing else tells how long it waits.
    if (association) waitLess(association as Retransmitting);
    const sdp = connection.localDescription?.sdp;
    if (!sdp?.includes("a=candidate:")) {
      throw new UnavailableError(`Cannot ${what}: this machine has no network address`);
    }
    tellLater(connection, sdp, options);
    return {
      sdp,
      ...watched,
      answer: async (sdp) => {
        assertData(sdp, "take the answer");
        await connection.setRemoteDescription({ type: "answer", sdp: reachable(sdp) })
          .catch((error) => {
            throw notUsable("take the answer", error);
          });
      },
      addCandidate(candidate) {
        const { candidate: text } = candidate;
        if (text === "" || hidden.test(text)) return;
        connection.addIceCandidate(candidate).catch(() => {});
      },
    };
  } catch (error) {
    await watched[Symbol.asyncDispose]();
    signal.throwIfAborted();
    if (error instanceof UnavailableError) throw error;
    throw notUsable(what, error);
  }
}

/** The library rejects with plain strings in places. */
function notUsable(what: string, error: unknown): InvalidError {
  const reason = error instanceof Error ? error.message : String(error);
  return new InvalidError(`Cannot ${what}: ${reason}`, {}, { cause: error });
}

/** What the library has no option for, before it looks for addresses. */
function prepare(connection: RTCPeerConnection, { iceServers }: PeerOptions): void {
  for (const { connection: ice } of connection.iceTransports) {
    // Without servers the library falls back to one of its own choice in the internet.
    if (!iceServers.some(({ urls }) => urls.some((url) => /^stuns?:/.test(url)))) {
      delete ice.stunServer;
    }
    const gather = ice.gatherCandidates.bind(ice);
    // It knows no limit for a TURN server that does not answer.
    if (iceServers.length > 0) ice.gatherCandidates = () => atMost(gather(), GATHER_MS);
    const pass = ice.onData.execute;
    const filter = createHandshakeFilter();
    ice.onData.execute = (datagram) => {
      const kept = filter(datagram);
      if (kept) pass(kept);
    };
  }
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  work.catch(() => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

function tellLater(
  connection: RTCPeerConnection,
  sdp: string,
  { onCandidate, signal }: PeerOptions,
): void {
  connection.onIceCandidate.subscribe((found) => {
    if (!found?.candidate || signal.aborted || sdp.includes(found.candidate)) return;
    const { candidate, sdpMid, sdpMLineIndex } = found;
    onCandidate?.({ candidate, sdpMid: sdpMid ?? "0", sdpMLineIndex: sdpMLineIndex ?? 0 });
  });
}

/**
 * Leaves out what would make the library ask around: names that the browser hides its addresses
 * behind (it would send multicast to resolve them). Such a browser is recognised when its first
 * packet comes, so the list of its addresses must stay open: with "end of candidates" the library
 * would give up at once.
 */
function reachable(sdp: string): string {
  const unwanted = (line: string) => line === "a=end-of-candidates" || hidden.test(line);
  return sdp.split(/\r?\n/).filter((line) => !unwanted(line)).join("\r\n");
}

/** A candidate that is the name of a browser's address, and not the address. */
const hidden = /candidate:.*\.local /;

type Watched = Pick<Peer, "channel" | "closed" | typeof Symbol.asyncDispose>;

/** Turns the library's events into two promises and one way to close. */
function watch(
  connection: RTCPeerConnection,
  signal: AbortSignal,
): Watched & { take(channel: RTCDataChannel): void } {
  const channel = Promise.withResolvers<Channel>();
  const closed = Promise.withResolvers<void>();
  channel.promise.catch(() => {});

  const end = () => {
    channel.reject(new UnavailableError("Cannot stream: the connection to the browser ended"));
    closed.resolve();
  };
  let closing: Promise<void> | undefined;
  const close = () => closing ??= connection.close().catch(() => {}).finally(finish);
  const onAbort = () => void close();
  const finish = () => {
    signal.removeEventListener("abort", onAbort);
    end();
  };
  signal.addEventListener("abort", onAbort, { once: true });

  connection.connectionStateChange.subscribe((state) => {
    if (state === "failed" || state === "closed" || state === "disconnected") end();
  });
  const take = (data: RTCDataChannel) => {
    const wrapped = wrap(data, closed.promise);
    if (data.readyState === "open") return channel.resolve(wrapped);
    data.stateChanged.subscribe((state) => {
      if (state === "open") channel.resolve(wrapped);
    });
  };
  // The other end's is open by the time that it is told of.
  connection.onDataChannel.subscribe((data) => channel.resolve(wrap(data, closed.promise)));
  return {
    take,
    channel: channel.promise,
    closed: closed.promise,
    [Symbol.asyncDispose]: close,
  };
}
