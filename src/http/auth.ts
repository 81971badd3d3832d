/**
 * Who may ask. People on this machine may: they reach us over loopback, and are its owner. So is
 * whoever shows the access token that stands in the data folder. Everybody else signs in, or shows a
 * token of theirs; then it is their role, and the scopes of the token, that decide call by call.
 * Pages of other sites never get through a browser.
 *
 * @module
 */
import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { DeniedError } from "../base/errors.ts";
import { type Caller, mayUse, ownerBy, type People } from "../people/mod.ts";
import { type Access, accessOf } from "./admission/access.ts";
import { runAs } from "./admission/caller.ts";
import {
  cookieOf,
  fromOf,
  isForwarded,
  isLocal,
  isNear,
  KEY_COOKIE,
} from "./admission/connection.ts";

export type { Connection } from "./admission/connection.ts";
export { isLocal };

export interface AuthOptions {
  /** The data folder's. */
  token: string;
  /** Those who have accounts here; there are none where this is no edge. */
  people?: People | undefined;
  /** By which the page may be opened, besides addresses and localhost. */
  names?: (() => readonly string[]) | undefined;
}

export function auth({ token, people, names = () => [] }: AuthOptions): MiddlewareHandler {
  const identify = identifier(token, people);
  return async (c, next) => {
    refuseForeignPages(c, names());
    const access = accessOf(c.req.method, c.req.path);
    const caller = await identify(c);
    if (!caller && access !== "open") {
      if (people && wantsPage(c) && await people.accounts.hasAny()) return c.redirect("/login");
      const message = bearer(c) === undefined ? askFor(people) : `${NOT_GOOD}. ${askFor(people)}`;
      throw new HTTPException(401, { message });
    }
    if (!caller) return await next();
    if (access !== "open") await admit(caller, access, people);
    await runAs(caller, next);
  };
}

/** Who asks, if they show it. A bearer that is not good is not nothing: whoever sends it is told. */
function identifier(token: string, people: People | undefined) {
  let hasAccounts = false;
  return async (c: Context): Promise<Caller | undefined> => {
    const { address } = fromOf(c);
    const [query, header] = [c.req.query("token"), bearer(c)];
    if (matches(query ?? header ?? getCookie(c, KEY_COOKIE), token)) {
      if (query && !isNear(c)) {
        setCookie(c, KEY_COOKIE, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      }
      return ownerBy("key", address);
    }
    const shown = header ?? query ?? cookieOf(c, "access");
    const known = shown === undefined ? undefined : await people?.authenticate(shown, address);
    if (known || header !== undefined) return known;
    if (!isNear(c)) return undefined;
    if (isLocal(c)) return ownerBy("local", address);
    // Behind a proxy on this machine there may be anybody, which matters once there are accounts.
    hasAccounts ||= isForwarded(c) && (await people?.accounts.hasAny() ?? false);
    return hasAccounts ? undefined : ownerBy("local", address);
  };
}

/** @throws {DeniedError} this caller may not do that */
async function admit(
  caller: Caller,
  access: Exclude<Access, "open">,
  people: People | undefined,
): Promise<void> {
  if (!mayUse(caller, access)) {
    const { role, scope } = access;
    const message = caller.by === "token" && !caller.scopes.includes(scope)
      ? `Cannot do that: it takes the scope "${scope}"`
      : `Cannot do that as a ${caller.role}: it takes ${role === "owner" ? "an" : "a"} ${role}`;
    throw new DeniedError(message, { role, scope });
  }
  if (access.account && caller.by === "token" && !caller.scopes.includes("admin")) {
    throw new DeniedError('Cannot touch an account by this token: it takes the scope "admin"', {
      scope: "admin",
    });
  }
  if (access.whole && caller.role !== "owner" && await people?.sharing.isRestricted(caller)) {
    throw new DeniedError(
      "Cannot show the whole library: something of it is not shared with you. See /api/catalog",
    );
  }
}

const NOT_GOOD = "Cannot take this token: it is none of ours, was deleted, or is over";

function askFor(people: People | undefined): string {
  const link = "open the address with ?token=… once: `giggityflix status` shows it";
  return people ? `Sign in at /login, or ${link}` : `O${link.slice(1)}`;
}

function wantsPage(c: Context): boolean {
  return c.req.method === "GET" && c.req.path === "/" &&
    (c.req.header("accept") ?? "").includes("text/html");
}

/**
 * A page of another site can make its visitor's browser send requests here, by our address or by
 * a name of its own that leads to it (DNS rebinding). Its name in `Host` or `Origin` tells.
 */
function refuseForeignPages(c: Context, names: readonly string[]): void {
  const { hostname, host, origin: own } = new URL(c.req.url);
  const isNamed = names.includes(hostname);
  if (
    !isNamed && !isAddress(hostname) && hostname !== "localhost" && !/\.localhost$/.test(hostname)
  ) {
    throw new DeniedError(
      `Cannot answer for "${hostname}": open this page by address or localhost, or list the name ` +
        "in HTTP_NAMES",
    );
  }
  const origin = c.req.header("origin");
  // A proxy in front may speak TLS for a name.
  const isOwn = origin === own || isNamed && origin === `https://${host}`;
  const foreign = origin !== undefined && !isOwn;
  if (foreign || c.req.header("sec-fetch-site") === "cross-site" && !isPage(c.req.path)) {
    throw new DeniedError("Cannot answer a page of another site");
  }
}

/** A link from elsewhere may lead there. */
const isPage = (path: string) => ["/", "/login", "/setup", "/invitation"].includes(path);

function bearer(c: Context): string | undefined {
  return /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

function matches(shown: string | undefined, token: string): boolean {
  const [one, other] = [shown ?? "", token].map((text) => new TextEncoder().encode(text));
  return one!.length === other!.length && timingSafeEqual(one!, other!);
}

function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith("[");
}
