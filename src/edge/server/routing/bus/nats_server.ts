/**
 * The NATS server of a bus: where it is, what it is shown, and the connection to it.
 *
 * @module
 */
import type { Authenticator, NatsConnection } from "@nats-io/transport-node";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { hostOf } from "../../../../base/address.ts";
import { InvalidError, reasonOf } from "../../../../base/errors.ts";
import { readAuthority, readPair } from "../../../identity/port/certificates.ts";
import { readCreds } from "./nats_creds.ts";
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
  /** PEM of our own certificate and its key, where the server asks for one. */
  certPath?: string | undefined;
  keyPath?: string | undefined;
  /** Credentials (a .creds file), in place of a user in the URL. */
  credsPath?: string | undefined;
  /** Servers of a cluster that keep what is there; 1 unless said. */
  replicas?: number | undefined;
}

interface Server {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
  authenticator?: Authenticator;
  tls?: Tls;
}

interface Tls {
  ca?: string;
  cert?: string;
  key?: string;
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined;
}

/**
 * How it is reached.
 *
 * @throws {InvalidError} the URL is none, or a file is not what it should be
 */
export async function findServer(
  { url, caPath, certPath, keyPath, credsPath }: NatsPlace,
): Promise<Server & { place: string }> {
  const { isTls, ...server } = parseBusUrl(url);
  if (credsPath) {
    if (server.user ?? server.token) {
      throw new InvalidError(
        "Cannot use EDGE_BUS_CREDS_PATH: EDGE_BUS_URL names a user or a token, too. Leave one out",
      );
    }
    server.authenticator = await readCreds(credsPath);
  }
  const own = certPath || keyPath
    ? await readPair(
      { path: certPath ?? "", setting: "EDGE_BUS_CLIENT_CERT_PATH" },
      { path: keyPath ?? "", setting: "EDGE_BUS_CLIENT_KEY_PATH" },
    )
    : undefined;
  if (!isTls && !caPath && !own) return server;
  const ca = caPath && (await readAuthority(caPath, "EDGE_BUS_CERT_PATH")).toString();
  const hosts = server.servers.map(hostOf);
  return {
    ...server,
    tls: {
      ...ca && { ca },
      ...own && { cert: own.cert.toString(), key: own.key.toString() },
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
      if (Date.now() >= until) {
        throw away(`Cannot use the bus at ${place}`, explained(error, server));
      }
      await sleep(AGAIN_MS);
    }
  }
}

/** A server that refuses a certificate says so when TLS has begun, and to their library nothing comes. */
const HUNG_UP = /timeout|alert|EPIPE|ECONNRESET|closed/i;

/** With what may be the matter, where the server does not say it. */
function explained(error: unknown, { tls }: Server): Error {
  const said = reasonOf(error);
  const advice = /authorization/i.test(said)
    ? "Look at the user in EDGE_BUS_URL, or at EDGE_BUS_CREDS_PATH"
    : !tls || !HUNG_UP.test(said)
    ? undefined
    : tls.cert
    ? "Perhaps it does not accept this edge's certificate: look at EDGE_BUS_CLIENT_CERT_PATH"
    : "Perhaps it wants a certificate of this edge: set EDGE_BUS_CLIENT_CERT_PATH and " +
      "EDGE_BUS_CLIENT_KEY_PATH";
  return new Error(advice ? `${said || "no answer"}. ${advice}` : said, { cause: error });
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
