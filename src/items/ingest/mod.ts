/**
 * Ingest: files come into the library by a plan that a person can look through first.
 *
 * @module
 */
export type { IngestDeps } from "./deps.ts";
export type { StepEdit } from "./edit.ts";
export { type Caller, type Ingest, openIngest, type PlanRequest } from "./ingest.ts";
export { openIngestRoom } from "./open.ts";
export { type StepState, stepStates } from "./journal.ts";
export { type Mode, modes, type Plan, planStates, type Step } from "./model.ts";
export { policies, type PolicyName, policyNames } from "./policies.ts";
export { haltIngests } from "./store.ts";
export { type Outcome, outcomeOf, outcomes, reasonOfStep, type Report } from "./report.ts";
