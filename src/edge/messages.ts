/**
 * The messages of proto/, as TypeScript sees them. Which case of a `payload` a message carries is
 * said by `payload.case`, so that a value never travels without its name.
 *
 * @module
 */

/** One of the cases of a payload: `{ case: "ping", value: {} }`. */
export type Case<Payloads> = {
  [Name in keyof Payloads]: { case: Name; value: Payloads[Name] };
}[keyof Payloads];

export type CatalogErrorReason = "BAD_CATALOG_ID" | "FILE_GONE" | "PERMISSION_DENIED";

/** From edge to peer: a command, an answer, or (no payload) the receipt for a request. */
export interface EdgeMessage {
  requestId: string;
  edgeId: string;
  payload?: Case<EdgePayloads>;
}

export interface EdgePayloads {
  fileDeleteRequest: { catalogIds: string[] };
  fileHashRequest: { catalogId: string; hashTypes: string[] };
  fileRemapRequest: { oldCatalogId: string; newCatalogId: string };
  batchFileOfferResponse: { files: CatalogedFile[] };
  catalogAnnouncementRequest: Record<never, never>;
  screenshotCaptureRequest: {
    catalogId: string;
    quantity: number;
    uploadToken: string;
    uploadEndpoint: string;
  };
  hello: Hello;
  ping: Record<never, never>;
  streamOpenRequest: StreamOffer;
  streamClose: { sessionId: string };
  unknownCatalogIds: { catalogIds: string[] };
  catalogDigestAnswer: { same: boolean };
  challenge: Challenge;
  admitted: { mac: string };
  streamAnswer: { sessionId: string; sdp: string; grant?: string };
  streamCandidate: IceCandidate;
  grantRenewal: { sessionId: string; grant: string };
  grantRevoked: { sessionId: string; reason: string };
}

/** From peer to edge. */
export interface PeerMessage {
  requestId: string;
  payload?: Case<PeerPayloads>;
}

export interface PeerPayloads {
  fileDeleteResponse: { catalogId: string; success: boolean; error?: CatalogErrorReason };
  fileHashResponse: {
    catalogId: string;
    hashes: Record<string, string>;
    success: boolean;
    error?: CatalogErrorReason;
  };
  catalogAnnouncement: { catalogIds: string[] };
  batchFileOffer: { files: OfferedFile[] };
  hello: Hello;
  ping: Record<never, never>;
  streamOpenResponse: { sessionId: string; sdp: string; error?: FailureKind; message: string };
  streamClose: { sessionId: string };
  mediaDescriptions: { media: MediaDescription[] };
  announcementEnd: Record<never, never>;
  fileHashProgress: { catalogId: string; sizeBytes: number; elapsedMs: number };
  catalogDigest: { digest: string; count: number };
  commandResult: { error?: FailureKind; message: string };
  proof: Proof;
  streamCandidate: IceCandidate;
}

/** What a peer answers each edge payload with; `never` means no answer. */
export interface Answers {
  fileDeleteRequest: "fileDeleteResponse";
  fileHashRequest: "fileHashResponse";
  fileRemapRequest: "commandResult";
  batchFileOfferResponse: never;
  catalogAnnouncementRequest: "catalogAnnouncement" | "announcementEnd";
  screenshotCaptureRequest: "commandResult";
  hello: never;
  ping: "ping";
  streamOpenRequest: "streamOpenResponse";
  streamClose: never;
  unknownCatalogIds: never;
  catalogDigestAnswer: never;
  challenge: never;
  admitted: never;
  streamAnswer: "streamClose";
  streamCandidate: never;
  grantRenewal: "streamClose";
  grantRevoked: never;
}

/** What our edge says in its hello that it understands. */
export const edgeExtensions: string[] = [
  "stream",
  "media",
  "tags",
  "announcement_end",
  "receipt",
  "digest",
  "hash_progress",
  "command_result",
  "grants",
  "trickle",
];

