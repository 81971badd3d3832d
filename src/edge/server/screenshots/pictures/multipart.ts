/**
 * multipart/form-data (RFC 7578), read as it comes: nothing is kept but the files that are wanted,
 * and reading ends with the first byte too many.
 *
 * @module
 */
import { InvalidError } from "../../../../base/errors.ts";
import { concat } from "./cleaned.ts";

export interface PartLimits {
  /** Bytes of the whole body. */
  bodyBytes: number;
  /** Bytes of one part. */
  partBytes: number;
  /** Looked at as soon as a part has begun with so many bytes; throws what ends it all. */
  begins: { bytes: number; check(name: string, first: Uint8Array): void };
}

/** The body, or one part of it, is longer than it may be. */
export class TooLongError extends InvalidError {}

export interface Part {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const MAX_HEADERS = 4096;
const [CR, LF, DASH] = [13, 10, 45];

/** What divides the parts; undefined where the type is another, or names none. */
export function boundaryOf(contentType: string | null | undefined): string | undefined {
  const found = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i
    .exec(contentType ?? "");
  return found?.[1] ?? found?.[2];
}

/** The parts in their order. @throws {TooLongError} {InvalidError} it is no such body */
export async function* readParts(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  limits: PartLimits,
): AsyncGenerator<Part> {
  const window = new Window(body, limits.bodyBytes);
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
  try {
    for await (const _ of window.until(delimiter)); // what comes before the first part
    while (!await window.isEnd()) {
      const name = nameOf(await window.headers());
      const pieces: Uint8Array[] = [];
      let length = 0;
      let isChecked = false;
      const check = (first: Uint8Array) => {
        isChecked = true;
        limits.begins.check(name, first);
      };
      for await (const piece of window.until(delimiter)) {
        length += piece.length;
        if (length > limits.partBytes) {
          throw new TooLongError(`Cannot take a file of more than ${limits.partBytes} bytes`);
        }
        pieces.push(piece.slice());
        if (!isChecked && length >= limits.begins.bytes) check(concat(pieces));
      }
      const bytes = concat(pieces);
      if (!isChecked) check(bytes);
      yield { name, bytes };
    }
  } finally {
    await window.close();
  }
}

/** The part of the body that was read and is not used. */
class Window {
  // As if a line had ended before the body: then its first delimiter looks like all others.
  #bytes: Uint8Array = Uint8Array.of(CR, LF);
  #read = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(body: ReadableStream<Uint8Array>, readonly limit: number) {
    this.#reader = body.getReader();
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  /** Everything up to the delimiter, which is passed. */
  async *until(delimiter: Uint8Array): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = find(this.#bytes, delimiter);
      if (at >= 0) {
        yield this.#bytes.subarray(0, at);
        this.#bytes = this.#bytes.subarray(at + delimiter.length);
        return;
      }
      const sure = Math.max(this.#bytes.length - delimiter.length + 1, 0);
      yield this.#bytes.subarray(0, sure);
      this.#bytes = this.#bytes.subarray(sure);
      await this.#more();
    }
  }

  /** After a delimiter: whether it was the last. */
  async isEnd(): Promise<boolean> {
    while (this.#bytes.length < 2) await this.#more();
    return this.#bytes[0] === DASH && this.#bytes[1] === DASH;
  }

  async headers(): Promise<string> {
    const end = Uint8Array.of(CR, LF, CR, LF);
    let text = "";
    for await (const piece of this.until(end)) {
      text += new TextDecoder("latin1").decode(piece);
      if (text.length > MAX_HEADERS) throw new InvalidError("Cannot read a part: long headers");
    }
    return text;
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#reader.read();
    if (done) throw new InvalidError("Cannot read the body: it is cut off");
    this.#read += value.length;
    if (this.#read > this.limit) {
      throw new TooLongError(`Cannot take more than ${this.limit} bytes`);
    }
    this.#bytes = this.#bytes.length === 0 ? value : concat([this.#bytes, value]);
  }
}

/** What the field is called; a file's name and type are not even looked at. */
function nameOf(headers: string): string {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1] ?? "";
  return /;\s*name="([^"]*)"/i.exec(disposition)?.[1] ?? "";
}

function find(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(wanted[0]!); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
