/**
 * A viewer in a home of its own: tries a film without a relay, has the edge start one, and tries
 * again. Arguments: the edge's address, its access token. Prints what came, as JSON.
 *
 * @module
 */
import { readAll } from "../../helpers/viewer.ts";

const [url, token] = Deno.args;
const headers = { authorization: `Bearer ${token}` };
const LIMIT_MS = 20_000;

interface Title {
  "catalog_id": string;
  "size_bytes": number;
  online: boolean;
  replicas: { "relative_path": string }[];
}

async function get<T>(path: string): Promise<T> {
  return await (await fetch(url + path, { headers })).json();
}

async function until<T>(find: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end;) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${LIMIT_MS} ms for ${find}`);
}

const servers = async () =>
  (await get<{ "ice_servers": { urls: string[]; username: string; credential: string }[] }>(
    "/api/ice/",
  )).ice_servers;

const film = await until(async () => {
  const { items } = await get<{ items: Title[] }>("/api/catalog/");
  return items.find((it) => it.online && it.replicas[0]?.relative_path.endsWith(".mp4"));
});

/** Bytes that came; 0 where no connection came about in `ms`. */
async function play(ms: number): Promise<number> {
  const { RTCPeerConnection } = await import("werift");
  const iceServers = (await servers()).map((it) => ({ ...it, urls: it.urls[0]! }));
  const connection = new RTCPeerConnection({ iceServers });
  if (iceServers.length === 0) {
    // Else the library asks a server of its own choice.
    for (const { connection: ice } of connection.iceTransports) delete ice.stunServer;
  }
  const channel = connection.createDataChannel("ranges");
  await connection.setLocalDescription(await connection.createOffer());
  const response = await fetch(`${url}/api/whep/${film.catalog_id}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/sdp" },
    body: connection.localDescription!.sdp,
  });
  const sdp = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${sdp}`);
  await connection.setRemoteDescription({ type: "answer", sdp });
  const reading = readAll(channel).then(({ length }) => length, () => 0);
  const late = new Promise<number>((resolve) => setTimeout(() => resolve(0), ms));
  return await Promise.race([reading, late]);
}

const without = await play(1500);
await fetch(`${url}/api/configurations/turn_relay/value`, {
  method: "PATCH",
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify({ value: "on" }),
});
await until(async () => (await servers()).length > 0 ? true : undefined);
const relayed = await play(15_000);
await Deno.stdout.write(
  new TextEncoder().encode(JSON.stringify({ without, relayed, size: film.size_bytes }) + "\n"),
);
Deno.exit(0);
