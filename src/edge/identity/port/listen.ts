/**
 * A port, plain or with TLS, that hands over every connection; the files of TLS are read again when
 * they change, and connections that are open stay.
 *
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  type Server as TlsServer,
  type TLSSocket,
} from "node:tls";
import { FatalError, reasonOf } from "../../../base/errors.ts";
import type { Log } from "../../../base/log.ts";
import { readServerTls, type TlsFiles, type TlsTexts } from "./certificates.ts";
import type { Refusals } from "../refusals.ts";

export interface ListenOptions {
  /** host:port; a port of 0 takes any free one. */
  address: string;
  tls?: TlsFiles | undefined;
  /** Whether a connection may stay; asked before anything is said on it. */
  accept(socket: Socket): boolean;
  /** The connection, after the handshake of TLS. */
  take(socket: Socket): void;
  refusals: Refusals;
  log: Log;
}

export interface Listener extends AsyncDisposable {
  port: number;
  /** Looks whether the files of TLS are others now. */
  reload(): Promise<void>;
}

/** How long a handshake may take. */
const HANDSHAKE_MS = 10_000;

/** @throws {FatalError} it cannot listen there, or the files of TLS cannot be used */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { address, tls, accept, take, refusals, log } = options;
  let texts = tls && await readServerTls(tls).catch((cause) => {
    throw new FatalError(reasonOf(cause), {}, { cause });
  });
  const server = texts ? createTls(texts, refusals) : createServer();
  server.on("connection", (socket: Socket) => {
    // What goes wrong with it later is told by the gRPC library; unheard it would end the program.
    socket.on("error", () => {});
    if (accept(socket) && !texts) take(socket);
  });
  server.on("secureConnection", (socket: Socket) => {
    socket.on("error", () => {});
    take(socket);
  });
  await bind(server, address);
  const reload = async () => {
    if (!tls || !texts) return;
    try {
      const now = await readServerTls(tls);
      if (isSame(texts, now)) return;
      (server as TlsServer).setSecureContext(now);
      texts = now;
      log.info("New certificates are in use", { certificate: tls.certPath });
    } catch (error) {
      // Half of the files may be written: the old ones serve until all fit.
      refusals.note("The old certificates stay in use", { address, reason: reasonOf(error) });
    }
  };
  return {
    port: (server.address() as { port: number }).port,
    reload,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function createTls(texts: TlsTexts, refusals: Refusals): TlsServer {
  const server = createTlsServer({
    ...texts,
    requestCert: texts.ca !== undefined,
    rejectUnauthorized: true,
    ALPNProtocols: ["h2"],
    handshakeTimeout: HANDSHAKE_MS,
  });
  // Of a connection that has ended nobody can say any more whose it was.
  const addresses = new WeakMap<object, string>();
  server.on("connection", (socket: Socket) => {
    addresses.set(socket, `${socket.remoteAddress}:${socket.remotePort}`);
  });
  server.on("tlsClientError", (error: Error, socket: TLSSocket & { _parent?: Socket }) => {
    const address = addresses.get(socket._parent ?? socket) ?? "unknown:0";
    refusals.note("TLS handshake failed", { address, reason: whyRefused(error, socket) });
    socket.destroy();
  });
  return server;
}

/** What the TLS library makes of a certificate that it does not accept is "socket hang up". */
function whyRefused({ message }: Error, { authorizationError: code }: TLSSocket): string {
  if (/no certificate/i.test(message)) {
    return "the peer has shown no certificate. It sets GRPC_CLIENT_CERT_PATH to one of the " +
      "authority in this edge's GRPC_CLIENT_CERT_PATH";
  }
  return code
    ? `the peer's certificate is not accepted (${code}). It must be of the authority in this ` +
      "edge's GRPC_CLIENT_CERT_PATH"
    : message;
}

function isSame(one: TlsTexts, other: TlsTexts): boolean {
  const same = (a?: Uint8Array, b?: Uint8Array) => String(a) === String(b);
  return same(one.cert, other.cert) && same(one.key, other.key) && same(one.ca, other.ca);
}

function bind(server: Server, address: string): Promise<void> {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    server.once("error", (cause: Error & { code?: string }) => {
      const state = cause.code === "EADDRINUSE" || /in use/i.test(cause.message)
        ? "address in use. Stop the other program or set GRPC_SERVER_ADDRESS"
        : `${cause.message}. Set GRPC_SERVER_ADDRESS to host:port of this machine`;
      reject(new FatalError(`Cannot listen on "${address}": ${state}`, { address }, { cause }));
    });
    server.listen({ host, port: Number(address.slice(at + 1)) }, () => resolve());
  });
}
