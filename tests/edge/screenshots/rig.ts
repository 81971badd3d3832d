/**
 * An edge with HTTP before it, on loopback, and peers that know the published messages only: what
 * they are asked for they bring as the test says.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { NotFoundError } from "../../../src/base/errors.ts";
import { catalogItemBody, serveHttp } from "../../../src/http/mod.ts";
import { edgePort, openRig } from "../../http/rig.ts";
import { type Message, PublishedPeer } from "../published.ts";
import { startEdge } from "../rig.ts";

type Setup = Parameters<typeof startEdge>[0];

export interface Asked {
  catalogId: string;
  quantity: number;
  token: string;
  endpoint: string;
}

export async function startScreenshotEdge(setup: Setup = {}) {
  const rig = await startEdge(setup);
  const { edge } = rig;
  const http = openRig({
    ports: {
      edge: {
        ...edgePort(),
        findTitle: async (id) => {
          const found = await edge.findTitle(id);
          if (!found) throw new NotFoundError(`Cannot find title "${id}"`);
          return catalogItemBody(found);
        },
        screenshots: edge.screenshots,
        maxScreenshots: () => 10,
      },
    },
  });
  const stopping = new AbortController();
  const listening = Promise.withResolvers<string>();
  const serving = serveHttp(http.api, {
    hostname: "127.0.0.1",
    port: 0,
    onListen: listening.resolve,
  })(stopping.signal);
  const url = await listening.promise;

  return Object.assign(rig, {
    url,
    http,
    /** Asks for screenshots. */
    async ask(catalogId: string, quantity = 1) {
      const at = `${url}/api/catalog/${encodeURIComponent(catalogId)}/screenshots/`;
      const response = await fetch(at, {
        method: "POST",
        body: JSON.stringify({ quantity }),
        headers: { "content-type": "application/json" },
      });
      const body = await response.json();
      strictEqual(response.status, 202, JSON.stringify(body));
      return { ...body, location: response.headers.get("location")! } as RequestBody;
    },
    async get<T>(path: string): Promise<T> {
      const response = await fetch(url + path);
      ok(response.ok, `${path}: ${response.status}`);
      return await response.json() as T;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await serving;
      await rig.stop();
      http[Symbol.dispose]();
    },
  });
}

export type ScreenshotEdge = Awaited<ReturnType<typeof startScreenshotEdge>>;

export interface RequestBody {
  "request_id": string;
  "catalog_id": string;
  status: string;
  reason: string | null;
  attempts: number;
  "screenshot_urls": string[];
  location: string;
}

/** A peer that holds one title; `catalogId` is what the edge calls it. */
export async function joinPeer(edge: { address: string }, peerId: string, path = "alien.mp4") {
  const peer = new PublishedPeer(edge.address, peerId);
  const files = [{ relative_path: path, size_bytes: 5 }];
  peer.send({ request_id: "o", batch_file_offer: { files } });
  const reply = await peer.receive("batch_file_offer_response");
  const [file] = (reply.batch_file_offer_response as { files: [{ catalog_id: string }] }).files;
  peer.send({ request_id: "a", catalog_announcement: { catalog_ids: [file.catalog_id] } });
  return Object.assign(peer, {
    catalogId: file.catalog_id,
    /** What it is asked for next. */
    async asked(): Promise<Asked> {
      const message = await peer.receive("screenshot_capture_request");
      const it = message.screenshot_capture_request as Message;
      return {
        catalogId: String(it.catalog_id),
        quantity: Number(it.quantity),
        token: String(it.upload_token),
        endpoint: String(it.upload_endpoint),
      };
    },
  });
}

/** An upload as a peer makes it. */
export async function upload(
  to: string,
  files: readonly (Uint8Array<ArrayBuffer> | string)[],
  { token, part = "files", name = "screenshot_0.jpg", type = "image/jpeg", headers = {} }: {
    token?: string | undefined;
    part?: string;
    name?: string;
    type?: string;
    headers?: Record<string, string>;
  } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const form = new FormData();
  for (const bytes of files) form.append(part, new Blob([bytes], { type }), name);
  const authorization: Record<string, string> = token === undefined
    ? {}
    : { authorization: `Bearer ${token}` };
  const response = await fetch(to, {
    method: "POST",
    body: form,
    headers: { ...authorization, ...headers },
  });
  return { status: response.status, body: await response.json() };
}
