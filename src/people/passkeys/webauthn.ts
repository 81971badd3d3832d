/**
 * The adapter of @simplewebauthn/server, loaded when somebody first uses a passkey. What a browser
 * sends is checked by it, not here.
 *
 * @module
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";

export type RegistrationOptions = PublicKeyCredentialCreationOptionsJSON;
export type AuthenticationOptions = PublicKeyCredentialRequestOptionsJSON;
/** What `navigator.credentials` gave, as JSON. It is checked where it is read. */
export type CredentialJson = { id: string } & Record<string, unknown>;

/** The page as the browser sees it: a passkey belongs to one name. */
export interface Site {
  /** The page's host name: `localhost`, or a name of `HTTP_NAMES`; an address cannot have any. */
  rpId: string;
  origin: string;
}

export interface Credential {
  id: string;
  publicKey: Uint8Array;
  counter: number;
  transports: string[];
}

const library = () => import("@simplewebauthn/server");

export async function registrationOptions(
  { rpId }: Site,
  user: { id: string; name: string },
  known: { id: string; transports: string[] }[],
): Promise<RegistrationOptions> {
  return await (await library()).generateRegistrationOptions({
    rpName: "giggityflix",
    rpID: rpId,
    userName: user.name,
    userDisplayName: user.name,
    userID: new TextEncoder().encode(user.id),
    attestationType: "none",
    excludeCredentials: known,
    // So that nobody has to say a name first, which would tell who has an account.
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** The new credential, or undefined where it was not made for this site and challenge. */
export async function verifyRegistration(
  { rpId, origin }: Site,
  challenge: string,
  response: CredentialJson,
): Promise<Credential & { isBackedUp: boolean } | undefined> {
  const { verifyRegistrationResponse } = await library();
  const result = await verifyRegistrationResponse({
    response: response as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
  });
  if (!result.verified) return undefined;
  const { credential, credentialBackedUp } = result.registrationInfo;
  return {
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
    isBackedUp: credentialBackedUp,
  };
}

export async function authenticationOptions({ rpId }: Site): Promise<AuthenticationOptions> {
  return await (await library()).generateAuthenticationOptions({
    rpID: rpId,
    userVerification: "required",
  });
}

/** The credential's new counter, or undefined where it did not sign this. */
export async function verifyAuthentication(
  { rpId, origin }: Site,
  challenge: string,
  response: CredentialJson,
  { publicKey, transports, ...credential }: Credential,
): Promise<{ counter: number } | undefined> {
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: {
      ...credential,
      publicKey: Uint8Array.from(publicKey),
      transports,
    },
  });
  return verified ? { counter: authenticationInfo.newCounter } : undefined;
}
