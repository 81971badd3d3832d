/**
 * Grants: each play is allowed by a short-lived text that the edge signs and the peer checks.
 *
 * @module
 */
export { type DeskOptions, GrantDesk, type ViewerPlay } from "./desk.ts";
export { type GuardedStreams, type GuardOptions, guardStreams } from "./guard.ts";
export { checkGrant, type Grant, type Play, readGrant, signGrant } from "./jwt.ts";
export { type EdgeKey, type EdgeKeyPort, makeEdgeKey, sha256, toEdgeKey } from "./key.ts";
export { type GrantFilter, type GrantRow, GrantStore } from "./store.ts";
