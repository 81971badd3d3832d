/**
 * The message table: every edge payload and what the peer does with it.
 * A payload in messages.ts without a line here does not compile.
 *
 * @module
 */
import type { LinkDeps } from "../deps.ts";
import type { Command } from "../link/outbox/commands.ts";
import type { Answers, Case, EdgePayloads, Hello, PeerPayloads } from "../messages.ts";
import type { Semaphore } from "../../pool/mod.ts";
import { announceCatalog, applyOffer, dropUnknown, remapFile } from "./catalog.ts";
import { deleteFiles, hashFile } from "./files.ts";
import { captureScreenshots } from "./media.ts";
import { greet, pong } from "./presence.ts";
import {
  addCandidate,
  answerStream,
  closeStream,
  openStream,
  renewGrant,
  revokeGrant,
} from "./streams.ts";

export interface HandlerContext extends LinkDeps {
  /** The paths of the last offer, as they were sent. */
  offered: ReadonlySet<string>;
  /** The library is another one: tell the edge what is new to it. */
  refresh(): void;
  /** The edge waits for the list of catalogue ids, whether it is another one or not. */
  announce(): void;
  /** Files are without a catalogue id: offer them. */
  offer(): void;
  /** Whether the edge understands an extension. */
  speaks(extension: string): boolean;
  /** Says it once, with no promise that it arrives; nothing without a stream. */
  say(requestId: string, payload: Case<PeerPayloads>): void;
  /** Says it once the stream has room for it. */
  sayWhenReady(requestId: string, payload: Case<PeerPayloads>): Promise<void>;
  /** What may be relied on where the edge asks for something to be done. */
  command: Command;
  requestId: string;
  /** Pictures are made and sent one request after the other. */
  uploads: Semaphore;
  /** Where relative upload endpoints belong to. */
  uploadBase(): string | undefined;
  /** The edge speaks our extensions. */
  greeted(hello: Hello): void;
}

/**
 * THE COMMANDS: what is done once, however often it comes, and until when it is worked on: the end of
 * the stream that it came by, or that of the link. Their answers are kept until the edge has them.
 */
export const commands: Partial<Record<keyof EdgePayloads, "stream" | "link">> = {
  fileDeleteRequest: "link",
  fileHashRequest: "stream",
  fileRemapRequest: "link",
  screenshotCaptureRequest: "link",
};

/** Commands that always have an answer. */
export const answered: readonly (keyof EdgePayloads)[] = ["fileDeleteRequest", "fileHashRequest"];

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
  streamAnswer: answerStream,
  streamCandidate: addCandidate,
  grantRenewal: renewGrant,
  grantRevoked: revokeGrant,
  unknownCatalogIds: dropUnknown,
  // Whoever asked has it already.
  catalogDigestAnswer: () => [],
  // Taken by the introduction, before any handler: another one says nothing.
  challenge: () => [],
  admitted: () => [],
};
