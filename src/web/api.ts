/** The page's questions to the server, and its failures in words. @module */
import type { CatalogItem, Stream } from "../http/schemas.ts";

export interface Catalog {
  items: CatalogItem[];
  nextCursor: string | null;
}

/** The facts of `GET /api/health/` that the page shows. */
export interface Health {
  version?: string;
  parts?: {
    media?: HealthPart & { "samples_only"?: boolean };
    ffmpeg?: HealthPart & { available?: boolean };
    edge?: HealthPart & { status: string };
    link?: HealthPart & { address?: string | null };
  };
}

interface HealthPart {
  problems?: { text: string; fix?: string }[];
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

/** Sends the browser's WebRTC offer to a peer that holds the film. */
export function openStream(catalogId: string, sdp: string, signal: AbortSignal): Promise<Stream> {
  const body = JSON.stringify({ catalog_id: catalogId, sdp });
  const headers = { "content-type": "application/json" };
  return ask<Stream>("api/streams/", { method: "POST", body, headers, signal });
}

/** Says that nobody watches any more; `keepalive`, because the page may be closing. */
export async function closeStream(id: string): Promise<void> {
  const path = `api/streams/${encodeURIComponent(id)}`;
  await fetch(path, { method: "DELETE", keepalive: true }).catch(() => {});
}

async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  const response = await fetch(path, { ...init, signal }).catch((cause) => {
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
