/**
 * An edge, and a peer that really streams: over WebRTC, to a viewer of the same library.
 *
 * @module
 */
import { openSessions } from "../../../src/stream/mod.ts";
import { readAll } from "../../helpers/viewer.ts";
import { type EdgeRig, log, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";

export const film = Uint8Array.from({ length: 100_000 }, (_, at) => at * at % 251);

export interface PlayRig extends AsyncDisposable {
  rig: EdgeRig;
  peer: ReturnType<typeof startLink>;
  sessions: ReturnType<typeof openSessions>;
  catalogId: string;
}

/** One film, on one peer, at one edge. */
export async function startPlay(
  options: Parameters<typeof startEdge>[0] = {},
  hostAddresses?: string[],
): Promise<PlayRig> {
  const stack = new AsyncDisposableStack();
  const rig = stack.use(await startEdge(options));
  let peer: ReturnType<typeof startLink> | undefined = undefined;
  const sessions = stack.use(openSessions({
    openMedia: () =>
      Promise.resolve({
        size: film.length,
        read: (at: number, length: number) => Promise.resolve(film.subarray(at, at + length)),
        [Symbol.dispose]: () => {},
      }),
    iceServers: () => [],
    onEnd: (sessionId) => {
      peer?.guarded.ended(sessionId);
      peer?.link.streamClosed(sessionId);
    },
    publish: () => {},
    log,
    ...hostAddresses && { hostAddresses },
  }));
  peer = stack.use(startLink(rig.address, new MapLibrary("Alien.mp4"), {
    streams: {
      open: ({ sdp, ...offer }, signal) =>
        sessions.open({ ...offer, ...sdp !== "" && { sdp } }, signal),
      close: (sessionId, reason) => void sessions.close(sessionId, reason),
      answer: (sessionId, sdp) => sessions.answer(sessionId, sdp),
      candidate: ({ sessionId, ...candidate }) => sessions.addCandidate(sessionId, candidate),
    },
  }));
  const [item] = await until(async () => {
    const found = await titles(rig.edge);
    return found[0]?.online && found;
  });
  return {
    rig,
    peer,
    sessions,
    catalogId: item!.catalogId,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export type ViewerOptions = Partial<
  NonNullable<ConstructorParameters<typeof import("werift").RTCPeerConnection>[0]>
>;

/** A viewer with a data channel, and its offer. */
export async function openViewer(options: ViewerOptions = {}) {
  const { RTCPeerConnection } = await import("werift");
  const connection = new RTCPeerConnection({
    iceServers: [],
    iceAdditionalHostAddresses: ["127.0.0.1"],
    ...options,
  });
  const channel = connection.createDataChannel("ranges");
  const closed = new Promise<void>((resolve) =>
    channel.stateChanged.subscribe((state) => {
      if (state === "closed") resolve();
    })
  );
  await connection.setLocalDescription(await connection.createOffer());
  return {
    connection,
    channel,
    closed,
    offer: connection.localDescription!.sdp,
    read: () => readAll(channel),
    answer: (sdp: string) => connection.setRemoteDescription({ type: "answer", sdp }),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
