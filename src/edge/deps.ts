/**
 * What the peer's end of the link needs from the rest of the program.
 *
 * @module
 */
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import type { Database } from "../db/mod.ts";
import type { LinkIdentity } from "./link/client.ts";
import type { GuardedStreams } from "./grants/guard.ts";
import type {
  CatalogedFile,
  IceCandidate,
  MediaDescription,
  OfferedFile,
  StreamOffer,
} from "./messages.ts";

export interface LinkDeps {
  library: LinkLibrary;
  /** With the guard before them: nothing is played without a grant. */
  streams: GuardedStreams;
  /** Without them, an edge that asks for screenshots is told that there are none. */
  screenshots?: LinkScreenshots;
  settings: LinkSettings;
  /** library.db, opened with `migrations.library`: commands and answers are kept there. */
  db: Database;
  publish: Publish;
  log: Log;
  /** How long what takes, where it is not the usual. */
  timing?: Partial<LinkTiming>;
}

export interface LinkLibrary {
  /** Files without a catalogue id; `relativePath` is unique within this peer. */
  unoffered(limit: number): OfferedFile[];
  /** Stores what the edge calls these files. Paths that are not here are none of our business. */
  assign(files: CatalogedFile[]): void;
  /**
   * Files that are present, in order of catalogue id from just after `after`. The version is
   * another one whenever `describe` would say something else.
   */
  catalogPage(after: string, limit: number, withTags: boolean): CatalogEntry[];
  /** Ids that are not here are left out; so are tags, which are not every edge's business. */
  describe(catalogIds: string[], withTags: boolean): MediaDescription[];
  /**
   * Those of these names that are known here.
   *
   * @throws {NotFoundError} with `details.reason` "BAD_CATALOG_ID" or "FILE_GONE"
   */
  hashes(
    catalogId: string,
    names: string[],
    signal: AbortSignal,
  ): Promise<Record<string, string>>;
  /** Forgets the row; the file stays. Throws NotFoundError as `hashes` does. */
  forget(catalogId: string): void;
  /**
   * Moves the file into the trash of its volume. Throws NotFoundError as `hashes` does.
   *
   * @throws {DeniedError} it lies outside of the media folders, or may not be changed
   */
  trash(catalogId: string): Promise<void>;
  /** The size of a file, for those who wait for its hashes; undefined where it is not known. */
  sizeOf?(catalogId: string): number | undefined;
  /** @throws {ConflictError} newId is in use; {NotFoundError} there is no oldId */
  remap(oldId: string, newId: string): void;
  /** These files have no catalogue id any more, so that they are offered anew. */
  unassign(catalogIds: string[]): void;
}

export interface CatalogEntry {
  catalogId: string;
  version: string;
}

export interface LinkScreenshots {
  /**
   * So many pictures of a film, or fewer; where none can be made, its cover.
   *
   * @throws {NotFoundError} with `details.reason` as LinkLibrary.hashes()
   */
  capture(catalogId: string, count: number, signal: AbortSignal): Promise<LinkPicture[]>;
}

export interface LinkPicture {
  mimeType: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface LinkTiming {
  /** How long the edge's hello is waited for; an original edge never says it. */
  helloMs: number;
  /** While another edge than the first is linked: between two looks whether that is there again. */
  lookUpMs: number;
  /** Looks in a row that must find it before the link moves. */
  lookUps: number;
  /** Between two attempts to open the link. */
  longestWaitMs: number;
  /** Between two signs that hashes are still being computed. */
  progressMs: number;
}

export interface LinkStreams {
  /**
   * Answers a viewer's WebRTC offer with the SDP of this peer, candidates included; without an offer
   * it makes one itself.
   */
  open(offer: StreamOffer, signal: AbortSignal): Promise<string>;
  /** With a reason where the play was revoked: the viewer is told, and does not come back. */
  close(sessionId: string, reason?: string): void;
  /** The viewer's answer to an offer of this peer. Throws what is wrong with it. */
  answer?(sessionId: string, sdp: string): Promise<void>;
  /** One more address of the viewer. */
  candidate?(candidate: IceCandidate): void;
}

export interface LinkSettings {
  /** host:port of the edge; or of several by comma, the one to be preferred first. */
  address: string;
  peerId: string;
  heartbeatSec: number;
  /** How long an answer of the edge is waited for. */
  timeoutSec: number;
  useTls: boolean;
  /** PEM of the authority to trust; the system's own otherwise. */
  certPath?: string;
  /** PEM of this peer's certificate and of its key, for an edge that asks for one. */
  clientCertPath?: string;
  clientKeyPath?: string;
  /** This peer's key, and the edges that it has joined. */
  identity?: LinkIdentity;
  /** The edge is in this same process. */
  isOwnEdge?: boolean;
  /** About how long the link waits before the sixth attempt; less before, more after. */
  reconnectIntervalSec: number;
  /** After so many attempts in a row the link tries every 5 minutes only; 0 or nothing = never. */
  maxReconnectAttempts?: number;
  /** What a file_delete_request does here; "trash" can be undone, and nothing deletes a file. */
  remoteDelete: "deny" | "forget" | "trash";
  /** What upload endpoints without a host belong to, unless the edge says where its own are. */
  screenshotBaseUrl?: string;
  /** Pictures in one request at most; 10 unless said. */
  maxScreenshots?: number;
  /** Name and version of this program. */
  software: string;
}
