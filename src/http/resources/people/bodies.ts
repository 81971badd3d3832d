/**
 * What REST says of people, and takes.
 *
 * @module
 */
import { actions, effects, kinds, roles, scopeNames } from "../../../people/mod.ts";
import { z } from "../../router.ts";

/** Text for people: on one line, no control characters. */
const line = (max: number) =>
  z.string().trim().max(max).regex(/^\P{Cc}*$/u, "has control characters");

const Role = z.enum(roles);
const Scope = z.enum(scopeNames);
const time = z.string().openapi({ example: "2026-11-21T14:51:33.885Z" });

export const Password = z.string().max(1000).openapi({
  description: "At least 10 characters",
  example: "correct horse battery",
});
const Name = z.string().max(200).openapi({ example: "Ann" });

export const User = z.object({
  id: z.string().openapi({ example: "usr_0f3a6c1d2b4e5f60" }),
  name: z.string(),
  role: Role,
  is_disabled: z.boolean(),
  has_password: z.boolean().openapi({ description: "Without one they sign in with a passkey" }),
  created_at: z.string(),
  last_login_at: z.string().optional(),
  version: z.int(),
}).openapi("User");

export const Me = z.object({
  by: z.enum(["local", "key", "session", "token"]).openapi({
    description: "From this machine, by the data folder's access token, signed in, an API token",
  }),
  name: z.string(),
  role: Role,
  scopes: z.array(Scope),
  user_id: z.string().optional(),
  session_id: z.string().optional(),
}).openapi("Me");

export const NewUser = z.strictObject({ name: Name, password: Password.optional(), role: Role })
  .openapi("NewUser", {
    example: { name: "Ann", password: "correct horse battery", role: "member" },
  });

export const UserChange = z.strictObject({
  name: Name.optional(),
  role: Role.optional(),
  is_disabled: z.boolean().optional(),
  password: Password.optional(),
  current_password: Password.optional().openapi({ description: "Of one's own account" }),
}).openapi("UserChange", { example: { role: "member" } });

const Use = z.enum(["cookie", "bearer"]).default("bearer").openapi({
  description: "cookie: for a page, whose scripts then see no token; bearer: for a program",
});

export const Login = z.strictObject({ name: Name, password: Password, use: Use }).openapi("Login", {
  example: { name: "Ann", password: "correct horse battery", use: "bearer" },
});

export const Refresh = z.strictObject({
  refresh_token: z.string().max(200).optional().openapi({ description: "Else the cookie's" }),
}).openapi("Refresh", { example: { refresh_token: "gfr_…" } });

export const Acceptance = z.strictObject({
  token: z.string().max(200).openapi({ description: "What stands behind # in the link" }),
  name: Name,
  password: Password,
  use: Use,
}).openapi("Acceptance", {
  example: { token: "gfi_…", name: "Ann", password: "correct horse battery", use: "cookie" },
});

export const SignedIn = z.object({
  session_id: z.string(),
  user: z.object({ id: z.string(), name: z.string(), role: Role }),
  access_expires_at: z.string(),
  refresh_expires_at: z.string(),
  access_token: z.string().optional().openapi({ description: "Shown this once" }),
  refresh_token: z.string().optional().openapi({ description: "Good for one use" }),
}).openapi("SignedIn");

export const Session = z.object({
  id: z.string(),
  user_id: z.string(),
  is_current: z.boolean(),
  how: z.string().openapi({ example: "password" }),
  address: z.string().optional(),
  agent: z.string().optional(),
  created_at: z.string(),
  used_at: z.string(),
  expires_at: z.string(),
}).openapi("Session");

export const ApiToken = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  scopes: z.array(Scope),
  created_at: z.string(),
  expires_at: z.string().optional(),
  used_at: z.string().optional().openapi({ description: "To the minute" }),
}).openapi("ApiToken");

export const MadeToken = ApiToken.extend({
  token: z.string().openapi({ description: "Shown this once" }),
}).openapi("MadeToken");

export const NewToken = z.strictObject({
  name: line(100).min(1),
  scopes: z.array(Scope).min(1).max(scopeNames.length),
  expires_in_days: z.int().min(1).max(3650).nullable().default(90).openapi({
    description: "null: until it is deleted",
  }),
}).openapi("NewApiToken", {
  example: { name: "Home Assistant", scopes: ["read", "play"], expires_in_days: 365 },
});

