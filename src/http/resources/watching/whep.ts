/**
 * /api/whep: a viewer and a peer find each other by WHEP (draft-ietf-wish-whep, the viewer's side of
 * RFC 9725). The film comes over a data channel (docs/range-protocol.md), not as RTP.
 *
 * @module
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { InvalidError, UnavailableError } from "../../../base/errors.ts";
import { assertSdp, hasData } from "../../../base/text/sdp.ts";
import type { IceServer, OpenedStream } from "../../../edge/mod.ts";
import { createRoute, failures, router, z } from "../../router.ts";
import { MAX_SDP, OPEN_MS, player, type ViewersPort, watcher } from "./port.ts";
import { readFragment, ufragOf } from "./sdp.ts";

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";
/** Seconds after which a title may be there that is away. */
const RETRY_SEC = 5;

const text = (name: string, description: string) =>
  z.string().max(300).openapi({ description, param: { name, in: "path" } });
const Title = z.object({ catalog_id: text("catalog_id", "The title") });
const Session = Title.extend({ session_id: text("session_id", "As Location said") });

/** Strings, not versions: match() compares them. */
const IfMatch = z.object({ "if-match": z.string().max(300).optional() });

const sdp = { content: { [SDP]: { schema: z.string() } } };
const allowed = (methods: string) => ({ allow: methods, "access-control-allow-methods": methods });

export function whep(port: ViewersPort) {
  const tags = ["streams"];
  const routes = router();
  routes.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(beside.get(c) ?? {})) c.res.headers.set(name, value);
  });
  return routes
    .openapi(
      createRoute({
        method: "options",
        path: "/{catalog_id}",
        tags,
        summary: "What WHEP takes here",
        request: { params: Title },
        responses: { 204: { description: "In Accept-Post and Link" }, ...failures },
      }),
      (c) => {
        link(c, port.iceServers(watcher().viewer));
        return c.body(null, 204, { ...allowed("OPTIONS, POST"), "accept-post": SDP });
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/{catalog_id}",
        tags,
        summary: "WHEP: the viewer's SDP offer in, the peer's answer out",
        description: "The offer asks for a data channel; the film's bytes come over that. To an " +
          "offer without one the answer is 406 with an offer of the peer, and PATCH takes the " +
          "viewer's answer. A title that no peer has online is 409, with Retry-After.",
        request: { params: Title, body: sdp },
        responses: {
          201: { ...sdp, description: "The answer; Location is the session" },
          406: { ...sdp, description: "An offer of the peer instead" },
          ...failures,
        },
      }),
      async (c) => {
        const offer = await bodyOf(c, SDP);
        if (!accepts(c.req.header("accept"), SDP)) {
          throw new HTTPException(406, { message: `Cannot answer in anything but ${SDP}` });
        }
        assertSdp(offer, "read the body");
        const { catalog_id: catalogId } = c.req.valid("param");
        const isOffer = hasData(offer);
        const stream = await opened(c, () =>
          port.openStream(
            { catalogId, ...player(), ...isOffer && { sdp: offer } },
            AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(OPEN_MS)]),
          ));
        link(c, stream.iceServers ?? []);
        c.header("content-type", SDP);
        c.header("location", `/api/whep/${encodeURIComponent(catalogId)}/${stream.sessionId}`);
        c.header("etag", etagOf(stream.sessionId));
        c.header("accept-patch", isOffer ? FRAGMENT : `${SDP}, ${FRAGMENT}`);
        c.header("cache-control", "no-store");
        return c.body(stream.sdp, isOffer ? 201 : 406);
      },
    )
    .openapi(
      createRoute({
        method: "options",
        path: "/{catalog_id}/{session_id}",
        tags,
        summary: "What WHEP takes of a session",
        request: { params: Session },
        responses: { 204: { description: "In Allow and Accept-Patch" }, ...failures },
      }),
      (c) => {
        find(c.req.valid("param"));
        const patch = `${SDP}, ${FRAGMENT}`;
        return c.body(null, 204, { ...allowed("OPTIONS, PATCH, DELETE"), "accept-patch": patch });
      },
    )
    .openapi(
      createRoute({
        method: "patch",
        path: "/{catalog_id}/{session_id}",
        tags,
        summary: "WHEP: more addresses of the viewer, or its answer to the peer's offer",
        description: "With If-Match, the ETag of the session: 428 without, 412 with another. " +
          "Restarts of ICE are not supported: 422.",
        request: {
          params: Session,
          headers: IfMatch,
          body: { content: { ...sdp.content, [FRAGMENT]: { schema: z.string() } } },
        },
        responses: { 204: { description: "Passed on to the peer" }, ...failures },
      }),
      async (c) => {
        const { sessionId, viewerSdp } = find(c.req.valid("param"));
        const { only } = watcher();
        const type = typeOf(c);
        const body = await bodyOf(c, SDP, FRAGMENT);
        match(c.req.header("if-match"), etagOf(sessionId), type);
        if (type === SDP) {
          assertSdp(body, "read the body");
          await port.answerStream(sessionId, body, only);
          return c.body(null, 204);
        }
        const { ufrag, candidates } = readFragment(body);
        if (ufrag !== undefined && viewerSdp !== "" && ufrag !== ufragOf(viewerSdp)) {
          throw new HTTPException(422, { message: `${RESTART}: its ice-ufrag is another one` });
        }
        for (const it of candidates) await port.addCandidate({ sessionId, ...it }, only);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: "delete",
        path: "/{catalog_id}/{session_id}",
        tags,
        summary: "WHEP: the viewer has seen enough",
        request: { params: Session, headers: IfMatch },
        responses: { 200: { description: "It is closed" }, ...failures },
      }),
      (c) => {
        const { sessionId } = find(c.req.valid("param"));
        const etag = etagOf(sessionId);
        match(c.req.header("if-match") ?? etag, etag, SDP);
        port.closeStream(sessionId, watcher().only);
        return c.body(null, 200);
      },
    );

  function find({ catalog_id: catalogId, session_id: id }: z.infer<typeof Session>) {
    const stream = port.findStream(id, watcher().only);
    if (stream.catalogId === catalogId) return stream;
    throw new HTTPException(404, { message: `Cannot find session "${id}" of this title` });
  }
}

