/**
 * The way to the edge: plain, or TLS that is verified, also when the edge is named by its IP; and
 * the introduction of this peer, where it has a key.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import { checkServerIdentity, getCACertificates } from "node:tls";
import { UnavailableError } from "../../base/errors.ts";
import type { LinkSettings } from "../deps.ts";
import {
  explainTls,
  introduction,
  type IntroductionOptions,
  readAuthority,
  readPair,
} from "../identity/mod.ts";
import type { Client, Grpc, StatusObject } from "../proto.ts";

/**
 * Keepalive stays slow: an original edge hangs up on a ping every 20 s, and each ping of the library
 * leaves 0.4 KiB behind for as long as the connection lasts. Silence is seen to by silence.ts.
 */
const channelOptions = {
  "grpc.keepalive_time_ms": 300_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.enable_retries": 0,
  "grpc.enable_channelz": 0,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
};

/** TLS has no server name that is an IP, and node refuses one; this name is nobody's. */
const NO_NAME = "ip-address.invalid";

export interface Way
  extends
    Pick<LinkSettings, "address" | "useTls" | "certPath" | "clientCertPath" | "clientKeyPath"> {
  peerId?: string;
  /** Whom to show, and whom to expect. */
  identity?: LinkIdentity;
  /** As of the introduction. */
  introduced?: IntroductionOptions["introduced"];
}

export interface LinkIdentity extends Pick<IntroductionOptions, "key" | "pairing" | "timeoutMs"> {
  /** The fingerprint of the edge that was joined at this address. */
  pinOf?(address: string): string | undefined;
}

/** Connects at its first call. @throws {UnavailableError} the certificates cannot be used */
export async function openClient(grpc: Grpc, way: Way): Promise<Client> {
  const { lib } = grpc;
  const { address, useTls, peerId = "", identity, introduced } = way;
  const pin = identity?.pinOf?.(address);
  const me = identity && { ...identity, peerId, pin, introduced };
  const explain = (status: StatusObject) => {
    if (!wasNeverOpen(status.details)) return status;
    return { ...status, details: explainTls(status.details, useTls, !!way.clientCertPath) };
  };
  const options = {
    ...channelOptions,
    interceptors: [introduction(grpc, me, explain)],
  };
  if (!useTls) return new lib.Client(address, lib.credentials.createInsecure(), options);

  const [trusted, own] = await readFiles(way).catch((cause) => {
    throw new UnavailableError(cause.message, {}, { cause });
  });
  const ip = ipOf(address);
  const pair = [trusted, own?.key ?? null, own?.cert ?? null] as const;
  if (!ip) return new lib.Client(address, lib.credentials.createSsl(...pair), options);
  // The certificate must name the IP itself, whatever name was asked for.
  const credentials = lib.credentials.createSsl(...pair, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(ip, certificate),
  });
  return new lib.Client(address, credentials, {
    ...options,
    "grpc.ssl_target_name_override": NO_NAME,
    "grpc.default_authority": address,
  });
}

/** With TLS of today a refused certificate is heard of after our own end of the handshake. */
function wasNeverOpen(details: string): boolean {
  return /No connection established|^write EPIPE/.test(details);
}

/** Read again at every connection, so a renewed certificate is in use from the next one on. */
async function readFiles({ certPath, clientCertPath = "", clientKeyPath = "" }: Way) {
  const trusted = certPath ? await readAuthority(certPath, "GRPC_CERT_PATH") : systemRoots();
  if (!clientCertPath && !clientKeyPath) return [trusted, undefined] as const;
  const own = await readPair(
    { path: clientCertPath, setting: "GRPC_CLIENT_CERT_PATH" },
    { path: clientKeyPath, setting: "GRPC_CLIENT_KEY_PATH" },
  );
  return [trusted, own] as const;
}

/** The authorities that the system trusts; null, the library's own list, where it names none. */
function systemRoots(): Buffer | null {
  const roots = getCACertificates("system");
  return roots.length > 0 ? Buffer.from(roots.join("\n")) : null;
}

/** The IP in host:port, without the brackets of IPv6. */
function ipOf(address: string): string | undefined {
  const host = address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isIP(host) ? host : undefined;
}

/** How long a connection may take to open. */
const REACH_MS = 10_000;

/** Whether a connection to the edge can be opened now; no stream, so nobody is registered. */
export async function isReachable(grpc: Grpc, way: Way, signal: AbortSignal): Promise<boolean> {
  const client = await openClient(grpc, way).catch(() => undefined);
  if (!client) return false;
  const close = () => client.close();
  signal.addEventListener("abort", close, { once: true });
  const { READY, IDLE, CONNECTING } = grpc.lib.connectivityState;
  const channel = client.getChannel();
  const end = Date.now() + REACH_MS;
  try {
    // Not waitForReady(): it tries again and again until its time is over.
    while (!signal.aborted) {
      const state = channel.getConnectivityState(true);
      if (state === READY) return true;
      if (state !== IDLE && state !== CONNECTING) return false;
      const isLate = await new Promise<boolean>((resolve) =>
        channel.watchConnectivityState(state, end, (error) => resolve(error !== undefined))
      );
      if (isLate) return false;
    }
    return false;
  } finally {
    signal.removeEventListener("abort", close);
    client.close();
  }
}
