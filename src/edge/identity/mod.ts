/**
 * Who peers and edges are: keys, invitations, who may come in, and by which port.
 *
 * @module
 */
export { Door, type DoorOptions, type UnsignedPeers } from "./door.ts";
export { type Invitation } from "./joining/enrolments.ts";
export { Entrance, refusalOf, visitorOf } from "./entrance.ts";
export {
  fingerprintOf,
  type IdentityKey,
  makeIdentityKey,
  openIdentityKey,
  showFingerprint,
} from "./keys.ts";
export { introduction, type IntroductionOptions } from "./introduction.ts";
export { explainTls, readAuthority, readPair, type TlsFiles } from "./port/certificates.ts";
export { Gate, type GateLimits, type Guest } from "./port/gate.ts";
export { listen, type Listener } from "./port/listen.ts";
export { isAlive } from "./probe.ts";
export {
  type Identities,
  type IdentityRoomOptions,
  type IdentitySettings,
  openIdentityRoom,
  type Signed,
} from "./room.ts";
export { Refusals } from "./refusals.ts";
export { type Introduced } from "./transcript.ts";
export { isVouched } from "./vouching.ts";
export { type Enrolment, type Identity, IdentityStore } from "./store.ts";
