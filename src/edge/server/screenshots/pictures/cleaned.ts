/**
 * A picture that was looked through, and how one is refused.
 *
 * @module
 */
import { InvalidError } from "../../../../base/errors.ts";

export interface Cleaned {
  bytes: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  extension: "jpg" | "png" | "webp";
  mimeType: string;
}

export function cannot(why: string): InvalidError {
  return new InvalidError(`Cannot take the picture: ${why}`);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
