/**
 * The library's data channel as this program uses it: messages that come early are kept, and whoever
 * sends can wait until it is nearly empty.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { UnavailableError } from "../base/errors.ts";
import type { Channel } from "./ranges.ts";

interface Event<T extends unknown[]> {
  subscribe(listener: (...values: T) => void): { unSubscribe(): void };
}

/** What the library's has of it. */
export interface DataChannel {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  readonly stateChanged: Event<[string]>;
  readonly onMessage: Event<[string | Buffer]>;
  readonly bufferedAmountLow: Event<[]>;
  send(data: Buffer): void;
  close(): void;
}

/** Messages kept for a listener that has not come yet. */
const MAX_EARLY = 64;

/** Closed when the connection is, or the channel itself. */
export function wrap(data: DataChannel, connectionClosed: Promise<void>): Channel {
  const closed = Promise.withResolvers<void>();
  connectionClosed.then(closed.resolve);
  data.stateChanged.subscribe((state) => {
    if (state === "closed" || state === "closing") closed.resolve();
  });

  let early: (Uint8Array | undefined)[] | undefined = [];
  let listen = (message: Uint8Array | undefined) => {
    if (early && early.length < MAX_EARLY) early.push(message);
  };
  data.onMessage.subscribe((message) => listen(typeof message === "string" ? undefined : message));

  return {
    get bufferedAmount() {
      return data.bufferedAmount;
    },
    closed: closed.promise,
    send(bytes) {
      if (data.readyState !== "open") return;
      data.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
    untilLow: (lowBytes, signal) => untilLow(data, lowBytes, signal),
    onMessage(listener) {
      listen = listener;
      const waiting = early ?? [];
      early = undefined;
      waiting.forEach(listener);
    },
    close: () => data.close(),
  };
}

async function untilLow(data: DataChannel, lowBytes: number, signal: AbortSignal) {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  data.bufferedAmountLowThreshold = lowBytes;
  const low = data.bufferedAmountLow.subscribe(() => resolve());
  const state = data.stateChanged.subscribe(() => reject(new UnavailableError("Channel closed")));
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (data.bufferedAmount > lowBytes) await promise;
  } finally {
    low.unSubscribe();
    state.unSubscribe();
    signal.removeEventListener("abort", abort);
  }
}
