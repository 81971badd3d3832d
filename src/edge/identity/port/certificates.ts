/**
 * Certificates and keys from files, with every way in which they are wrong said in words.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { InvalidError, reasonOf } from "../../../base/errors.ts";

export interface TlsFiles {
  /** PEM of this edge's certificate, with those between it and its authority behind it. */
  certPath: string;
  keyPath: string;
  /** PEM of the authority that peers' certificates must be of; nobody is asked for one without. */
  clientCaPath?: string | undefined;
}

/** PEM, as the TLS library takes it. */
export interface TlsTexts {
  cert: Buffer;
  key: Buffer;
  ca?: Buffer;
}

/** @throws {InvalidError} a file is missing, is no certificate, is not valid now, or does not fit */
export async function readServerTls(files: TlsFiles): Promise<TlsTexts> {
  const { certPath, keyPath, clientCaPath } = files;
  const pair = await readPair(
    { path: certPath, setting: "GRPC_CERT_PATH" },
    { path: keyPath, setting: "GRPC_KEY_PATH" },
  );
  if (!clientCaPath) return pair;
  return { ...pair, ca: await readAuthority(clientCaPath, "GRPC_CLIENT_CERT_PATH") };
}

/** What the TLS library says when it fails, and what a person can do about it. */
const advice: [RegExp, string][] = [
  [
    /fatal alert: (UnknownCA|BadCertificate|Certificate(Unknown|Revoked|Expired)|DecryptError|AccessDenied)/i,
    "The edge does not accept this peer's certificate: it must be valid, and of the authority that " +
    "the edge trusts. Look at GRPC_CLIENT_CERT_PATH",
  ],
  [
    /unable to verify|self.signed|unknown ?issuer|local issuer/i,
    "The edge's certificate is of no authority that is trusted here: set GRPC_CERT_PATH to it",
  ],
  [/has expired|CertificateExpired/i, "The edge's certificate has expired: renew it at the edge"],
  [/not yet valid/i, "The edge's certificate is not valid yet: look at the clocks"],
  [
    /altname|cert's list|NotValidForName/i,
    "The edge's certificate is for another name: use that name in EDGE_GRPC_ADDRESS",
  ],
  [
    /certificate ?required/i,
    "The edge wants a certificate of this peer: set GRPC_CLIENT_CERT_PATH and GRPC_CLIENT_KEY_PATH",
  ],
  [
    /corrupt message|wrong version number|packet length too long/i,
    "The edge speaks no TLS at this address: look at its settings, or set GRPC_USE_TLS to false",
  ],
];

/** An edge that refuses a certificate may hang up without saying so. */
const HUNG_UP = /EPIPE|ECONNRESET|hang up|Failed to connect|Connection dropped|closed before/i;

/**
 * `details` of a connection that failed before a word was said on it, with the advice in front where
 * there is one; `hasOwn` where this peer shows a certificate.
 */
export function explainTls(details: string, useTls: boolean, hasOwn: boolean): string {
  // With the time of each attempt in it, the same failure would be another one each time.
  const plain = details.replace(/ Resolution note: *$/, "").replace(
    / \(\d{4}-[-\d]+T[\d:.]+Z\)/,
    "",
  );
  if (!useTls) {
    const mayBeTls = /Failed to connect/.test(plain);
    return mayBeTls ? `${plain} If the edge speaks TLS, set GRPC_USE_TLS` : plain;
  }
  const told = advice.find(([said]) => said.test(plain))?.[1];
  if (told) return `${told} (${plain})`;
  return HUNG_UP.test(plain) ? `${hungUp(hasOwn)} (${plain})` : plain;
}

function hungUp(hasOwn: boolean): string {
  const may = "The edge has hung up while TLS began. Perhaps it";
  return hasOwn
    ? `${may} does not accept this peer's certificate: it must be of the authority that the edge ` +
      "trusts. Look at GRPC_CLIENT_CERT_PATH"
    : `${may} wants a certificate of this peer: set GRPC_CLIENT_CERT_PATH and GRPC_CLIENT_KEY_PATH`;
}

interface Named {
  path: string;
  /** Where the path is said. */
  setting: string;
}

/** A certificate and its key. */
export async function readPair(certificate: Named, key: Named): Promise<TlsTexts> {
  const [certText, keyText] = [await readNamed(certificate), await readNamed(key)];
  const first = certificateIn(certText, certificate);
  assertValidNow(first, certificate);
  if (!first.checkPrivateKey(privateKeyIn(keyText, key))) {
    throw new InvalidError(
      `Cannot use the key "${key.path}": it does not belong to the certificate ` +
        `"${certificate.path}". Set ${key.setting} and ${certificate.setting} to a pair`,
    );
  }
  return { cert: certText, key: keyText };
}

/** Certificates to trust; at least one of them is valid now. */
export async function readAuthority(path: string, setting: string): Promise<Buffer> {
  const text = await readNamed({ path, setting });
  const all = text.toString().match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const certificates = (all ?? [""]).map((it) => certificateIn(Buffer.from(it), { path, setting }));
  const isValid = certificates.some((it) => problemOf(it) === undefined);
  if (!isValid) assertValidNow(certificates[0]!, { path, setting });
  return text;
}

/** @throws {InvalidError} it cannot be read, or is not said */
export async function readNamed({ path, setting }: Named): Promise<Buffer> {
  if (!path) throw new InvalidError(`Cannot use TLS: ${setting} is not set`);
  const bytes = await Deno.readFile(path).catch((cause) => {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : reasonOf(cause);
    throw new InvalidError(`Cannot read "${path}": ${why}. Set ${setting}`, {}, { cause });
  });
  return Buffer.from(bytes);
}

function certificateIn(text: Buffer, { path, setting }: Named): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new InvalidError(
      `Cannot use "${path}": it is no certificate in PEM. Set ${setting}`,
      {},
      { cause },
    );
  }
}

function privateKeyIn(text: Buffer, { path, setting }: Named): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const isLocked = text.includes("ENCRYPTED");
    throw new InvalidError(
      isLocked
        ? `Cannot use "${path}": it has a passphrase. Set ${setting} to a key without one`
        : `Cannot use "${path}": it is no private key in PEM. Set ${setting}`,
      {},
      { cause },
    );
  }
}

function assertValidNow(certificate: X509Certificate, { path, setting }: Named): void {
  const problem = problemOf(certificate);
  if (!problem) return;
  throw new InvalidError(
    `Cannot use the certificate "${path}": ${problem}. Renew it, or set ${setting} to another one`,
  );
}

function problemOf({ validFrom, validTo }: X509Certificate): string | undefined {
  if (Date.parse(validTo) < Date.now()) return `it has expired (${validTo})`;
  if (Date.parse(validFrom) > Date.now()) return `it is not valid before ${validFrom}`;
  return undefined;
}
