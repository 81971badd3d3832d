/**
 * Who may ask. People on this machine may: they reach us over loopback. Everybody else shows the
 * access token that stands in the data folder. Pages of other sites never get through a browser.
 *
 * @module
 */
import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { DeniedError } from "../base/errors.ts";

/** What serve.ts tells of a request's connection. */
export interface Connection {
  remoteAddress?: string;
}

const COOKIE = "giggityflix";

export function auth(token: string): MiddlewareHandler {
  return async (c, next) => {
    refuseForeignPages(c);
    const remote = (c.env as Connection | undefined)?.remoteAddress;
    if (remote !== undefined && !isLoopback(remote)) {
      const shown = c.req.query("token");
      if (!matches(shown ?? bearer(c) ?? getCookie(c, COOKIE), token)) {
        throw new HTTPException(401, {
          message: "Open the address with ?token=… once: `giggityflix status` shows it",
        });
      }
      if (shown) setCookie(c, COOKIE, token, { httpOnly: true, sameSite: "Strict", path: "/" });
    }
    await next();
  };
}

/**
 * A page of another site can make its visitor's browser send requests here, by our address or by
 * a name of its own that leads to it (DNS rebinding). Its name in `Host` or `Origin` tells.
 */
function refuseForeignPages(c: Context): void {
  const host = new URL(c.req.url).hostname;
  if (!isAddress(host) && host !== "localhost" && !host.endsWith(".localhost")) {
    throw new DeniedError(`Cannot answer for "${host}": open this page by address or localhost`);
  }
  const origin = c.req.header("origin");
  const foreign = origin !== undefined && origin !== new URL(c.req.url).origin;
  if (foreign || c.req.header("sec-fetch-site") === "cross-site" && c.req.path !== "/") {
    throw new DeniedError("Cannot answer a page of another site");
  }
}

function bearer(c: Context): string | undefined {
  return /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

function matches(shown: string | undefined, token: string): boolean {
  const [one, other] = [shown ?? "", token].map((text) => new TextEncoder().encode(text));
  return one!.length === other!.length && timingSafeEqual(one!, other!);
}

/**
 * Whether a person at this machine asks, or a program of his: not through a proxy, behind which
 * anybody may be.
 */
export function isLocal(c: Context): boolean {
  const remote = (c.env as Connection | undefined)?.remoteAddress;
  const isForwarded = ["forwarded", "x-forwarded-for", "via"].some((it) => c.req.header(it));
  return !isForwarded && (remote === undefined || isLoopback(remote));
}

function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address);
}

function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith("[");
}
