/**
 * Reads of any size made from aligned blocks, kept a while and fetched ahead:
 * a demuxer asks for some hundred bytes here and there, the network likes large pieces.
 *
 * @module
 */

export interface BlockReader {
  size(): Promise<number>;
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
}

const BLOCK_BYTES = 256 * 1024;
const KEPT_BLOCKS = 32;
const AHEAD_BLOCKS = 3;

export class Blocks {
  /** In the order of use, oldest first. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();
  #lastIndex = -2;
  #ahead = new AbortController();

  constructor(readonly reader: BlockReader, readonly signal: AbortSignal) {}

  size(): Promise<number> {
    return this.reader.size();
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const first = Math.floor(start / BLOCK_BYTES);
    const last = Math.floor((end - 1) / BLOCK_BYTES);
    const wanted = [];
    for (let index = first; index <= last; index++) wanted.push(this.#block(index, this.signal));
    await this.#readAhead(first, last);

    const blocks = await Promise.all(wanted);
    const bytes = new Uint8Array(end - start);
    blocks.forEach((block, i) => {
      const from = (first + i) * BLOCK_BYTES;
      const piece = block.subarray(Math.max(0, start - from), Math.min(block.length, end - from));
      bytes.set(piece, Math.max(0, from - start));
    });
    return bytes;
  }

  /** After a seek, what was fetched ahead of the old place only stands in the way. */
  forgetAhead(): void {
    this.#ahead.abort();
    this.#ahead = new AbortController();
  }

  /** Only while reading on from block to block: an index at the end of the file is read once. */
  async #readAhead(first: number, last: number): Promise<void> {
    const goesOn = first === this.#lastIndex || first === this.#lastIndex + 1;
    this.#lastIndex = last;
    if (!goesOn) return;
    const lastBlock = Math.ceil(await this.size() / BLOCK_BYTES) - 1;
    const signal = AbortSignal.any([this.signal, this.#ahead.signal]);
    for (let index = last + 1; index <= Math.min(last + AHEAD_BLOCKS, lastBlock); index++) {
      this.#block(index, signal).catch(() => {});
    }
  }

  #block(index: number, signal: AbortSignal): Promise<Uint8Array> {
    const known = this.#blocks.get(index);
    const block = known ?? this.reader.read(index * BLOCK_BYTES, BLOCK_BYTES, signal);
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    if (known) return this.#again(known, index, signal);

    block.catch(() => {
      if (this.#blocks.get(index) === block) this.#blocks.delete(index);
    });
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= KEPT_BLOCKS) break;
      this.#blocks.delete(oldest);
    }
    return block;
  }

  /** A block that was fetched ahead and then forgotten is asked for anew by who needs it. */
  #again(known: Promise<Uint8Array>, index: number, signal: AbortSignal): Promise<Uint8Array> {
    return known.catch((error) => {
      if (signal.aborted || error?.name !== "AbortError") throw error;
      return this.#block(index, signal);
    });
  }
}
