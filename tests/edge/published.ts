/**
 * A gRPC client and server that know only the published messages, written from the protocol's
 * description, and loaded by the library's own loader: nothing of src/ is in here.
 *
 * @module
 */
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";
import protobufjs from "protobufjs";
import { listening } from "./listening.ts";

const proto = `
syntax = "proto3";
package giggityflix_grpc_peer;

service PeerEdgeService {
  rpc AsyncOperations(stream PeerMessage) returns (stream EdgeMessage);
  rpc WebRTCOperations(EdgeWebRTCMessage) returns (PeerWebRTCMessage);
}
enum CatalogErrorReason { BAD_CATALOG_ID = 0; FILE_GONE = 1; PERMISSION_DENIED = 2; }
message EdgeMessage {
  string request_id = 1;
  string edge_id = 2;
  oneof payload {
    FileDeleteRequest file_delete_request = 3;
    FileHashRequest file_hash_request = 4;
    FileRemapRequest file_remap_request = 5;
    FileOfferResponse batch_file_offer_response = 6;
    CatalogAnnouncementRequest catalog_announcement_request = 7;
    ScreenshotCaptureRequest screenshot_capture_request = 8;
  }
}
message PeerMessage {
  string request_id = 1;
  oneof payload {
    FileDeleteResponse file_delete_response = 2;
    FileHashResponse file_hash_response = 3;
    CatalogAnnouncementResponse catalog_announcement = 4;
    FileOfferRequest batch_file_offer = 5;
  }
}
message CatalogAnnouncementRequest {}
message CatalogAnnouncementResponse { repeated string catalog_ids = 1; }
message FileInfo { string relative_path = 1; int64 size_bytes = 2; }
message FileOfferRequest { repeated FileInfo files = 1; }
message CatalogedInfo { string relative_path = 1; string catalog_id = 2; }
message FileOfferResponse { repeated CatalogedInfo files = 1; }
message FileDeleteRequest { repeated string catalog_ids = 1; }
message FileDeleteResponse {
  string catalog_id = 1; bool success = 2; optional CatalogErrorReason error = 3;
}
message FileHashRequest { string catalog_id = 1; repeated string hash_types = 2; }
message FileHashResponse {
  string catalog_id = 1; map<string, string> hashes = 2; bool success = 3;
  optional CatalogErrorReason error = 4;
}
message FileRemapRequest { string old_catalog_id = 1; string new_catalog_id = 2; }
message ScreenshotCaptureRequest {
  string catalog_id = 1; int32 quantity = 2; string upload_token = 3; string upload_endpoint = 4;
}
message EdgeWebRTCMessage {
  string request_id = 1;
  oneof payload {
    StreamSessionRequest stream_session_request = 2;
    SDPAnswer sdp_answer = 3;
    ICECandidate ice_candidate = 4;
  }
}
message PeerWebRTCMessage {
  string request_id = 1;
  oneof payload {
    StreamSessionResponse stream_session_response = 2;
    SDPOffer sdp_offer = 3;
    ICECandidate ice_candidate = 4;
  }
}
message StreamSessionRequest {
  string catalog_id = 1; string session_id = 2;
  optional int32 max_bitrate_kbps = 3; optional string preferred_codec = 4;
}
message StreamSessionResponse {
  string catalog_id = 1; string session_id = 2; bool success = 3;
  optional CatalogErrorReason error = 4;
}
message SDPOffer { string session_id = 1; string sdp = 2; }
message SDPAnswer { string session_id = 1; string sdp = 2; }
message ICECandidate {
  string session_id = 1; string candidate = 2; string sdp_mid = 3; int32 sdp_m_line_index = 4;
}`;

const { root } = protobufjs.parse(proto, { keepCase: true });
const definition = loader.fromJSON(root, { keepCase: true, longs: Number, enums: String });
export const service =
  definition["giggityflix_grpc_peer.PeerEdgeService"] as loader.ServiceDefinition;

/** A message as the loader gives it: snake_case, and absent what was not sent. */
export type Message = { request_id?: string } & Record<string, unknown>;

export interface Status {
  code: number;
  details: string;
}

type Call = grpc.ClientDuplexStream<Message, Message>;

/** One stream to an edge, and everything that came back. */
export class PublishedPeer implements Disposable {
  readonly received: Message[] = [];
  readonly ended: Promise<Status>;
  readonly headers: Promise<void>;
  readonly #client: grpc.Client;
  readonly #call: Call;
  #wake = () => {};

