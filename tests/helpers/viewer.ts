/**
 * A viewer without a browser: reads a whole film over a data channel of the WebRTC library, with
 * the messages of the range protocol.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { decodeReply, encodeRequest } from "../../src/stream/protocol.ts";
import { within } from "./wait.ts";

interface DataChannel {
  readyState: string;
  send(data: Buffer): void;
  onMessage: { subscribe(listener: (data: string | Buffer) => void): unknown };
  stateChanged: { subscribe(listener: (state: string) => void): unknown };
}

const LIMIT_MS = 15_000;
const READ = 65_536;

/** The film's bytes, or what went wrong. */
export async function readAll(channel: DataChannel): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Uint8Array[] = [];
  let [size, got] = [0, 0];
  const say = (request: Parameters<typeof encodeRequest>[0]) =>
    channel.send(Buffer.from(encodeRequest(request)));
  const next = () => {
    if (got >= size) return resolve(new Uint8Array(Buffer.concat(chunks)));
    say({ type: "read", id: 1, offset: got, length: Math.min(READ, size - got) });
  };
  channel.onMessage.subscribe((data) => {
    const reply = decodeReply(typeof data === "string" ? Buffer.from(data) : data);
    if (reply.type === "opened") {
      size = reply.size;
      next();
    } else if (reply.type === "data") {
      chunks.push(reply.bytes.slice());
      got += reply.bytes.length;
    } else if (reply.type === "end") next();
    else reject(new Error(JSON.stringify(reply)));
  });
  channel.stateChanged.subscribe((state) => {
    if (state === "open") say({ type: "open", version: 1 });
    if (state === "closed") reject(new Error("The channel was closed"));
  });
  if (channel.readyState === "open") say({ type: "open", version: 1 });
  const late = setTimeout(() => reject(new Error(`No film in ${LIMIT_MS} ms`)), LIMIT_MS);
  return await promise.finally(() => clearTimeout(late));
}

/** A viewer to whom the peer makes the offer, and opens the channel. */
export async function openAnswering() {
  const { RTCPeerConnection } = await import("werift");
  const connection = new RTCPeerConnection({
    iceServers: [],
    iceAdditionalHostAddresses: ["127.0.0.1"],
  });
  const channel = new Promise<DataChannel>((resolve) =>
    connection.onDataChannel.subscribe(resolve)
  );
  return {
    /** @returns the answer, with all addresses */
    async take(offer: string): Promise<string> {
      await connection.setRemoteDescription({ type: "offer", sdp: offer });
      await connection.setLocalDescription(await connection.createAnswer());
      return connection.localDescription!.sdp;
    },
    /** The whole film, once the channel is there. */
    read: async () => await readAll(await within("the channel", channel, 20_000)),
    close: () => connection.close(),
  };
}
