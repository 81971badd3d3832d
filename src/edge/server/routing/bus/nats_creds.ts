/**
 * NATS credentials: a file with a JWT that an account has signed, and the seed of the key that it is
 * for. Only their library's own reader sends them; this one says what is wrong with a file before that.
 *
 * @module
 */
import type { Authenticator } from "@nats-io/transport-node";
import { InvalidError } from "../../../../base/errors.ts";
import { readNamed } from "../../../identity/port/certificates.ts";

const SETTING = "EDGE_BUS_CREDS_PATH";

/** "-----BEGIN NATS USER JWT-----", the text, "------END NATS USER JWT------". */
const block = (name: string) =>
  new RegExp(`-{3,}BEGIN ${name}-{3,}\\s+(\\S+)\\s+-{3,}END ${name}-{3,}`);
const JWT = block("NATS USER JWT");
const SEED = block("USER NKEY SEED");

/**
 * What the server is shown.
 *
 * @throws {InvalidError} the file cannot be read, holds no credentials, or they have expired
 */
export async function readCreds(path: string): Promise<Authenticator> {
  const text = (await readNamed({ path, setting: SETTING })).toString();
  const { default: { credsAuthenticator, nkeys } } = await import("@nats-io/transport-node");
  const unusable = (why: string, cause?: unknown) =>
    new InvalidError(`Cannot use the credentials "${path}": ${why}`, {}, { cause });
  const [jwt, seed] = [JWT, SEED].map((it) => it.exec(text)?.[1]);
  if (!jwt || !seed) {
    throw unusable(`no JWT and seed of a NATS user are in it. Set ${SETTING} to a .creds file`);
  }
  const { sub, exp } = claimsOf(jwt) ?? {};
  let publicKey: string;
  try {
    publicKey = nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
  } catch (cause) {
    // What is wrong with it is not said: it is a secret.
    throw unusable("its seed is none. Have the file made again", cause);
  }
  if (sub !== publicKey) throw unusable("its JWT is for another key. Have the file made again");
  if (typeof exp === "number" && exp > 0 && exp * 1000 <= Date.now()) {
    const when = new Date(exp * 1000).toISOString();
    throw unusable(`they have expired on ${when}. Have the file made again`);
  }
  // As their library reads it: one text to a line, whichever ends the file's lines have.
  const plain = `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n\n` +
    `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
  return credsAuthenticator(new TextEncoder().encode(plain));
}

/** What the JWT says; nothing of one that cannot be read. It is the server that checks it. */
function claimsOf(jwt: string): { sub?: unknown; exp?: unknown } | undefined {
  try {
    const bytes = Uint8Array.fromBase64(jwt.split(".")[1] ?? "", { alphabet: "base64url" });
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
