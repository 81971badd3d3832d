/**
 * Long lists cut into messages that every gRPC end accepts: 4 MiB is the default limit.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const MAX_BYTES = 3 * 1024 * 1024;

/** Yields runs of `items` of at most `maxItems` and about 3 MiB; `sizeOf` is an item's bytes. */
export function* batches<Item>(
  items: Iterable<Item>,
  maxItems: number,
  sizeOf: (item: Item) => number,
): Generator<Item[]> {
  let batch: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (batch.length >= maxItems || bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** A text's bytes on the wire; 8 are enough for its tag and length. */
export function textBytes(text: string): number {
  return Buffer.byteLength(text) + 8;
}
