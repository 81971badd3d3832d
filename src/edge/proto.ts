/**
 * The .proto texts as a gRPC service. The only importer of the gRPC and protobuf libraries; they
 * are heavy, so they are loaded when the first link or server is opened.
 *
 * @module
 */
import type * as grpc from "@grpc/grpc-js";
import type protobufjs from "protobufjs";
import base from "../../proto/base.proto" with { type: "text" };
import catalog from "../../proto/catalog.proto" with { type: "text" };
import commons from "../../proto/commons.proto" with { type: "text" };
import extensions from "../../proto/extensions.proto" with { type: "text" };
import fileOperations from "../../proto/file_operations.proto" with { type: "text" };
import media from "../../proto/media.proto" with { type: "text" };
import webrtc from "../../proto/webrtc.proto" with { type: "text" };
import { asBuffer, createCodec, type Undecodable } from "./codec.ts";
import type { EdgeMessage, EdgeWebRTCMessage, PeerMessage, PeerWebRTCMessage } from "./messages.ts";
import { endSessionsBetweenReads } from "./transport/http2_sessions.ts";

export type Protobuf = typeof protobufjs;
export type ProtobufType = protobufjs.Type;
export type Client = grpc.Client;
export type Server = grpc.Server;
export type StatusObject = grpc.StatusObject;
export type Interceptor = grpc.Interceptor;
export type Metadata = grpc.Metadata;

/** The peer's end of AsyncOperations. */
export type PeerStream = grpc.ClientDuplexStream<PeerMessage, EdgeMessage | Undecodable>;
/** The edge's end of AsyncOperations. */
export type EdgeStream = grpc.ServerDuplexStream<PeerMessage | Undecodable, EdgeMessage>;
/** The edge's end of WebRTCOperations. */
export type UnaryCall = grpc.ServerUnaryCall<EdgeWebRTCMessage | Undecodable, PeerWebRTCMessage>;
export type UnaryReply = grpc.sendUnaryData<PeerWebRTCMessage>;

export interface Codec<Message> {
  encode(message: Message): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array): Message | Undecodable;
}

export interface Codecs {
  edge: Codec<EdgeMessage>;
  peer: Codec<PeerMessage>;
  edgeWebRTC: Codec<EdgeWebRTCMessage>;
  peerWebRTC: Codec<PeerWebRTCMessage>;
}

export interface Grpc {
  lib: typeof grpc.default;
  codecs: Codecs;
  service: grpc.ServiceDefinition;
  /** Opens AsyncOperations: the peer is known to the edge from here on. */
  call(client: Client, peerId: string): PeerStream;
  /** WebRTCOperations: one question and its answer, within `ms`. Rejects with the status. */
  signal(
    client: Client,
    peerId: string,
    message: EdgeWebRTCMessage,
    ms: number,
  ): Promise<PeerWebRTCMessage | Undecodable>;
}

const texts = [commons, catalog, fileOperations, media, webrtc, extensions, base];
const SERVICE = "/giggityflix_grpc_peer.PeerEdgeService";

/** Loads the libraries and reads the protos: about a tenth of a second, so not at start-up. */
export async function openGrpc(): Promise<Grpc> {
  endSessionsBetweenReads();
  const [{ default: lib }, codecs] = await Promise.all([import("@grpc/grpc-js"), openCodecs()]);
  // What it would print to the console comes back as an error too, and goes to our log.
  lib.setLogVerbosity(lib.logVerbosity.NONE);
  const { edge, peer, edgeWebRTC, peerWebRTC } = codecs;
  const asyncOperations = {
    ...method(`${SERVICE}/AsyncOperations`, peer, edge),
    requestStream: true,
    responseStream: true,
  };
  const webrtcOperations = {
    ...method(`${SERVICE}/WebRTCOperations`, edgeWebRTC, peerWebRTC),
    requestStream: false,
    responseStream: false,
  };
  const metadataOf = (peerId: string) => {
    const metadata = new lib.Metadata();
    metadata.set("peer_id", peerId);
    return metadata;
  };
  return {
    lib,
    codecs,
    service: { asyncOperations, webrtcOperations },
    signal: (client, peerId, message, ms) => {
      const { path, requestSerialize, responseDeserialize } = webrtcOperations;
      const { promise, resolve, reject } = Promise.withResolvers<PeerWebRTCMessage | Undecodable>();
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        metadataOf(peerId),
        { deadline: Date.now() + ms },
        (error, reply) => error ? reject(error) : resolve(reply!),
      );
      return promise;
    },
    call(client, peerId) {
      const { path, requestSerialize, responseDeserialize } = asyncOperations;
      return client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadataOf(peerId),
      );
    },
  };
}

/**
 * Whether the stream has ended by the peer's own word: the library tells "end" as well of one whose
 * connection has gone.
 */
export function isClosedByPeer(stream: EdgeStream): boolean {
  const { call } = stream as { call?: { stream?: { aborted?: boolean } } };
  return call?.stream?.aborted !== true;
}

/** RESOURCE_EXHAUSTED, INTERNAL: what the library says of a message over its limit, or one it cannot unpack. */
const UNREADABLE: unknown[] = [8, 13];

/** Why the library itself has ended the stream, without a word to us: by a message it did not take. */
export function refusalOfLibrary(stream: EdgeStream): string | undefined {
  type Headers = Record<string, unknown>;
  const { call } = stream as { call?: { stream?: Partial<Record<HeadersSent, Headers>> } };
  const sent = call?.stream?.sentTrailers ?? call?.stream?.sentHeaders;
  const said = sent?.["grpc-message"];
  if (typeof said !== "string" || !UNREADABLE.includes(Number(sent!["grpc-status"]))) {
    return undefined;
  }
  return decodeURI(said);
}

/** Where a status is: after what was said before it, or alone. */
type HeadersSent = "sentTrailers" | "sentHeaders";

/** The codecs alone, from the same texts. */
export async function openCodecs(): Promise<Codecs> {
  const { default: protobuf } = await import("protobufjs");
  const root = new protobuf.Root();
  for (const text of texts) protobuf.parse(text, root, { keepCase: false });
  root.resolveAll();
  const codec = <Message extends { payload?: object }>(name: string) =>
    createCodec<Message>(protobuf, root.lookupType(`giggityflix_grpc_peer.${name}`));
  return {
    edge: codec<EdgeMessage>("EdgeMessage"),
    peer: codec<PeerMessage>("PeerMessage"),
    edgeWebRTC: codec<EdgeWebRTCMessage>("EdgeWebRTCMessage"),
    peerWebRTC: codec<PeerWebRTCMessage>("PeerWebRTCMessage"),
  };
}

function method<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
) {
  return {
    path,
    requestSerialize: (message: Request) => asBuffer(request.encode(message)),
    requestDeserialize: (bytes: Uint8Array) => request.decode(bytes),
    responseSerialize: (message: Response) => asBuffer(response.encode(message)),
    responseDeserialize: (bytes: Uint8Array) => response.decode(bytes),
  };
}
