/**
 * People: accounts with roles, what proves who they are, and what they may see and play.
 *
 * @module
 */
export { createPeople, type People, type PeopleOptions } from "./people.ts";
export type { NewUser, User, UserChange } from "./accounts/accounts.ts";
export { type Cost, createPasswords, MIN_LENGTH } from "./accounts/passwords.ts";
export type { AuditEntry } from "./audit/audit.ts";
export { TooManyTriesError, UnknownCallerError } from "./failures.ts";
export type { Acceptance, Invitation, NewInvitation } from "./invitations/invitations.ts";
export type { Passkey } from "./passkeys/passkeys.ts";
export type { CredentialJson, Site } from "./passkeys/webauthn.ts";
export {
  type Caller,
  mayUse,
  type Need,
  ownerBy,
  type Role,
  roles,
  type Scope,
  scopeNames,
  scopes,
  scopesOf,
} from "./roles.ts";
export { ACCESS_MS, GRACE_MS, IDLE_MS } from "./sessions/sessions.ts";
export type { From, Session, SignedIn } from "./sessions/sessions.ts";
export {
  actions,
  effects,
  judge,
  kinds,
  type Rule,
  type SaidTags,
  type Shared,
  type Title,
  type Verdict,
} from "./sharing/rules.ts";
export type { NewRule, SharingRule, Sight, Viewer } from "./sharing/sharing.ts";
export type { ApiToken, NewApiToken } from "./tokens/tokens.ts";
export { createTries, type Tries } from "./tries/tries.ts";
