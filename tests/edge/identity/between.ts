/**
 * Somebody between a peer and its edge on a plain connection: passes everything on, and changes or
 * adds what a test wants.
 *
 * @module
 */
import { openClient } from "../../../src/edge/link/client.ts";
import type { EdgeMessage, PeerMessage } from "../../../src/edge/messages.ts";
import { type EdgeStream, openGrpc, type StatusObject } from "../../../src/edge/proto.ts";
import { listening } from "../listening.ts";

export interface Meddling {
  /** What the peer gets in place of a message of the edge; may say more by `say`. */
  toPeer?(message: EdgeMessage, say: (message: EdgeMessage) => void): EdgeMessage | undefined;
  /** What the peer says of itself when it opens its stream, by name. */
  headers?(said: Record<string, string>): Record<string, string>;
  /** What the edge gets in place of a message of the peer. */
  toEdge?(message: PeerMessage): PeerMessage | undefined;
}

export async function openBetween(edgeAddress: string, meddling: Meddling) {
  const grpc = await openGrpc();
  const { lib, service } = grpc;
  const { path, requestSerialize, responseDeserialize } = service.asyncOperations!;
  const client = await openClient(grpc, { address: edgeAddress, useTls: false });
  const server = new lib.Server();
  const streams = new Set<EdgeStream>();
  server.addService(service, {
    asyncOperations(stream: EdgeStream) {
      streams.add(stream);
      const { toPeer = (it) => it, toEdge = (it) => it, headers = (it) => it } = meddling;
      const said = new lib.Metadata();
      const heard = Object.entries(stream.metadata.getMap()).filter(([name]) =>
        name.startsWith("peer_")
      );
      const texts = Object.fromEntries(heard.map(([name, value]) => [name, String(value)]));
      for (const [name, value] of Object.entries(headers(texts))) said.set(name, value);
      const onward = client.makeBidiStreamRequest<PeerMessage, EdgeMessage>(
        path,
        requestSerialize,
        responseDeserialize,
        said,
      );
      onward.on("error", () => {});
      stream.on("error", () => onward.cancel());
      stream.on("cancelled", () => onward.cancel());
      stream.on("end", () => onward.end());
      stream.on("data", (message: PeerMessage) => {
        const it = toEdge(message);
        if (it) onward.write(it);
      });
      onward.on("metadata", (headers) => stream.sendMetadata(headers));
      onward.on("data", (message: EdgeMessage) => {
        const it = toPeer(message, (more) => void stream.write(more));
        if (it) stream.write(it);
      });
      onward.once("status", ({ code, details }: StatusObject) => {
        stream.emit("error", Object.assign(new Error(details), { code, details }));
      });
    },
    webrtcOperations() {},
  });
  const port = await listening(server, lib);
  return {
    address: `127.0.0.1:${port}`,
    /** Ends what is open: the peer comes again. */
    cut() {
      for (const stream of streams) {
        stream.emit("error", Object.assign(new Error("cut"), { code: 14, details: "cut" }));
      }
      streams.clear();
    },
    [Symbol.asyncDispose]() {
      server.forceShutdown();
      client.close();
      return Promise.resolve();
    },
  };
}
