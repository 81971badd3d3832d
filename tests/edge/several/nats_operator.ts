/**
 * An operator of NATS, an account with JetStream, and its users: what the tool nsc makes, made here.
 *
 * @module
 */
import { nkeys } from "@nats-io/transport-node";

type Pair = ReturnType<typeof nkeys.createUser>;

const bytes = (text: string) => new TextEncoder().encode(text);
const base64url = (it: Uint8Array) => it.toBase64({ alphabet: "base64url", omitPadding: true });

function jwt(issuer: Pair, subject: Pair, nats: object, expires?: number): string {
  const claims = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: "test",
    ...expires !== undefined && { exp: expires },
    nats: { ...nats, version: 2 },
  };
  const text = [{ typ: "JWT", alg: "ed25519-nkey" }, claims]
    .map((it) => base64url(bytes(JSON.stringify(it)))).join(".");
  return `${text}.${base64url(issuer.sign(bytes(text)))}`;
}

/** The configuration of a server of this operator; and credentials of new users of its account. */
export function makeOperator() {
  const [operator, system, account] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
  ];
  const all = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, conn: -1, leaf: -1 };
  const limits = { ...all, wildcards: true };
  const jetStream = { "mem_storage": -1, "disk_storage": -1, streams: -1, consumer: -1 };
  const resolved = {
    [system.getPublicKey()]: jwt(operator, system, { type: "account", limits }),
    [account.getPublicKey()]: jwt(operator, account, {
      type: "account",
      limits: { ...limits, ...jetStream },
    }),
  };
  const config = [
    `operator: "${jwt(operator, operator, { type: "operator" })}"`,
    `system_account: ${system.getPublicKey()}`,
    "resolver: MEMORY",
    `resolver_preload: ${JSON.stringify(resolved)}`,
  ].join("\n");
  return {
    config,
    /** The text of a .creds file; `expires` in seconds since 1970. */
    creds(expires?: number): string {
      const user = nkeys.createUser();
      const claims = { type: "user", pub: {}, sub: {}, subs: -1, data: -1, payload: -1 };
      return [
        "-----BEGIN NATS USER JWT-----",
        jwt(account, user, claims, expires),
        "------END NATS USER JWT------",
        "",
        "-----BEGIN USER NKEY SEED-----",
        new TextDecoder().decode(user.getSeed()),
        "------END USER NKEY SEED------",
        "",
      ].join("\n");
    },
  };
}
