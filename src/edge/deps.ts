/**
 * What the peer's end of the link needs from the rest of the program.
 *
 * @module
 */
import type { Publish } from "../base/events.ts";
import type { Log } from "../base/log.ts";
import type { CatalogedFile, MediaDescription, OfferedFile, StreamOffer } from "./messages.ts";

export interface LinkDeps {
  library: LinkLibrary;
  streams: LinkStreams;
  settings: LinkSettings;
  publish: Publish;
  log: Log;
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
  catalogPage(after: string, limit: number): CatalogEntry[];
  /** Ids that are not here are left out. */
  describe(catalogIds: string[]): MediaDescription[];
  /**
   * @throws {NotFoundError} with `details.reason` "BAD_CATALOG_ID" or "FILE_GONE"
   */
  hashes(
    catalogId: string,
    names: string[],
    signal: AbortSignal,
  ): Promise<Record<string, string>>;
  /** Forgets the row; the file stays. Throws NotFoundError as `hashes` does. */
  forget(catalogId: string): void;
  /** @throws {ConflictError} newId is in use */
  remap(oldId: string, newId: string): void;
  /** These files have no catalogue id any more, so that they are offered anew. */
  unassign(catalogIds: string[]): void;
}

export interface CatalogEntry {
  catalogId: string;
  version: string;
}

export interface LinkStreams {
  /** Answers a viewer's WebRTC offer with the SDP of this peer, candidates included. */
  open(offer: StreamOffer, signal: AbortSignal): Promise<string>;
  close(sessionId: string): void;
}

export interface LinkSettings {
  /** host:port of the edge. */
  address: string;
  peerId: string;
  heartbeatSec: number;
  /** How long an answer of the edge is waited for. */
  timeoutSec: number;
  useTls: boolean;
  /** PEM of the authority to trust; the system's own otherwise. */
  certPath?: string;
  /** About how long the link waits before the sixth attempt; less before, more after. */
  reconnectIntervalSec: number;
  /** What a file_delete_request does here. */
  remoteDelete: "deny" | "forget";
  /** Name and version of this program. */
  software: string;
}
