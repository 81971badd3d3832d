/**
 * A file over HTTP: whole, or the one range that a player asks for (RFC 9110, section 14).
 *
 * @module
 */
import type { OpenedFile } from "../media/mod.ts";

/** Bytes read at once: a playing film waits for no more than this on a busy disk. */
const PIECE_BYTES = 256 * 1024;

/** Answers GET or HEAD with the file, which is closed when the answer has been sent or dropped. */
export function serveFile(request: Request, file: OpenedFile): Response {
  const { sizeBytes, modifiedMs } = file;
  const etag = `"${sizeBytes.toString(16)}-${modifiedMs.toString(16)}"`;
  const headers = new Headers({
    "accept-ranges": "bytes",
    "content-type": file.mimeType,
    "last-modified": new Date(modifiedMs).toUTCString(),
    "cache-control": "private, no-cache",
    etag,
  });
  const done = (status: number) => {
    file[Symbol.dispose]();
    return new Response(null, { status, headers });
  };
  if (request.headers.get("if-none-match") === etag) return done(304);

  const condition = request.headers.get("if-range");
  const mayBePart = request.method === "GET" && (condition === null || condition === etag);
  const asked = mayBePart ? request.headers.get("range") : null;
  const range = parseRange(asked, sizeBytes);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${sizeBytes}`);
    return done(416);
  }
  const { start, end } = range ?? { start: 0, end: sizeBytes };
  headers.set("content-length", String(end - start));
  if (range) headers.set("content-range", `bytes ${start}-${end - 1}/${sizeBytes}`);
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return done(status);
  return new Response(bytesOf(file, start, end), { status, headers });
}

/**
 * Reads a Range header: `bytes=0-499`, `bytes=500-`, `bytes=-500`. Undefined means the whole file:
 * no header, another unit, or several ranges, which a server may answer with everything.
 */
export function parseRange(
  header: string | null,
  sizeBytes: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || match[1] === "" && match[2] === "") return undefined;
  const [first, last] = [match[1], match[2]].map((digits) => digits ? Number(digits) : undefined);
  if (first === undefined) {
    return last ? { start: Math.max(0, sizeBytes - last), end: sizeBytes } : "unsatisfiable";
  }
  if (last !== undefined && last < first) return undefined; // not a range: to be ignored
  if (first >= sizeBytes) return "unsatisfiable";
  return { start: first, end: Math.min(last ?? Infinity, sizeBytes - 1) + 1 };
}

function bytesOf(
  file: OpenedFile,
  start: number,
  end: number,
): ReadableStream<Uint8Array> {
  let at = start;
  const left = new AbortController();
  const close = () => {
    left.abort();
    file[Symbol.dispose]();
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const bytes = at < end
          ? await file.read(at, Math.min(PIECE_BYTES, end - at), left.signal)
          : new Uint8Array();
        at += bytes.length;
        if (bytes.length > 0) controller.enqueue(bytes);
        if (at < end && bytes.length > 0) return;
        close();
        // Shorter than it was when the headers went out: the reader must not take it for whole.
        if (at < end) controller.error(new Error("The file was cut off while it was read"));
        else controller.close();
      } catch (error) {
        close();
        controller.error(error);
      }
    },
    cancel: close,
  }, { highWaterMark: 1 });
}
