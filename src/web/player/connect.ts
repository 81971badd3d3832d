/** One WebRTC connection to the peer that holds the film, with a data channel on it. @module */
import { closeStream, openStream } from "../api.ts";
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
  const peer = new RTCPeerConnection();
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
    const sdp = await gatherOffer(peer);
    const stream = await openStream(catalogId, sdp, signal);
    streamId = stream.id;
    signal.throwIfAborted();
    await peer.setRemoteDescription({ type: "answer", sdp: stream.sdp });
    await opened(channel, { lost: lost.promise, signal, offered: /^a=candidate:/m.test(sdp) });
  } catch (error) {
    close();
    throw error;
  }
  stats.connections++;
  return { channel, lost: lost.promise, close };
}

/**
 * Candidates are not sent one by one, so the offer waits for the first ones; not for ever. One of
 * them is enough: the peer recognises the browser by its first packet, wherever that comes from.
 */
async function gatherOffer(peer: RTCPeerConnection): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timers = [setTimeout(resolve, GATHER_MS)];
  peer.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) timers.push(setTimeout(resolve, MORE_MS));
    else resolve();
  };
  await peer.setLocalDescription(await peer.createOffer());
  if (peer.iceGatheringState !== "complete") await promise;
  timers.forEach(clearTimeout);
  peer.onicecandidate = null;
  return peer.localDescription?.sdp ?? "";
}

interface OpenedOptions {
  lost: Promise<void>;
  signal: AbortSignal;
  /** Whether the browser had any address to offer. */
  offered: boolean;
}

async function opened(channel: RTCDataChannel, { lost, signal, offered }: OpenedOptions) {
  if (channel.readyState === "open") return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hint = offered
    ? "a firewall may be in the way"
    : "this browser has no network address that it may use, so connect the computer to a network";
  const timer = setTimeout(
    () => reject(new Error(`The peer cannot be reached directly: ${hint}.`)),
    CONNECT_MS,
  );
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  channel.onopen = () => resolve();
  lost.then(() => reject(new Error(`The connection to the peer failed: ${hint}.`)));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
