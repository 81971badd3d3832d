/**
 * What each call needs at least: the role of who asks, and the scope of what they show. A call that
 * stands nowhere here needs all there is.
 *
 * @module
 */
import type { Role, Scope } from "../../people/mod.ts";

/** "open": the call itself asks for a proof, or needs none. */
export type Access = "open" | {
  role: Role;
  scope: Scope;
  /** Shows the whole library: not for a member from whom something is kept by a rule. */
  whole?: true;
  /** Who one is, and what one signs in with: a token for anything else than "admin" is not for it. */
  account?: true;
};

const to = (role: Role, scope: Scope): Access => ({ role, scope });
const account = (scope: Scope): Access => ({ role: "guest", scope, account: true });
const whole = (scope: Scope): Access => ({ role: "member", scope, whole: true });

/** `{…}` is one name of the path, `**` the place itself and all below it. The first that fits. */
export const accessTable: readonly (readonly [Access, readonly string[]])[] = [
  ["open", [
    // A page before anybody has signed in, and how one does.
    "GET /login",
    "GET /setup",
    "GET /invitation",
    "GET /people.js",
    "GET /people.css",
    "GET /favicon.ico",
    "GET /api/setup",
    "POST /api/setup",
    "POST /api/sessions",
    "POST /api/sessions/refresh",
    "POST /api/sessions/sign-out",
    "POST /api/invitations/accept",
    "POST /api/passkeys/authentication",
    "POST /api/passkeys/authentication/{id}",
    // By the one-time token of the request that it answers.
    "POST /api/screenshot/{id}",
  ]],
  [to("guest", "read"), [
    "GET /",
    "GET /app.js",
    "GET /app.css",
    "GET /api/health",
    "GET /api/events/**",
    "GET /api/catalog/**",
    "GET /api/peers/catalog/{id}",
    "GET /api/streams",
    "GET /api/users/me",
    "GET /api/schema/**",
    "GET /swagger-ui-bundle.js",
    "GET /swagger-ui.css",
    "GET /swagger-start.js",
  ]],
  [to("guest", "play"), [
    "POST /api/streams",
    "* /api/streams/{id}",
    "* /api/whep/**",
    "GET /api/ice",
  ]],
  // Of one's own account; of others' only with "admin".
  [account("read"), [
    "GET /api/sessions",
    "GET /api/tokens",
    "GET /api/passkeys",
  ]],
  [account("play"), [
    "PATCH /api/users/{id}",
    "DELETE /api/sessions/**",
    "POST /api/tokens",
    "DELETE /api/tokens/{id}",
    "POST /api/passkeys/registration",
    "POST /api/passkeys",
    "DELETE /api/passkeys/{id}",
  ]],
  [to("owner", "admin"), [
    "* /api/users/**",
    "* /api/invitations/**",
    "* /api/sharing-rules/**",
    "* /api/audit/**",
    "* /api/grants/**",
    "* /api/commands/**",
    "GET /api/peers/enrolments/**",
    "POST /api/setup/links",
  ]],
  [to("member", "read"), ["GET /api/peers/**"]],
  // It costs a peer some work.
  [to("member", "play"), ["POST /api/catalog/{id}/screenshots"]],
  [to("owner", "admin"), ["* /api/peers/**"]],
  [to("owner", "manage"), [
    "* /api/configurations/**",
    "* /api/drives/**",
    "* /api/partitions/**",
    "* /api/volumes/**",
    "* /api/jobs/**",
    "* /api/media/scan/**",
    "DELETE /api/media/{id}", // as whoever may look into the trash
    "* /api/artwork/**",
    "* /api/ingest/**",
    "* /api/duplicates/**",
    "* /api/trash/**",
    "* /api/backups/**",
    "* /api/export/**",
    "* /api/import/**",
    "* /api/changes/**",
    "* /api/custom-fields/**",
    "* /api/subscriptions/**",
    "GET /api/last-copies",
  ]],
  [whole("play"), [
    "GET /api/media/{id}/file",
    "* /api/ratings/**",
    "* /api/watch/**",
    "POST /api/notes",
  ]],
  [whole("read"), [
    "GET /api/media/**",
    "GET /api/items/**",
    "GET /api/assets/**",
    "GET /api/tags/**",
    "GET /api/tag-groups/**",
    "GET /api/people/**",
    "GET /api/collections/**",
    "GET /api/notes/**",
    "GET /api/search/**",
    "GET /api/searches/**",
  ]],
  [to("owner", "edit"), [
    "* /api/media/**",
    "* /api/items/**",
    "* /api/assets/**",
    "* /api/tags/**",
    "* /api/tag-groups/**",
    "* /api/people/**",
    "* /api/collections/**",
    "* /api/notes/**",
    "* /api/searches/**",
  ]],
  [to("owner", "read"), ["GET /metrics"]],
];

const lines = accessTable.flatMap(([access, calls]) =>
  calls.map((call) => {
    const [method = "", path = ""] = call.split(" ");
    return { call, access, method, pattern: patternOf(path) };
  })
);

/** The line for a call, if it has one. `path` is as the router takes it, without a slash at its end. */
export function lineOf(method: string, path: string): { call: string; access: Access } | undefined {
  const asked = method === "HEAD" ? "GET" : method;
  return lines.find((it) => (it.method === "*" || it.method === asked) && it.pattern.test(path));
}

export function accessOf(method: string, path: string): Access {
  return lineOf(method, path)?.access ?? to("owner", "admin");
}

function patternOf(path: string): RegExp {
  const text = path.split("/").slice(1).map((part) =>
    part === "**" ? "(?:/.*)?" : `/${/^\{\w+\}$/.test(part) ? "[^/]+" : literal(part)}`
  ).join("");
  return new RegExp(`^${text}$`, "s");
}

function literal(part: string): string {
  return part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