  constructor(address: string, readonly peerId?: string) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
    const { path, requestSerialize, responseDeserialize } = service.AsyncOperations!;
    this.#call = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize as (value: Message) => ReturnType<typeof requestSerialize>,
      responseDeserialize as (bytes: Uint8Array) => Message,
      this.#metadata(),
    );
    this.#call.on("data", (message: Message) => {
      if (this.answer(message)) return;
      this.received.push(message);
      this.#wake();
    });
    this.#call.on("error", () => {});
    this.headers = new Promise((resolve) => this.#call.once("metadata", () => resolve()));
    this.ended = new Promise((resolve) => this.#call.once("status", resolve));
  }

  /** Whether it has dealt with the message; others are received. */
  answer: (message: Message) => boolean = () => false;

  send(message: Message): void {
    this.#call.write(message);
  }

  end(): void {
    this.#call.end();
  }

  /** The first message with this field, now or later. */
  async receive(field: string): Promise<Message> {
    for (;;) {
      const at = this.received.findIndex((message) => field in message);
      if (at >= 0) return this.received.splice(at, 1)[0]!;
      let timer;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timer = setTimeout(() => reject(new Error(`no ${field} in 10 s`)), 10_000);
      });
      clearTimeout(timer);
    }
  }

  /** The unary call; rejects with the status. */
  webrtc(message: Message): Promise<Message> {
    const { path, requestSerialize, responseDeserialize } = service.WebRTCOperations!;
    return new Promise((resolve, reject) =>
      this.#client.makeUnaryRequest(
        path,
        requestSerialize as (value: Message) => ReturnType<typeof requestSerialize>,
        responseDeserialize as (bytes: Uint8Array) => Message,
        message,
        this.#metadata(),
        (error, value) => error ? reject(error) : resolve(value!),
      )
    );
  }

  /** Sends bytes that need not be a message. */
  sendRaw(bytes: Uint8Array): void {
    const { path } = service.AsyncOperations!;
    const raw = this.#client.makeBidiStreamRequest(
      path,
      (value: Uint8Array) => Buffer.from(value),
      () => null,
      this.#metadata(),
    );
    raw.on("data", () => {});
    raw.on("error", () => {});
    raw.once("status", (status: Status) => this.onRawEnd(status));
    raw.write(bytes);
  }

  onRawEnd: (status: Status) => void = () => {};

  [Symbol.dispose](): void {
    this.#call.cancel();
    this.#client.close();
  }

  #metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (this.peerId !== undefined) metadata.set("peer_id", this.peerId);
    return metadata;
  }
}

/** An edge as the original is: no headers, and no word unless the test says one. */
export class PublishedEdge implements AsyncDisposable {
  readonly received: Message[] = [];
  readonly peerIds: string[] = [];
  /** Requests of the unary call, with their metadata. */
  readonly signalled: Message[] = [];
  /** The original fails each of them so. */
  signal: (reply: grpc.sendUnaryData<Message>) => void = (reply) =>
    reply({ code: grpc.status.UNKNOWN, details: "Exception serializing response!" });
  readonly #server = new grpc.Server();
  #call: grpc.ServerDuplexStream<Message, Message> | undefined;
  #wake = () => {};

  static async open(address = "127.0.0.1:0"): Promise<PublishedEdge & { address: string }> {
    const edge = new PublishedEdge();
    edge.#server.addService(service, {
      AsyncOperations: (call: grpc.ServerDuplexStream<Message, Message>) => edge.#take(call),
      WebRTCOperations: (
        call: grpc.ServerUnaryCall<Message, Message>,
        reply: grpc.sendUnaryData<Message>,
      ) => {
        edge.signalled.push({ peer_id: call.metadata.get("peer_id")[0], ...call.request });
        edge.signal(reply);
      },
    });
    const port = await listening(edge.#server, grpc, address);
    return Object.assign(edge, { address: `127.0.0.1:${port}` });
  }

  say(message: Message): void {
    this.#call!.write({ edge_id: "theirs", ...message });
  }

  /** Ends the stream, OK as after a bad message, or with an error. */
  hangUp(error?: Status): void {
    if (error) this.#call!.emit("error", error);
    else this.#call!.end();
  }

  /** The first message with this field, now or later. */
  async receive(field: string): Promise<Message> {
    for (;;) {
      const at = this.received.findIndex((message) => field in message);
      if (at >= 0) return this.received.splice(at, 1)[0]!;
      let timer;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timer = setTimeout(() => reject(new Error(`no ${field} in 10 s`)), 10_000);
      });
      clearTimeout(timer);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }

  #take(call: grpc.ServerDuplexStream<Message, Message>): void {
    this.#call = call;
    this.peerIds.push(String(call.metadata.get("peer_id")[0]));
    call.on("data", (message: Message) => {
      this.received.push(message);
      this.#wake();
    });
    call.on("error", () => {});
    call.on("end", () => call.end());
  }
}
