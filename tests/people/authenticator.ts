/**
 * An authenticator in software: keys, counters and answers as WebAuthn level 3 says
 * (https://www.w3.org/TR/webauthn-3/), written for the tests alone.
 *
 * @module
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest();
const text = (word: string) => Buffer.from([0x60 + word.length, ...Buffer.from(word)]);

export interface Answering {
  challenge: string;
  origin: string;
  rpId: string;
}

export function softwareAuthenticator() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const id = randomBytes(32);
  let counter = 0;

  const clientData = (type: string, { challenge, origin }: Answering) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  /** User present and verified; `more` says that a credential follows. */
  const head = ({ rpId }: Answering, more: boolean) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++counter);
    return Buffer.concat([sha256(rpId), Buffer.from([more ? 0x45 : 0x05]), count]);
  };
  const credential = (response: object) => ({
    id: b64(id),
    rawId: b64(id),
    type: "public-key",
    clientExtensionResults: {},
    response,
  });

  return {
    id: b64(id),
    /** A counter that goes back is that of a copy. */
    rewind: (to: number) => void (counter = to),
    create(answering: Answering) {
      const coordinate = (it: string) =>
        Buffer.concat([Buffer.from([0x58, 0x20]), Buffer.from(it, "base64url")]);
      // COSE: kty EC2, alg ES256, crv P-256, x, y.
      const key = Buffer.concat([
        Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]),
        coordinate(x),
        Buffer.from([0x22]),
        coordinate(y),
      ]);
      const authData = Buffer.concat([
        head(answering, true),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        key,
      ]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text("fmt"),
        text("none"),
        text("attStmt"),
        Buffer.from([0xa0]),
        text("authData"),
        Buffer.from([0x58, authData.length]),
        authData,
      ]);
      return credential({
        clientDataJSON: b64(clientData("webauthn.create", answering)),
        attestationObject: b64(attestationObject),
        transports: ["internal"],
      });
    },
    get(answering: Answering) {
      const client = clientData("webauthn.get", answering);
      const authData = head(answering, false);
      const signature = sign("sha256", Buffer.concat([authData, sha256(client)]), privateKey);
      return credential({
        clientDataJSON: b64(client),
        authenticatorData: b64(authData),
        signature: b64(signature),
      });
    },
  };
}
