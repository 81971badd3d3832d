/**
 * The way to the edge: plain, or TLS that is verified, also when the edge is named by its IP.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { UnavailableError } from "../../base/errors.ts";
import type { LinkSettings } from "../deps.ts";
import type { Client, Grpc } from "../proto.ts";

/** Keepalive stays slow: an original edge hangs up on a ping every 20 s. */
const channelOptions = {
  "grpc.keepalive_time_ms": 300_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.enable_retries": 0,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
};

/** TLS has no server name that is an IP, and node refuses one; this name is nobody's. */
const NO_NAME = "ip-address.invalid";

type Way = Pick<LinkSettings, "address" | "useTls" | "certPath">;

/** Connects at its first call. @throws {UnavailableError} the certificate cannot be read */
export async function openClient({ lib }: Grpc, way: Way): Promise<Client> {
  const { address, useTls, certPath } = way;
  if (!useTls) return new lib.Client(address, lib.credentials.createInsecure(), channelOptions);

  const trusted = certPath === undefined ? null : await readCertificate(certPath);
  const ip = ipOf(address);
  if (!ip) {
    return new lib.Client(address, lib.credentials.createSsl(trusted), channelOptions);
  }
  // The certificate must name the IP itself, whatever name was asked for.
  const credentials = lib.credentials.createSsl(trusted, null, null, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(ip, certificate),
  });
  return new lib.Client(address, credentials, {
    ...channelOptions,
    "grpc.ssl_target_name_override": NO_NAME,
    "grpc.default_authority": address,
  });
}

/** The IP in host:port, without the brackets of IPv6. */
function ipOf(address: string): string | undefined {
  const host = address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isIP(host) ? host : undefined;
}

async function readCertificate(path: string): Promise<Buffer> {
  const bytes = await Deno.readFile(path).catch((cause) => {
    throw new UnavailableError(
      `Cannot read the certificate "${path}": ${cause.message}. Set GRPC_CERT_PATH`,
      {},
      { cause },
    );
  });
  return Buffer.from(bytes);
}

/** How long a connection may take to open. */
const REACH_MS = 10_000;

/** Whether a connection to the edge can be opened now; no stream, so nobody is registered. */
export async function isReachable(grpc: Grpc, way: Way): Promise<boolean> {
  const client = await openClient(grpc, way).catch(() => undefined);
  if (!client) return false;
  try {
    return await new Promise((resolve) =>
      client.waitForReady(Date.now() + REACH_MS, (error) => resolve(!error))
    );
  } finally {
    client.close();
  }
}
