/**
 * What an edge of the published protocol is told of viewers that this peer has by itself: the unary
 * WebRTCOperations, message types as declared, as the original peer calls it. Nothing waits for it: the
 * original edge fails each of these calls, and the film plays all the same.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { isUndecodable } from "../codec.ts";
import type { LinkSettings } from "../deps.ts";
import type { EdgeWebRTCMessage } from "../messages.ts";
import type { Client, Grpc } from "../proto.ts";

export type ViewerWord = NonNullable<EdgeWebRTCMessage["payload"]>;

export interface ViewersOptions {
  settings: Pick<LinkSettings, "peerId" | "timeoutSec">;
  /** Aborts when the stream has ended. */
  signal: AbortSignal;
  /** The edge has forgotten this peer, though its stream is open. */
  forgotten(): void;
  log: Log;
}

/** Words that wait for those before them; what is more is not told. */
const MAX_WAITING = 100;

/** Tells one after the other: of a session the answer comes after its request. */
export function tellOfViewers(
  grpc: Grpc,
  client: Client,
  { settings: { peerId, timeoutSec }, signal, forgotten, log }: ViewersOptions,
): (word: ViewerWord) => void {
  let last = Promise.resolve();
  let waiting = 0;

  const tell = async (payload: ViewerWord) => {
    const { sessionId } = payload.value;
    const note = (reason: string) =>
      log.debug("The edge did not take what it was told of a viewer", { sessionId, reason });
    try {
      const requestId = crypto.randomUUID();
      const reply = await grpc.signal(client, peerId, { requestId, payload }, timeoutSec * 1000);
      if (isUndecodable(reply)) return note(reply.undecodable);
      const said = reply.payload;
      if (said?.case === "streamSessionResponse" && said.value.error) note(said.value.error);
    } catch (error) {
      if (signal.aborted) return;
      const { code } = error as { code?: number };
      if (code === grpc.lib.status.FAILED_PRECONDITION) forgotten();
      else note(reasonOf(error));
    }
  };

  return (word) => {
    if (waiting >= MAX_WAITING || signal.aborted) return;
    waiting++;
    last = last.then(() => signal.aborted ? undefined : tell(word)).finally(() => waiting--);
  };
}
