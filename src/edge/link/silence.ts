/**
 * Whether anybody is at the other end of a stream on which nothing comes. An original edge says
 * nothing for hours and hangs up on HTTP/2 pings; so it is asked, on the same connection, what every
 * gRPC server answers at once, and be it with "unimplemented".
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { pause } from "../../base/service.ts";
import type { Client, Grpc } from "../proto.ts";

/** https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
const QUESTION = "/grpc.health.v1.Health/Check";

export type Answer = "there" | "silent" | "ended";

/** Asks once. "ended" is told by the stream as well, and is no word of the edge. */
export function askEdge(
  { lib }: Grpc,
  client: Client,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<Answer> {
  const { DEADLINE_EXCEEDED, UNAVAILABLE, CANCELLED } = lib.status;
  const ends: number[] = [UNAVAILABLE, CANCELLED];
  return new Promise((resolve) => {
    const call = client.makeUnaryRequest(
      QUESTION,
      () => Buffer.alloc(0),
      () => ({}),
      {},
      new lib.Metadata(),
      { deadline: Date.now() + ms },
      (error) => {
        signal.removeEventListener("abort", cancel);
        if (error?.code === DEADLINE_EXCEEDED) return resolve("silent");
        resolve(error && ends.includes(error.code) ? "ended" : "there");
      },
    );
    const cancel = () => call.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
  });
}

export interface SilenceOptions {
  /** Asks, and waits for `limitMs`. */
  ask(): Promise<Answer>;
  /** When the edge was last heard; 0 for never. */
  heardAt(): number;
  /** Its silence is seen to otherwise. */
  isWatched(): boolean;
  /** The edge is there, though it says nothing. */
  answered(): void;
  /** How long each answer is waited for, and the first word at most. */
  limitMs: number;
  /** How often it is asked. */
  everyMs: number;
  signal: AbortSignal;
}

/** Resolves with true when nobody is there; with false when that need not be watched any more. */
export async function isGone(options: SilenceOptions): Promise<boolean> {
  const { ask, answered, heardAt, isWatched, limitMs, everyMs, signal } = options;
  for (let waitMs = Math.min(limitMs, everyMs);; waitMs = everyMs) {
    await pause(waitMs, signal);
    if (signal.aborted || isWatched()) return false;
    const asked = Date.now();
    if (asked - heardAt() < waitMs) continue;
    const answer = await ask();
    if (signal.aborted || isWatched()) return false;
    if (answer === "there") answered();
    else if (answer === "silent" && heardAt() < asked) return true;
  }
}
