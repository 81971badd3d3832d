/**
 * What the work on one step needs.
 *
 * @module
 */
import type { FileState } from "../../../media/mod.ts";
import type { Facts, Plan, Step } from "../model.ts";
import type { IngestStore } from "../store.ts";
import type { Disk, Seen } from "./disk.ts";
import type { Folders } from "./folders.ts";
import type { Room } from "./room.ts";

export interface StepContext {
  plan: Plan;
  store: IngestStore;
  disk: Disk;
  signal: AbortSignal;
  /** SHA-256; undefined when the file is not, or does not stay, as expected. */
  digest(path: string, expected: FileState): Promise<string | undefined>;
  /** Holds the drives of these paths meanwhile. */
  inLanes<T>(paths: string[], work: (turn: () => Promise<void>) => Promise<T>): Promise<T>;
  /** The path in the library that has the content already. */
  duplicateOf(step: Step): Promise<string | undefined>;
  /** Gets ready to tell the library; what it gives is called in the transaction that ends the step. */
  arrival(step: Step): Promise<() => void>;
  onBytes(bytes: number): void;
  folders: Pick<Folders, "make" | "leave">;
  room: Room;
  /** Bytes of each file that did not fit. */
  noRoom: number[];
  /** @throws {AwayError} what this path is to come to is another disk than when the run began */
  checkHere(target: string): Promise<void>;
  /** Steps of which a link was refused by two mounts of one volume: they are copied. */
  unlinkable: Set<number>;
  /** Steps that were cut off: their target is read again before the source goes. */
  recovered: Set<number>;
}

/** Why a file cannot be taken, in words. */
export class Refused extends Error {}

/** The target's volume has gone: whatever is written there now would lie below its mount point. */
export class AwayError extends Refused {}

/** Somebody else's file has the target's name: it is not touched. */
export class TakenError extends Refused {}

export const sameFacts = (one: Facts, other: Facts): boolean =>
  sameState(one, other) && one.inode === other.inode;

export const sameState = (one: FileState, other: FileState): boolean =>
  one.sizeBytes === other.sizeBytes && one.modifiedMs === other.modifiedMs;

export const factsOf = ({ sizeBytes, modifiedMs, inode }: Seen): Facts => ({
  sizeBytes,
  modifiedMs,
  inode,
});

/** Whether the source itself gets the target's name; else a part file does. */
export const isDirect = ({ way }: Pick<Step, "way">): boolean => way === "link" || way === "rename";