/** Headers of a problem: whoever turns a failure into one knows nothing of them. */
const beside = new WeakMap<Context, Record<string, string>>();

const RESTART = "Cannot restart ICE";

/** A session has one ICE session: nothing restarts, so its tag stays. */
function etagOf(sessionId: string): string {
  return `"${sessionId}"`;
}

function match(shown: string | undefined, etag: string, type: string): void {
  // An answer is no change of what was agreed; clients do not send a tag with it.
  if (shown === undefined && type === SDP) return;
  if (shown === undefined) {
    throw new HTTPException(428, { message: "Cannot patch without If-Match: send the ETag" });
  }
  if (shown === "*" && type !== SDP) {
    throw new HTTPException(422, { message: `${RESTART}: begin a new session` });
  }
  if (shown !== etag && shown !== "*") {
    throw new HTTPException(412, { message: "Cannot patch: the ETag is not of this session" });
  }
}

/** A title that is away may come back: that is a conflict with the present state. */
async function opened(c: Context, open: () => Promise<OpenedStream>): Promise<OpenedStream> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    beside.set(c, { "retry-after": String(RETRY_SEC) });
    if (!("peers" in error.details)) throw error;
    throw new HTTPException(409, { message: error.message, cause: error });
  }
}

async function bodyOf(c: Context, ...types: string[]): Promise<string> {
  if (!types.includes(typeOf(c))) {
    throw new HTTPException(415, {
      message: `Cannot read the body: expected ${types.join(" or ")}`,
    });
  }
  const text = await c.req.text();
  if (text.length <= MAX_SDP) return text;
  throw new InvalidError(`Cannot read the body: it is longer than ${MAX_SDP} characters`);
}

function typeOf(c: Context): string {
  return (c.req.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
}

function accepts(header: string | undefined, type: string): boolean {
  if (!header) return true;
  const [family] = type.split("/");
  return header.toLowerCase().split(",").some((range) => {
    const [name, ...parameters] = range.split(";").map((it) => it.trim());
    const isRefused = parameters.some((it) => /^q=0(\.0*)?$/.test(it));
    return !isRefused && [type, `${family}/*`, "*/*"].includes(name!);
  });
}

/** One header for each address, as RFC 9725 (4.6) writes them. */
function link(c: Context, servers: IceServer[]): void {
  for (const { urls, username, credential } of servers) {
    for (const url of urls) {
      const secret = username === ""
        ? ""
        : `; username="${username}"; credential="${credential}"; credential-type="password"`;
      c.header("link", `<${url}>; rel="ice-server"${secret}`, { append: true });
    }
  }
}
