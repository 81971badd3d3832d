/**
 * The NATS server of a bus: where it is, what it is shown, and the connection to it.
 *
 * @module
 */
import type { NatsConnection } from "@nats-io/transport-node";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { hostOf } from "../../../../base/address.ts";
import { InvalidError } from "../../../../base/errors.ts";
import { readAuthority } from "../../../identity/port/certificates.ts";
import { away } from "./nats_streams.ts";

/** For one answer of the server. */
export const TIMEOUT_MS = 5000;
const AGAIN_MS = 250;

/** A NATS server, or a cluster of them. */
export interface NatsPlace {
  /** nats://user:password@host:port, or tls://…; those of a cluster by comma. */
  url: string;
  /** PEM of the authority of its certificate, which it must have then; the system's unless said. */
  caPath?: string | undefined;
  /** Servers of a cluster that keep what is there; 1 unless said. */
  replicas?: number | undefined;
}

interface Server {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
  tls?: Tls;
}

interface Tls {
  ca?: string;
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined;
}

/**
 * How it is reached.
 *
 * @throws {InvalidError} the URL is none, or the file no certificate
 */
export async function findServer(
  { url, caPath }: NatsPlace,
): Promise<Server & { place: string }> {
  const { isTls, ...server } = parseBusUrl(url);
  if (!isTls && !caPath) return server;
  const ca = caPath && (await readAuthority(caPath, "EDGE_BUS_CERT_PATH")).toString();
  const hosts = server.servers.map(hostOf);
  return {
    ...server,
    tls: {
      ...ca && { ca },
      // Their library checks an address as "localhost": it is one of those that are named.
      checkServerIdentity(_, certificate) {
        const refusals = hosts.map((host) => checkServerIdentity(host, certificate));
        return refusals.includes(undefined) ? undefined : refusals[0];
      },
    },
  };
}

/** Machines start in any order: a server that is away is tried again. */
export async function connectTo(
  server: Server & { name: string },
  place: string,
  startMs: number,
): Promise<NatsConnection> {
  // CommonJS: in the executable there are no names beside "default".
  const { default: { connect } } = await import("@nats-io/transport-node");
  for (const until = Date.now() + startMs;;) {
    try {
      return await connect({
        ...server,
        timeout: TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectTimeWait: AGAIN_MS,
        reconnectJitter: AGAIN_MS,
        // A server that has vanished is noticed by two pings that are not answered.
        pingInterval: 2000,
        maxPingOut: 2,
        ignoreAuthErrorAbort: true,
      });
    } catch (error) {
      if (Date.now() >= until) throw away(`Cannot use the bus at ${place}`, error);
      await sleep(AGAIN_MS);
    }
  }
}

/**
 * Where the servers are, and what they are shown.
 *
 * @throws {InvalidError} it is no such URL
 */
export function parseBusUrl(text: string): Server & { place: string; isTls: boolean } {
  const urls = text.split(",").map((it) => it.trim()).filter(Boolean).map((it) => {
    const url = URL.canParse(it) ? new URL(it) : undefined;
    if (url?.hostname && ["nats:", "tls:"].includes(url.protocol)) return url;
    // Not said again here: it may have a password in it.
    throw new InvalidError(
      "Cannot read EDGE_BUS_URL: write nats://host:4222, or tls://user:password@host:4222",
      { field: "edge_bus_url" },
    );
  });
  const [first] = urls;
  if (!first) throw new InvalidError("Cannot read EDGE_BUS_URL: it is empty");
  const servers = urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`);
  const name = decodeURIComponent(first.username);
  const pass = decodeURIComponent(first.password);
  return {
    place: servers.join(","),
    servers,
    ...pass ? { user: name, pass } : name ? { token: name } : {},
    isTls: first.protocol === "tls:",
  };
}
