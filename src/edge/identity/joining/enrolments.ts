/**
 * Invitations: a PIN or token that lets in one peer, once, within its time. Guesses are counted
 * before they are tried: by PIN, and by address.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { hostOf } from "../../../base/address.ts";
import {
  DeniedError,
  InvalidError,
  NotFoundError,
  UnavailableError,
} from "../../../base/errors.ts";
import type { IdentityKey } from "../keys.ts";
import { type Agreement, type Pairing, startPairing } from "../pairing.ts";
import { makePin, type PinKind, secretOf, showPin } from "./pins.ts";
import type { Enrolment, IdentityStore } from "../store.ts";
import type { Introduced } from "../transcript.ts";
import { TriesByAddress } from "../tries_by_address.ts";

export interface Invitation extends Enrolment {
  /** `123-456-789`, or a token: said here, and never again. */
  pin: string;
  /** Of the edge that is to be joined. */
  fingerprint: string;
}

/** Tries with one PIN; of a million, so that a guess succeeds once in 200,000 invitations. */
const MAX_ATTEMPTS = 5;
/** Tries from one address in ten minutes. */
const MAX_FROM_ADDRESS = 20;
const ADDRESS_MS = 600_000;
const MAX_OPEN = 100;
const DEFAULT_SEC = 900;
const MAX_SEC = 7 * 86_400;

const NO_SUCH_PIN = "Cannot join: there is no such PIN, or it was used, or its time is over. " +
  "Ask for another one";

export class Enrolments {
  readonly #store: IdentityStore;
  readonly #key: IdentityKey;
  readonly #tries = new TriesByAddress(MAX_FROM_ADDRESS, ADDRESS_MS);

  constructor(store: IdentityStore, key: IdentityKey) {
    this.#store = store;
    this.#key = key;
  }

  /**
   * @throws {InvalidError} `expiresInSec` is no time that it may have
   * @throws {UnavailableError} a hundred are open
   */
  async create(expiresInSec: number = DEFAULT_SEC, kind: PinKind = "pin"): Promise<Invitation> {
    if (!(expiresInSec >= 1 && expiresInSec <= MAX_SEC)) {
      throw new InvalidError(`Cannot invite: expected 1 to ${MAX_SEC} seconds`, {
        field: "expires_in_sec",
      });
    }
    const open = await this.#store.openEnrolments(now());
    if (open.length >= MAX_OPEN) {
      throw new UnavailableError(`Cannot invite: ${MAX_OPEN} invitations are open. Remove some`);
    }
    for (;;) {
      const pin = makePin(kind);
      const secret = Buffer.from(await secretOf(pin, this.#key.publicKey)).toString("hex");
      const enrolment = {
        id: crypto.randomUUID(),
        kind,
        attempts: 0,
        createdAt: now(),
        expiresAt: new Date(Date.now() + expiresInSec * 1000).toISOString(),
      };
      const { selector } = pin;
      if (!await this.#store.addEnrolment({ ...enrolment, selector, secret })) continue;
      return { ...enrolment, pin: showPin(pin), fingerprint: this.#key.fingerprint };
    }
  }

  list(): Promise<Enrolment[]> {
    return this.#store.openEnrolments(now());
  }

  /** @throws {NotFoundError} it is not open */
  async remove(id: string): Promise<void> {
    if (await this.#store.removeEnrolment(id, now())) return;
    throw new NotFoundError(`Cannot remove the invitation "${id}": it is not open`, { id });
  }

  /**
   * The edge's end of one try.
   *
   * @throws {DeniedError} no such PIN, or too many tries
   */
  async begin(selector: string, said: Introduced, address: string): Promise<Try> {
    this.#countTry(hostOf(address));
    const found = /^\d{3}$/.test(selector)
      ? await this.#store.attempt(selector, MAX_ATTEMPTS, now())
      : undefined;
    if (!found) throw new DeniedError(NO_SUCH_PIN);
    const pairing = await startPairing(Buffer.from(found.secret, "hex"), said);
    return new Try(this.#store, found.id, pairing, said);
  }

  #countTry(host: string): void {
    if (this.#tries.areTooMany(host)) {
      throw new DeniedError("Cannot join: too many tries from this address. Wait ten minutes");
    }
    this.#tries.note(host);
  }
}

/** One try with one PIN. */
export class Try {
  readonly #store: IdentityStore;
  readonly #id: string;
  readonly #pairing: Pairing;
  readonly #said: Introduced;

  constructor(store: IdentityStore, id: string, pairing: Pairing, said: Introduced) {
    this.#store = store;
    this.#id = id;
    this.#pairing = pairing;
    this.#said = said;
  }

  get share(): string {
    return this.#pairing.share;
  }

  /**
   * Enrols the peer and gives the edge's own proof.
   *
   * @throws {DeniedError} the peer does not know the PIN, or somebody was quicker
   */
  async finish(share: string, mac: string): Promise<string> {
    let agreement: Agreement;
    try {
      agreement = this.#pairing.agree(share, true);
    } catch (cause) {
      throw new DeniedError(NO_SUCH_PIN, {}, { cause });
    }
    if (!agreement.isMac("peer pairs", mac)) throw new DeniedError(NO_SUCH_PIN);
    const { peerId, peerKey: publicKey } = this.#said;
    if (!await this.#store.useEnrolment(this.#id, { peerId, publicKey }, now())) {
      throw new DeniedError(NO_SUCH_PIN);
    }
    return agreement.mac("edge pairs");
  }
}

function now(): string {
  return new Date().toISOString();
}
