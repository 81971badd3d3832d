/** One WebRTC connection to the peer that holds the film, with a data channel on it. @module */
import { closeStream, exchangeCandidates, fetchIceServers, openStream } from "../api.ts";
import { stats } from "../stats.ts";

export interface Connection {
  channel: RTCDataChannel;
  /** Resolves when the connection is lost, or closed by either side. */
  lost: Promise<void>;
  close(): void;
}

const GATHER_MS = 1000;
/** For the candidates that come right after the first. */
const MORE_MS = 10;
const CONNECT_MS = 15_000;

/** Offers, waits for the answer of the peer, and for the channel to open. */
export async function connectToPeer(catalogId: string, signal: AbortSignal): Promise<Connection> {
  const peer = new RTCPeerConnection({ iceServers: await fetchIceServers() });
  signal.throwIfAborted();
  const channel = peer.createDataChannel("ranges");
  channel.binaryType = "arraybuffer";
  const lost = Promise.withResolvers<void>();
  let streamId: string | undefined;
  const close = () => {
    channel.close();
    peer.close();
    if (streamId) void closeStream(streamId);
    lost.resolve();
  };
  channel.onclose = () => lost.resolve();
  peer.onconnectionstatechange = () => {
    if (["failed", "closed"].includes(peer.connectionState)) lost.resolve();
  };

  try {
    const { sdp, late } = await gatherOffer(peer);
    const stream = await openStream(catalogId, sdp, signal);
    streamId = stream.id;
    signal.throwIfAborted();
    await peer.setRemoteDescription({ type: "answer", sdp: stream.sdp });
    const connected = new AbortController();
    void trickle(peer, stream.id, late, AbortSignal.any([signal, connected.signal]));
    const offered = () => /^a=candidate:/m.test(peer.localDescription?.sdp ?? sdp);
    await opened(channel, { lost: lost.promise, signal, offered })
      .finally(() => connected.abort());
  } catch (error) {
    close();
    throw error;
  }
  stats.connections++;
  return { channel, lost: lost.promise, close };
}

/** Addresses that were found after the offer had gone; `listen` is told of the next ones. */
interface Late {
  found: RTCIceCandidate[];
  listen(): void;
}

/**
 * The offer waits for the first addresses, not for all; nor for ever. On the network of the peer one
 * of them is enough: it recognises the browser by its first packet, wherever that comes from. Those
 * of servers in the internet follow one by one.
 */
async function gatherOffer(peer: RTCPeerConnection): Promise<{ sdp: string; late: Late }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timers = [setTimeout(resolve, GATHER_MS)];
  const late: Late = { found: [], listen: () => {} };
  let isOffered = false;
  peer.onicecandidate = ({ candidate }) => {
    if (isOffered && candidate?.candidate) {
      late.found.push(candidate);
      late.listen();
    } else if (candidate?.candidate) timers.push(setTimeout(resolve, MORE_MS));
    else resolve();
  };
  await peer.setLocalDescription(await peer.createOffer());
  if (peer.iceGatheringState !== "complete") await promise;
  timers.forEach(clearTimeout);
  isOffered = true;
  return { sdp: peer.localDescription?.sdp ?? "", late };
}

/** Between looks for addresses of the peer, while there is no connection. */
const TRICKLE_MS = 500;

/** Sends and fetches addresses until `signal` aborts: once there is a connection, none is needed. */
async function trickle(
  peer: RTCPeerConnection,
  streamId: string,
  late: Late,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, late.found.length > 0 ? MORE_MS : TRICKLE_MS);
      const stop = () => {
        clearTimeout(timer);
        resolve();
      };
      late.listen = stop;
      signal.addEventListener("abort", stop, { once: true });
    });
    if (signal.aborted) return;
    try {
      // The stream may have ended; whoever waits for its channel is told.
      for (const it of await exchangeCandidates(streamId, late.found.splice(0, MAX_LATE))) {
        await peer.addIceCandidate(it);
      }
    } catch {
      return;
    }
  }
}

/** As many as the edge takes at once. */
const MAX_LATE = 32;

interface OpenedOptions {
  lost: Promise<void>;
  signal: AbortSignal;
  /** Whether the browser had any address to offer. */
  offered(): boolean;
}

async function opened(channel: RTCDataChannel, { lost, signal, offered }: OpenedOptions) {
  if (channel.readyState === "open") return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hint = () =>
    offered()
      ? "a firewall may be in the way"
      : "this browser has no network address that it may use, so connect the computer to a network";
  const timer = setTimeout(
    () => reject(new Error(`The peer cannot be reached directly: ${hint()}.`)),
    CONNECT_MS,
  );
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  channel.onopen = () => resolve();
  lost.then(() => reject(new Error(`The connection to the peer failed: ${hint()}.`)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
