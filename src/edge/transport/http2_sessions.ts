/**
 * HTTP/2 sessions end between two reads, and never within one. The HTTP/2 of the runtime (Deno 2.9)
 * frees its native session as soon as it is destroyed; but a GOAWAY of the other end destroys it
 * while the native code is still reading that very frame, and it reads on in freed memory. So any
 * stranger at the port, or a peer that hangs up, could end this whole process.
 *
 * @module
 */
import * as http2 from "node:http2";
import { setImmediate } from "node:timers";

interface Session {
  readonly destroyed: boolean;
  destroy(...how: unknown[]): void;
}

/** The module has its classes, though not in its types. */
const { Http2Session } = http2 as unknown as { Http2Session: { prototype: Session } };

let isDone = false;

/** Sees to all sessions of this process, servers' and clients', from the first call on. */
export function endSessionsBetweenReads(): void {
  if (isDone) return;
  isDone = true;
  const { prototype } = Http2Session;
  const { destroy } = prototype;
  const ending = new WeakSet<Session>();
  prototype.destroy = function (this: Session, ...how: unknown[]) {
    // The first reason counts, as ever.
    if (this.destroyed || ending.has(this)) return;
    ending.add(this);
    // Not the end of this turn's callbacks: those may run before the read has returned.
    setImmediate(() => destroy.apply(this, how));
  };
}
