/**
 * One viewer at a time, many at once: a browser reads a film's bytes from this peer.
 *
 * @module
 */
export { type MediaSource } from "./ranges.ts";
export { type NewSession, openSessions, type SessionFacts } from "./sessions.ts";
export { type SessionLimits, type Sessions, type SessionsDeps } from "./sessions.ts";
export { type Candidate, type IceServer, warmUp } from "./peer.ts";
