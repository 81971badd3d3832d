/**
 * Keeps repeated DTLS handshake messages away from the WebRTC library.
 *
 * A browser repeats its part of the handshake after 50 ms without an answer, which a busy machine
 * does not give in time. The library takes a repetition for a new handshake, makes new keys, and
 * from then on understands nothing. It repeats its own part by its own clock, so it needs none of
 * the browser's repetitions. But for the very first message, where the browser begins: it may come
 * before the library listens, and nothing is made for it but a cookie.
 *
 * @module
 */

const HANDSHAKE = 22;
const RECORD_HEADER = 13;
const HANDSHAKE_HEADER = 12;
/** A handshake has about ten messages; whoever sends more is not one to remember. */
const MAX_SEEN = 100;

/** ClientHello, number 0: see messageName(). */
const FIRST_HELLO = "1/0/0";

/** Takes a datagram; gives it without what came before, or undefined when nothing is left. */
export type HandshakeFilter = <Bytes extends Uint8Array>(datagram: Bytes) => Bytes | undefined;

/** One for each connection. */
export function createHandshakeFilter(): HandshakeFilter {
  const seen = new Set<string>();
  return (datagram) => {
    if (datagram[0] !== HANDSHAKE) return datagram;
    const kept: [number, number][] = [];
    let dropped = 0;
    for (let at = 0; at < datagram.length;) {
      const view = new DataView(datagram.buffer, datagram.byteOffset + at, datagram.length - at);
      if (view.byteLength < RECORD_HEADER) return datagram;
      const length = RECORD_HEADER + view.getUint16(11);
      if (length > view.byteLength) return datagram;
      const name = messageName(view);
      const isBeginning = name === FIRST_HELLO && isOnly(seen, name);
      if (name !== undefined && seen.has(name) && !isBeginning) dropped++;
      else kept.push([at, at + length]);
      if (name !== undefined && seen.size < MAX_SEEN) seen.add(name);
      at += length;
    }
    if (dropped === 0) return datagram;
    if (kept.length === 0) return undefined;
    return joined(datagram, kept);
  };
}

const isOnly = (all: ReadonlySet<string>, one: string) => all.size === 1 && all.has(one);

/** Type, number and fragment of a handshake message in the clear; undefined for all else. */
function messageName(record: DataView): string | undefined {
  const isClear = record.getUint16(3) === 0;
  if (record.getUint8(0) !== HANDSHAKE || !isClear) return undefined;
  if (record.getUint16(11) < HANDSHAKE_HEADER) return undefined;
  const type = record.getUint8(RECORD_HEADER);
  const number = record.getUint16(RECORD_HEADER + 4);
  const fragment = record.getUint32(RECORD_HEADER + 5) >>> 8;
  return `${type}/${number}/${fragment}`;
}

/** Moved together in place: a datagram belongs to whoever it was given to. */
function joined<Bytes extends Uint8Array>(datagram: Bytes, kept: [number, number][]): Bytes {
  let end = 0;
  for (const [from, to] of kept) {
    datagram.copyWithin(end, from, to);
    end += to - from;
  }
  return datagram.subarray(0, end) as Bytes;
}
