/** The page's questions to the server, and its failures in words. @module */
import type { CatalogItem, Stream } from "../http/schemas.ts";
import { renewSession } from "./session.ts";

export interface Catalog {
  items: CatalogItem[];
  nextCursor: string | null;
}

/** The facts of `GET /api/health/` that the page shows. */
export interface Health {
  version?: string;
  parts?: {
    /** What this program is; its name is told to the owner only. */
    role?: HealthPart & { name?: string };
    media?: HealthPart & { "samples_only"?: boolean };
    ffmpeg?: HealthPart & { available?: boolean };
    edge?: HealthPart & { status: string };
    link?: HealthPart & { address?: string | null };
  };
}

interface HealthPart {
  problems?: Problem[];
}

export interface Problem {
  text: string;
  /** A line to type. */
  fix?: string;
  /** Files that were not found wait for a person's word. */
  confirmation?: string;
}

const TIMEOUT_MS = 20_000;

/** One page of the catalogue; without `cursor`, the first. */
export async function fetchCatalog(cursor: string | null, limit: number): Promise<Catalog> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor) query.set("cursor", cursor);
  const page = await ask<{ items: CatalogItem[]; next_cursor: string | null }>(
    `api/catalog/?${query}`,
  );
  return { items: page.items, nextCursor: page.next_cursor };
}

export function fetchHealth(): Promise<Health> {
  return ask<Health>("api/health/");
}

/** Says of files that were not found that they are gone, or that they stay as they are. */
export async function decideMissing(id: string, word: "confirm" | "dismiss"): Promise<void> {
  const path = `api/media/scan/confirmations/${encodeURIComponent(id)}/${word}`;
  await ask<unknown>(path, { method: "POST" });
}

/** Sends the browser's WebRTC offer to a peer that holds the film. */
export function openStream(catalogId: string, sdp: string, signal: AbortSignal): Promise<Stream> {
  const body = JSON.stringify({ catalog_id: catalogId, sdp });
  const headers = { "content-type": "application/json" };
  return ask<Stream>("api/streams/", { method: "POST", body, headers, signal });
}

let iceServers: { asked: number; servers: Promise<RTCIceServer[]> } | undefined;
/** Credentials are good for longer, and a relay may have come up since. */
const ICE_MS = 10 * 60_000;
/** An edge that has none to name must not hold up a film. */
const ICE_LIMIT_MS = 2000;

/**
 * Ways through the internet; none where the edge names none, or says nothing. Asked for in time, they
 * are there when somebody wants to watch.
 */
export function fetchIceServers(): Promise<RTCIceServer[]> {
  if (iceServers && Date.now() - iceServers.asked < ICE_MS) return iceServers.servers;
  const signal = AbortSignal.timeout(ICE_LIMIT_MS);
  const servers = ask<{ ice_servers: RTCIceServer[] }>("api/ice/", { signal })
    .then((answer) => answer.ice_servers, () => []);
  iceServers = { asked: Date.now(), servers };
  return servers;
}

/** Sends the peer more addresses of this browser; gives those of the peer that are new. */
export async function exchangeCandidates(
  id: string,
  candidates: RTCIceCandidate[],
): Promise<RTCIceCandidateInit[]> {
  const body = JSON.stringify({
    candidates: candidates.map(({ candidate, sdpMid, sdpMLineIndex }) => {
      return { candidate, "sdp_mid": sdpMid ?? "0", "sdp_m_line_index": sdpMLineIndex ?? 0 };
    }),
  });
  const headers = { "content-type": "application/json" };
  const path = `api/streams/${encodeURIComponent(id)}`;
  const answer = await ask<Candidates>(path, { method: "PATCH", body, headers });
  return answer.candidates.map((it) => {
    return { candidate: it.candidate, sdpMid: it.sdp_mid, sdpMLineIndex: it.sdp_m_line_index };
  });
}

interface Candidates {
  candidates: { candidate: string; "sdp_mid": string; "sdp_m_line_index": number }[];
}

/** Says that nobody watches any more; `keepalive`, because the page may be closing. */
export async function closeStream(id: string): Promise<void> {
  const path = `api/streams/${encodeURIComponent(id)}`;
  await fetch(path, { method: "DELETE", keepalive: true }).catch(() => {});
}

async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  const send = () => fetch(path, { ...init, signal });
  const response = await send().then(async (first) =>
    first.status === 401 && await renewSession() ? await send() : first
  ).catch((cause) => {
    init.signal?.throwIfAborted();
    const state = limit.aborted ? "it does not answer" : "it cannot be reached";
    throw new Error(`Cannot ask giggityflix: ${state}`, { cause });
  });
  if (!response.ok) throw new Error(await problemOf(response));
  return await response.json();
}

/** The words of an RFC 9457 problem, where the answer is one. */
async function problemOf(response: Response): Promise<string> {
  const problem = await response.json().catch(() => ({}));
  return problem.detail ?? problem.title ?? `The server answered ${response.status}`;
}
