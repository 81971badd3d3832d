/**
 * The message table: every edge payload and what the peer does with it.
 * A payload in messages.ts without a line here does not compile.
 *
 * @module
 */
import type { LinkDeps } from "../deps.ts";
import type { Answers, Case, EdgePayloads, Hello, PeerPayloads } from "../messages.ts";
import { announceCatalog, applyOffer, dropUnknown, remapFile } from "./catalog.ts";
import { deleteFiles, hashFile } from "./files.ts";
import { captureScreenshots } from "./media.ts";
import { greet, pong } from "./presence.ts";
import { closeStream, openStream } from "./streams.ts";

export interface HandlerContext extends LinkDeps {
  /** The paths of the last offer, as they were sent. */
  offered: ReadonlySet<string>;
  /** The library is another one: tell the edge what is new to it. */
  refresh(): void;
  /** The edge waits for the list of catalogue ids, whether it is another one or not. */
  announce(): void;
  /** Files are without a catalogue id: offer them. */
  offer(): void;
  /** Whether the edge waits for the end of a list. */
  endsLists(): boolean;
  /** The edge speaks our extensions. */
  greeted(hello: Hello): void;
}

export type Answer<Name extends keyof EdgePayloads> = Case<Pick<PeerPayloads, Answers[Name]>>[];

export type Handler<Name extends keyof EdgePayloads> = (
  request: EdgePayloads[Name],
  context: HandlerContext,
  signal: AbortSignal,
) => Answer<Name> | Promise<Answer<Name>>;

export const handlers: { [Name in keyof EdgePayloads]: Handler<Name> } = {
  fileDeleteRequest: deleteFiles,
  fileHashRequest: hashFile,
  fileRemapRequest: remapFile,
  batchFileOfferResponse: applyOffer,
  catalogAnnouncementRequest: announceCatalog,
  screenshotCaptureRequest: captureScreenshots,
  hello: greet,
  ping: pong,
  streamOpenRequest: openStream,
  streamClose: closeStream,
  unknownCatalogIds: dropUnknown,
  // Whoever asked has it already.
  catalogDigestAnswer: () => [],
  // Taken by the introduction, before any handler: another one says nothing.
  challenge: () => [],
  admitted: () => [],
};
