/**
 * Where pictures are brought: the endpoint as the edge names it, often without a host.
 *
 * @module
 */
import { isLoopback } from "../../../base/address.ts";
import { InvalidError } from "../../../base/errors.ts";

/**
 * The absolute URL of an endpoint.
 *
 * @param base what a relative endpoint belongs to
 * @throws {InvalidError} it is no URL of HTTP, or relative to nothing
 */
export function uploadUrl(endpoint: string, base: string | undefined): URL {
  const cannot = (why: string) =>
    new InvalidError(`Cannot upload screenshots to "${endpoint}": ${why}`, { endpoint });
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(endpoint);
  if (endpoint === "") throw cannot("no endpoint is named");
  if (!isAbsolute && !base) {
    throw cannot("it names no host. Set SCREENSHOT_BASE_URL to where the edge answers HTTP");
  }
  const url = isAbsolute ? URL.parse(endpoint) : URL.parse(endpoint, base);
  if (!url) throw cannot("it is no URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw cannot("it is not HTTP");
  // "//elsewhere/x" would leave the host that relative endpoints belong to.
  if (!isAbsolute && url.host !== new URL(base!).host) throw cannot("it names another host");
  if (url.username || url.password) throw cannot("a password does not belong there");
  return url;
}

/**
 * The edge's HTTP API as it says in its hello. Its host may be 0.0.0.0 or [::], which is any: then it
 * is the one that the link has reached it at.
 *
 * @param address host:port of the link
 */
export function edgeHttpUrl(said: string | undefined, address: string): string | undefined {
  const url = said ? URL.parse(said) : null;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  const reached = address.replace(/:\d+$/, "");
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = reached;
  // The edge's own loopback is another one than ours.
  return isLoopback(url.hostname) && !isLoopback(reached) ? undefined : url.href;
}
