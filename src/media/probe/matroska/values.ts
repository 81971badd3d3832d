/**
 * Values of EBML elements, RFC 8794, 7.
 *
 * @module
 */
import { childrenOf, toNumber } from "./ebml.ts";

/** The first child of each kind; a list says how many of them are looked at. */
export function fieldsOf(content: Uint8Array, most = 5000): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  let count = 0;
  for (const [id, it] of childrenOf(content)) {
    if (!fields.has(id)) fields.set(id, it);
    if (++count === most) break;
  }
  return fields;
}

/** Every child of one kind, at most `most`. */
export function* allOf(content: Uint8Array, wanted: number, most: number): Generator<Uint8Array> {
  let found = 0;
  let count = 0;
  for (const [id, it] of childrenOf(content)) {
    if (id === wanted) yield it;
    if (id === wanted && ++found === most) return;
    if (++count === 20_000) return;
  }
}

/** Undefined where it is missing, or longer than a number is. */
export function wholeOf(bytes: Uint8Array | undefined): number | undefined {
  if (!bytes || bytes.length > 8) return undefined;
  const value = toNumber(bytes);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Of four or eight bytes. */
export function floatOf(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.length !== 4 && bytes?.length !== 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length === 4 ? view.getFloat32(0) : view.getFloat64(0);
}

const utf8 = new TextDecoder();

/** Without control characters, up to its first zero; "" where it is missing. */
export function textOf(bytes: Uint8Array | undefined, most = 1000): string {
  if (!bytes) return "";
  const end = bytes.indexOf(0);
  const part = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, most));
  return utf8.decode(part).replaceAll(/[^\P{Cc}\n]/gu, "").trim();
}

/** Identifiers are short and plain; what is not, is not one. */
export function idOf(bytes: Uint8Array | undefined): string {
  const text = textOf(bytes?.subarray(0, 64));
  return /^[\x21-\x7e]*$/.test(text) ? text : "";
}