const ruleFields = {
  effect: z.enum(effects),
  action: z.enum(actions).openapi({ description: "To allow play, or to deny see, says both" }),
  kind: z.enum(kinds).openapi({ description: "all; the library of a peer; a tag; one title" }),
  value: line(500).default("").openapi({
    description: "The peer's id, the tag's path (with all below it), the catalogue id",
    example: "genre/kids",
  }),
  "expires_at": z.iso.datetime().optional(),
};

const Share = z.strictObject(ruleFields).openapi("Share");

export const SharingRule = z.object({
  id: z.string(),
  ...ruleFields,
  user_id: z.string().optional(),
  role: z.enum(["guest", "member"]).optional(),
  note: z.string(),
  created_by: z.string(),
  created_at: z.string(),
}).openapi("SharingRule");

const notices = z.array(z.string()).optional().openapi({
  description: "What the rule names that is not there yet, in words",
  example: ['Nothing here has the tag "genre/kids" now: the rule is for what will have it'],
});

export const MadeRule = SharingRule.extend({ notices }).openapi("MadeSharingRule");

export const NewRule = z.strictObject({
  ...ruleFields,
  user_id: z.string().max(100).optional().openapi({ description: "For one; or else role" }),
  role: z.enum(["guest", "member"]).optional().openapi({ description: "For everybody of it" }),
  note: line(500).default(""),
}).openapi("NewSharingRule", {
  example: { role: "guest", effect: "allow", action: "play", kind: "tag", value: "genre/kids" },
});

export const RuleEnd = z.strictObject({ expires_at: z.iso.datetime().nullable() })
  .openapi("SharingRuleEnd", { example: { expires_at: "2027-01-01T00:00:00Z" } });

export const Invitation = z.object({
  id: z.string(),
  role: Role,
  state: z.enum(["open", "used", "expired", "revoked", "void"]).openapi({
    description: "void: whoever made it may invite nobody now",
  }),
  note: z.string(),
  shares: z.array(Share),
  uses: z.int(),
  uses_left: z.int(),
  created_by: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
}).openapi("Invitation");

export const MadeInvitation = Invitation.extend({
  url: z.string().openapi({ description: "The link, shown this once" }),
  notices,
}).openapi("MadeInvitation");

export const NewInvitation = z.strictObject({
  role: Role.default("member"),
  uses: z.int().min(1).max(1000).default(1),
  expires_in_hours: z.int().min(1).max(8760).default(168),
  note: line(500).default(""),
  shares: z.array(Share).max(100).default([]).openapi({
    description: "Rules that each account made by it begins with",
  }),
}).openapi("NewInvitation", {
  example: {
    role: "guest",
    uses: 1,
    expires_in_hours: 48,
    shares: [{ effect: "allow", action: "play", kind: "tag", value: "genre/kids" }],
  },
});

export const SetupState = z.object({
  needed: z.boolean().openapi({ description: "There is no owner's account yet" }),
}).openapi("SetupState");

export const SetupLink = z.object({ url: z.string(), expires_at: time }).openapi("SetupLink");

export const AuditEntry = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string().openapi({ description: "A user's id; local, key or nobody" }),
  actor_name: z.string(),
  address: z.string().optional(),
  action: z.string().openapi({ example: "user.create" }),
  target: z.string().optional(),
  details: z.record(z.string(), z.unknown()),
}).openapi("AuditEntry");

export const Passkey = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  is_backed_up: z.boolean(),
  created_at: z.string(),
  used_at: z.string().optional(),
}).openapi("Passkey");

export const PasskeyChallenge = z.object({
  challenge_id: z.string(),
  options: z.record(z.string(), z.unknown()).openapi({
    description: "For navigator.credentials, as parseCreationOptionsFromJSON() takes them",
  }),
}).openapi("PasskeyChallenge");

/** As PublicKeyCredential.toJSON() gives it; @simplewebauthn checks what is in it. */
const CredentialJson = z.looseObject({ id: z.string().max(2000) }).openapi("Credential");

export const NewPasskey = z.strictObject({
  challenge_id: z.string().max(100),
  credential: CredentialJson,
  name: line(100).min(1),
}).openapi("NewPasskey", {
  example: { challenge_id: "chl_0f3a6c1d2b4e5f60", credential: { id: "…" }, name: "My phone" },
});

export const PasskeyLogin = z.strictObject({ credential: CredentialJson, use: Use })
  .openapi("PasskeyLogin", { example: { credential: { id: "…" }, use: "cookie" } });
