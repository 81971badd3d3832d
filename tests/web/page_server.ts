/**
 * Serves dist/page, and by hand just enough of REST for it, over files of a folder:
 * the page and the streams are tested without the rest of the product.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { NotFoundError, reasonOf } from "../../src/base/errors.ts";
import { Events } from "../../src/base/events.ts";
import { silent } from "../../src/base/log.ts";
import type { CatalogItem, MediaDescription } from "../../src/http/schemas.ts";
import { type MediaSource, openSessions, type Sessions } from "../../src/stream/mod.ts";

export interface Film {
  id: string;
  path: string;
  title: string;
  media?: MediaDescription;
  online?: boolean;
}

export interface PageServer extends AsyncDisposable {
  url: string;
  events: Events;
  sessions: Sessions;
  /** Paths that were asked for. */
  asked: string[];
  films: Film[];
  health: Record<string, unknown>;
  /** When set, the catalogue is refused for this reason, as by a peer that is no edge. */
  catalogProblem?: string;
}

const page = new URL("../../dist/page/", import.meta.url);
const types = { js: "text/javascript", css: "text/css", html: "text/html; charset=utf-8" };
/** What the product may send: nothing from elsewhere, nothing inline. */
const policy = "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; " +
  "style-src 'self'; script-src 'self'; connect-src 'self'";

export function servePage(films: Film[]): PageServer {
  const events = new Events();
  const stop = new AbortController();
  const asked: string[] = [];
  const openMedia = (id: string) => {
    const film = films.find((it) => it.id === id);
    if (!film) throw new NotFoundError(`Cannot find film "${id}"`);
    return openFile(film.path);
  };
  const sessions = openSessions({
    openMedia: async (id) => await openMedia(id),
    iceServers: () => [],
    publish: events.publish,
    log: silent,
  });
  const health: Record<string, unknown> = {
    parts: { media: { samples_only: true }, ffmpeg: { available: false } },
  };
  const handle = async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/api/catalog/" && served.catalogProblem) {
      const problem = { title: "Not available now", detail: served.catalogProblem };
      return Response.json(problem, { status: 503 });
    }
    if (pathname === "/api/catalog/") {
      return Response.json({ items: await Promise.all(films.map(catalogItem)), next_cursor: null });
    }
    if (pathname === "/api/health/") return Response.json(health);
    if (request.method === "POST" && pathname.startsWith("/api/media/scan/confirmations/")) {
      health.parts = {}; // it has been decided
      return Response.json({});
    }
    if (pathname === "/api/events") return eventStream(events, stop.signal);
    if (pathname === "/api/ice/") return Response.json({ ice_servers: [] });
    if (pathname === "/api/streams/") return await openStream(sessions, request);
    if (request.method === "PATCH") return Response.json({ candidates: [] });
    if (pathname.startsWith("/api/streams/")) {
      await sessions.close(decodeURIComponent(pathname.slice("/api/streams/".length)));
      return new Response(null, { status: 204 });
    }
    return await file(pathname === "/" ? "index.html" : pathname.slice(1));
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handle);
  const served: PageServer = {
    url: `http://127.0.0.1:${server.addr.port}/`,
    events,
    sessions,
    asked,
    films,
    health,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await sessions.closeAll();
      await server.shutdown();
    },
  };
  return served;
}

async function openStream(sessions: Sessions, request: Request): Promise<Response> {
  const { catalog_id: catalogId, sdp } = await request.json();
  const id = crypto.randomUUID();
  try {
    const answer = await sessions.open(
      { sessionId: id, catalogId, sdp },
      AbortSignal.timeout(9000),
    );
    const stream = { id, "catalog_id": catalogId, "peer_id": "peer-1", sdp: answer };
    return Response.json(stream, { status: 201 });
  } catch (error) {
    return Response.json({ title: "Failed", detail: reasonOf(error) }, { status: 404 });
  }
}

async function file(name: string): Promise<Response> {
  const extension = name.split(".").at(-1) as keyof typeof types;
  const bytes = await Deno.readFile(new URL(name, page)).catch(() => undefined);
  if (!bytes) return new Response("Not found", { status: 404 });
  const headers = {
    "content-type": types[extension] ?? "application/octet-stream",
    "content-security-policy": policy,
  };
  return new Response(bytes, { headers });
}

function eventStream(events: Events, signal: AbortSignal): Response {
  const lines = async function* () {
    yield ": hello\n\n";
    for await (const event of events.listen(signal)) {
      yield `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    }
  };
  const body = ReadableStream.from(lines()).pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

async function catalogItem({ id, path, title, media, online = true }: Film): Promise<CatalogItem> {
  const { size } = await Deno.stat(path);
  const replica = { "peer_id": "7f3a9c52-peer", "relative_path": path.split("/").at(-1)!, online };
  return {
    catalog_id: id,
    title,
    size_bytes: size,
    online,
    "available_peer_count": online ? 1 : 0,
    replicas: [replica],
    ...(media && { media }),
  };
}

/** A file for the range server, as the product's own media folder will open it. */
export async function openFile(path: string): Promise<MediaSource> {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      await file.seek(offset, Deno.SeekMode.Start);
      const read = await file.read(bytes) ?? 0;
      return bytes.subarray(0, read);
    },
    [Symbol.dispose]: () => file.close(),
  };
}

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const eng = { language: "eng" };
const sound = { kind: "audio", channels: 1, sample_rate: 48_000, ...eng } as const;

/** The four samples, described as the product's probe describes them. */
export const samples: Film[] = [
  {
    id: "mp4",
    path: sample("Counting Colours.mp4"),
    title: "Counting Colours",
    media: {
      container: "mp4",
      duration_ms: 24_000,
      tracks: [
        { kind: "video", codec: "avc", codec_string: "avc1.64001e", width: 640, height: 360 },
        { ...sound, codec: "aac", codec_string: "mp4a.40.2" },
      ],
    },
  },
  {
    id: "mkv",
    path: sample("A Walk Through the Rainbow.mkv"),
    title: "A Walk Through the Rainbow",
    media: {
      container: "matroska",
      duration_ms: 20_021,
      tracks: [
        { kind: "video", codec: "avc", codec_string: "avc1.640015", width: 480, height: 270 },
        { ...sound, codec: "aac", codec_string: "mp4a.40.2" },
        { kind: "subtitle", codec: "subrip", ...eng },
      ],
    },
  },
  {
    id: "webm",
    path: sample("Falling Into Mandelbrot.webm"),
    title: "Falling Into Mandelbrot",
    media: {
      container: "webm",
      duration_ms: 15_008,
      tracks: [
        { kind: "video", codec: "vp9", codec_string: "vp09.00.21.08", width: 480, height: 270 },
        { ...sound, codec: "opus", codec_string: "opus" },
      ],
    },
  },
  {
    id: "avi",
    path: sample("Old Test Card.avi"),
    title: "Old Test Card",
    media: {
      container: "avi",
      duration_ms: 12_040,
      tracks: [
        { kind: "video", codec: "mpeg4", width: 320, height: 240 },
        { ...sound, codec: "mp3" },
      ],
    },
  },
];
