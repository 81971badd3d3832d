/**
 * Bytes to lines, whatever pieces they come in.
 *
 * @module
 */

export interface TextLine {
  /** The first is 1. */
  number: number;
  text: string;
  /** It was longer than that, and is left out. */
  isTooLong?: true;
}

/** Letters of one line: an item with ten thousand notes has fewer. */
const MAX_LINE = 8 * 1024 * 1024;

/** Lines that are not empty, with their numbers. No more than one line is kept in memory. */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  maxLine = MAX_LINE,
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder();
  // In parts, and joined only when the line is whole: a long one comes in many pieces.
  let parts: string[] = [];
  let length = 0;
  let number = 0;

  const add = (text: string) => {
    length += text.length;
    if (length <= maxLine) parts.push(text);
    else parts = [];
  };
  const end = (): TextLine | undefined => {
    number++;
    const isTooLong = length > maxLine;
    const text = parts.join("").trim();
    parts = [];
    length = 0;
    if (isTooLong) return { number, text: "", isTooLong };
    return text === "" ? undefined : { number, text };
  };

  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true });
    let from = 0;
    for (let to = text.indexOf("\n"); to >= 0; to = text.indexOf("\n", from)) {
      add(text.slice(from, to));
      from = to + 1;
      const line = end();
      if (line) yield line;
    }
    add(text.slice(from));
  }
  add(decoder.decode());
  const last = end();
  if (last) yield last;
}
