/**
 * Files that are one film: how they are found, which one to keep, and what is done with the others.
 *
 * @module
 */
export type { BulkReport, BulkRequest, BulkStep } from "./bulk.ts";
export {
  type Duplicates,
  type DuplicatesDeps,
  type GroupDetail,
  openDuplicates,
} from "./duplicates.ts";
export type { KeeperWorld, Suggestion } from "./keeper.ts";
export { LOOK_JOB, type LookReport } from "./look/look.ts";
export { type How, hows } from "./resolve/actions.ts";
export type { Outcome, Resolved } from "./resolve/resolve.ts";
export {
  type Group,
  type GroupFilter,
  type GroupKind,
  groupKinds,
  type GroupState,
  groupStates,
  type Member,
} from "./store.ts";