/** What our peer says in its hello that it understands. */
export const peerExtensions: string[] = [
  "stream",
  "media",
  "announcement_end",
  "receipt",
  "digest",
  "hash_progress",
  "command_result",
  "grants",
  "trickle",
];

/** Requests of the unary WebRTCOperations: sent by the peer, whatever the name says. */
export interface EdgeWebRTCMessage {
  requestId: string;
  payload?: Case<{
    streamSessionRequest: {
      catalogId: string;
      sessionId: string;
      maxBitrateKbps?: number;
      preferredCodec?: string;
    };
    sdpAnswer: { sessionId: string; sdp: string };
    iceCandidate: IceCandidate;
  }>;
}

export interface PeerWebRTCMessage {
  requestId: string;
  payload?: Case<{
    streamSessionResponse: {
      catalogId: string;
      sessionId: string;
      success: boolean;
      error?: CatalogErrorReason;
    };
    sdpOffer: { sessionId: string; sdp: string };
    iceCandidate: IceCandidate;
  }>;
}

export interface IceCandidate {
  sessionId: string;
  candidate: string;
  sdpMid: string;
  sdpMLineIndex: number;
}

export interface OfferedFile {
  relativePath: string;
  sizeBytes: number;
}

export interface CatalogedFile {
  relativePath: string;
  catalogId: string;
}

export interface Hello {
  version: number;
  extensions: string[];
  software: string;
  /** Of an edge: the catalogue that it keeps; empty if unknown. */
  catalogue?: string;
  /** Of an edge: where its HTTP API is; empty if unknown. */
  httpUrl?: string;
  /** Of an edge: the keys that its grants are signed with. */
  grantKeys?: GrantKey[];
  /** Of an edge that has proved its key: what it signs them with, so that nobody else's count. */
  grantKeysSignature?: string;
}

/** The edge's word to a peer that came with a key; all in base64url. */
export interface Challenge {
  nonce: string;
  /** Ed25519, 32 bytes. */
  publicKey: string;
  signature: string;
  /** The edge's half of the pairing, to a peer that joins. */
  share: string;
}

export interface Proof {
  signature: string;
  /** The peer's half of the pairing, and the proof that it knows the PIN. */
  share: string;
  mac: string;
}

export interface GrantKey {
  /** RFC 7638: the thumbprint of the key. */
  kid: string;
  /** Ed25519, 32 bytes in base64url. */
  publicKey: string;
}

/** A viewer's WebRTC offer for one title; without `sdp` the peer is to offer. */
export interface StreamOffer {
  sessionId: string;
  catalogId: string;
  sdp: string;
  /** What allows it, signed by the edge. */
  grant?: string;
  /** For this session only. */
  iceServers?: IceServer[];
}

/** Where a way through the internet is found; the credentials are short-lived. */
export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

export type FailureKind =
  | "FAILURE_KIND_UNKNOWN"
  | "INVALID"
  | "NOT_FOUND"
  | "CONFLICT"
  | "DENIED"
  | "UNAVAILABLE";

export interface MediaDescription {
  catalogId: string;
  title: string;
  container: string;
  mimeType?: string;
  durationMs?: number;
  tracks: Track[];
  sizeBytes: number;
  /** The same of the same content. */
  contentHash?: string;
  /** The drive that it lies on is failing. */
  atRisk?: boolean;
  /** Absent where nothing is said of them. */
  tags?: TitleTags;
}

/** Tags that a file has in the library of its peer. */
export interface TitleTags {
  /** Slugs from the root of the tree on, joined by "/". */
  paths: string[];
  /** There are no others. */
  isComplete: boolean;
}

export interface Track {
  /** "video", "audio" or "subtitle". */
  kind: string;
  codec: string;
  codecString?: string;
  width?: number;
  height?: number;
  channels?: number;
  sampleRate?: number;
  language?: string;
}
