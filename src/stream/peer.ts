/**
 * One WebRTC connection that a browser asked for. The only file that knows the WebRTC library.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RTCDataChannel, RTCPeerConnection } from "werift";
import { InvalidError, UnavailableError } from "../base/errors.ts";
import { pause, type Service, untilAborted } from "../base/service.ts";
import { createHandshakeFilter } from "./handshake_filter.ts";
import type { Channel } from "./ranges.ts";
import { type Retransmitting, waitLess } from "./retransmission.ts";

export interface PeerOptions {
  /** `stun:` and `turn:` addresses. None: nothing is asked of the internet. */
  iceServers: string[];
  /** Addresses to offer beside those of the network cards; loopback unless said. */
  hostAddresses?: string[];
  /** Aborting it closes the connection. */
  signal: AbortSignal;
}

/** An answered offer: give `sdp` to the browser, then wait for its data channel. */
export interface Peer extends AsyncDisposable {
  sdp: string;
  /** Rejects when the connection ends before there is a channel. */
  channel: Promise<Channel>;
  /** Resolves when the connection has failed, was closed by the browser, or by us. */
  closed: Promise<void>;
}

/** A browser on this machine is reached through loopback, even where there is no network. */
const LOOPBACK = ["127.0.0.1"];
/** Messages kept for a listener that has not come yet. */
const MAX_EARLY = 64;

/** Long enough for a start-up to be over. */
const IDLE_MS = 2000;

/** Loads the library while nobody waits for it: the first viewer would wait a third of a second. */
export const warmUp: Service = async (signal) => {
  await pause(IDLE_MS, signal);
  if (!signal.aborted) await import("werift");
  await untilAborted(signal);
};

/** Answers a browser's offer; the answer holds all candidates, nothing trickles. */
export async function answerOffer(sdp: string, options: PeerOptions): Promise<Peer> {
  const { iceServers, hostAddresses = LOOPBACK, signal } = options;
  if (!/^m=application .*\bwebrtc-datachannel\b/m.test(sdp)) {
    throw new InvalidError("Cannot answer the offer: it asks for no data channel");
  }
  signal.throwIfAborted();

  const { RTCPeerConnection } = await import("werift");
  const connection = new RTCPeerConnection({
    iceServers: iceServers.map((urls) => ({ urls })),
    iceAdditionalHostAddresses: hostAddresses,
    iceUseTcp: false,
    // A server that does not answer must not hold up a viewer on the same network.
    iceStunGatherTimeout: 2,
  });
  const watched = watch(connection, signal);
  try {
    await connection.setRemoteDescription({ type: "offer", sdp: reachable(sdp) });
    for (const { connection: ice } of connection.iceTransports) {
      // Without servers the library falls back to one of its own choice in the internet.
      if (iceServers.length === 0) delete ice.stunServer;
      const pass = ice.onData.execute;
      const filter = createHandshakeFilter();
      ice.onData.execute = (datagram) => {
        const kept = filter(datagram);
        if (kept) pass(kept);
      };
    }
    await connection.setLocalDescription(await connection.createAnswer());
    const association: unknown = connection.sctpTransport?.sctp;
    // Its times are private: nothing else tells how long it waits.
    if (association) waitLess(association as Retransmitting);
    const answer = connection.localDescription?.sdp;
    if (!answer?.includes("a=candidate:")) {
      throw new UnavailableError("Cannot answer the offer: this machine has no network address");
    }
    return { sdp: answer, ...watched };
  } catch (error) {
    await watched[Symbol.asyncDispose]();
    signal.throwIfAborted();
    if (error instanceof UnavailableError) throw error;
    // The library rejects with plain strings in places.
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidError(`Cannot answer the offer: ${reason}`, {}, { cause: error });
  }
}

/**
 * Leaves out what would make the library ask around: names that the browser hides its addresses
 * behind (it would send multicast to resolve them). Such a browser is recognised when its first
 * packet comes, so the list of its addresses must stay open: with "end of candidates" the library
 * would give up at once.
 */
function reachable(sdp: string): string {
  const unwanted = /^a=(candidate:.*\.local .*|end-of-candidates)$/;
  return sdp.split(/\r?\n/).filter((line) => !unwanted.test(line)).join("\r\n");
}

/** Turns the library's events into two promises and one way to close. */
function watch(connection: RTCPeerConnection, signal: AbortSignal): Omit<Peer, "sdp"> {
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
  connection.onDataChannel.subscribe((data) => channel.resolve(wrap(data, closed.promise)));
  return {
    channel: channel.promise,
    closed: closed.promise,
    [Symbol.asyncDispose]: close,
  };
}

function wrap(data: RTCDataChannel, connectionClosed: Promise<void>): Channel {
  const closed = Promise.withResolvers<void>();
  connectionClosed.then(closed.resolve);
  data.stateChanged.subscribe((state) => {
    if (state === "closed" || state === "closing") closed.resolve();
  });

  let early: (Uint8Array | undefined)[] | undefined = [];
  let listen = (message: Uint8Array | undefined) => {
    if (early && early.length < MAX_EARLY) early.push(message);
  };
  data.onMessage.subscribe((message) => listen(typeof message === "string" ? undefined : message));

  return {
    get bufferedAmount() {
      return data.bufferedAmount;
    },
    closed: closed.promise,
    send(bytes) {
      if (data.readyState !== "open") return;
      data.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
    untilLow: (lowBytes, signal) => untilLow(data, lowBytes, signal),
    onMessage(listener) {
      listen = listener;
      const waiting = early ?? [];
      early = undefined;
      waiting.forEach(listener);
    },
    close: () => data.close(),
  };
}

async function untilLow(data: RTCDataChannel, lowBytes: number, signal: AbortSignal) {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  data.bufferedAmountLowThreshold = lowBytes;
  const low = data.bufferedAmountLow.subscribe(() => resolve());
  const state = data.stateChanged.subscribe(() => reject(new UnavailableError("Channel closed")));
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (data.bufferedAmount > lowBytes) await promise;
  } finally {
    low.unSubscribe();
    state.unSubscribe();
    signal.removeEventListener("abort", abort);
  }
}
