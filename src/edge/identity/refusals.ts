/**
 * Refusals, told once a minute for each kind and address: who floods the door does not flood the
 * log.
 *
 * @module
 */
import { hostOf } from "../../base/address.ts";
import type { Fields, Log } from "../../base/log.ts";

const QUIET_MS = 60_000;
/** Kinds and addresses that are remembered; beyond them all others count as one. */
const MAX_KEPT = 1000;
/** UTF-16 units of a text that are logged: whoever is refused has not been looked at yet. */
const MAX_TEXT = 300;

export class Refusals {
  readonly #log: Log;
  readonly #said = new Map<string, { at: number; unsaid: number }>();
  /** All of them, since the start. */
  count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `reason` is why, and goes with `address` into what counts as the same. */
  note(sentence: string, fields: Fields & { address: string; reason: string }): void {
    this.count++;
    const now = Date.now();
    // Names and numbers are the other end's own: no two need be the same.
    const kind = fields.reason.replaceAll(/"[^"]*"|\d+/g, "");
    const key = this.#keyOf(`${hostOf(fields.address)} ${sentence} ${kind}`, now);
    const last = this.#said.get(key);
    if (last && now - last.at < QUIET_MS) {
      last.unsaid++;
      return;
    }
    const unsaid = last?.unsaid ?? 0;
    this.#said.set(key, { at: now, unsaid: 0 });
    this.#log.warn(sentence, {
      ...short(fields),
      ...unsaid > 0 && { alsoInTheMinuteBefore: unsaid },
    });
  }

  #keyOf(key: string, now: number): string {
    if (this.#said.has(key) || this.#said.size < MAX_KEPT) return key;
    for (const [old, { at }] of this.#said) if (now - at > QUIET_MS) this.#said.delete(old);
    return this.#said.size < MAX_KEPT ? key : "others";
  }
}

function short(fields: Fields): Fields {
  const texts = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== "string" || value.length <= MAX_TEXT) return [name, value];
    return [name, `${value.slice(0, MAX_TEXT)}… (${value.length} characters)`];
  });
  return Object.fromEntries(texts);
}
