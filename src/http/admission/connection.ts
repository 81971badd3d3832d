/**
 * From where a request comes, and what it shows: address, site, cookies.
 *
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { isLoopback } from "../../base/address.ts";
import type { From, SignedIn, Site } from "../../people/mod.ts";

/** What serve.ts tells of a request's connection. */
export interface Connection {
  remoteAddress?: string;
}

export function remoteOf(c: Context): string | undefined {
  return (c.env as Connection | undefined)?.remoteAddress;
}

/** What proxies and tunnels write of whom they pass on, each in its own way. */
const FORWARDED =
  /^(forwarded|via|x-forwarded-.+|x-real-ip|x-client-ip|x-original-.+|true-client-ip|cf-.+)$/;

/** Whether a proxy passes it on. */
export function isForwarded(c: Context): boolean {
  return Object.keys(c.req.header()).some((name) => FORWARDED.test(name));
}

/**
 * Whether a person at this machine asks, or a program of his: not through a proxy, behind which
 * anybody may be.
 */
export function isLocal(c: Context): boolean {
  return !isForwarded(c) && isNear(c);
}

/** Over loopback, or not over a network at all. */
export function isNear(c: Context): boolean {
  const remote = remoteOf(c);
  return remote === undefined || isLoopback(remote);
}

/**
 * For counting and for the audit log. A proxy on this machine is believed what it says of its
 * caller, which is the last address that it has added.
 */
export function fromOf(c: Context): From {
  const remote = remoteOf(c);
  const forwarded = isNear(c) ? c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : "";
  const address = forwarded && /^[\d.a-fA-F:]{3,45}$/.test(forwarded) ? forwarded : remote;
  return { address, agent: c.req.header("user-agent") };
}

/** The page as its browser calls it. */
export function siteOf(c: Context): Site {
  const { hostname, origin } = new URL(c.req.url);
  return { rpId: hostname, origin: c.req.header("origin") ?? origin };
}

/** A browser sends cookies to every port of a host: each program there has its own. */
const cookieName = (c: Context, what: string) => `gf_${what}_${new URL(c.req.url).port || "0"}`;

/** The data folder's access token, in a page that was opened with it. */
export const KEY_COOKIE = "giggityflix";

/** As they are called at this address. */
export const cookieNames = (c: Context) => ({ session: cookieName(c, "access"), key: KEY_COOKIE });

const paths = { access: "/", refresh: "/api/sessions" };

export const cookieOf = (c: Context, what: keyof typeof paths): string | undefined =>
  getCookie(c, cookieName(c, what));

/** No script reads them, and no other site's page has them sent. */
export function setCookies(c: Context, signedIn: SignedIn): void {
  const secure = new URL(siteOf(c).origin).protocol === "https:";
  for (const what of ["access", "refresh"] as const) {
    setCookie(c, cookieName(c, what), signedIn[`${what}Token`], {
      httpOnly: true,
      sameSite: "Strict",
      secure,
      path: paths[what],
      expires: new Date(signedIn[`${what}ExpiresAt`]),
    });
  }
}

export function dropCookies(c: Context): void {
  for (const what of ["access", "refresh"] as const) {
    deleteCookie(c, cookieName(c, what), { path: paths[what] });
  }
}
