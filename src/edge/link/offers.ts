/**
 * Files without a catalogue id, offered to the edge until each has one or the edge does not want it.
 *
 * @module
 */
import { reasonOf } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { batches, textBytes } from "../batches.ts";
import type { Conversation } from "../conversation.ts";
import type { LinkLibrary } from "../deps.ts";
import type { EdgeMessage, PeerMessage } from "../messages.ts";

export interface OffersDeps {
  library: Pick<LinkLibrary, "unoffered">;
  conversation: Conversation<EdgeMessage, PeerMessage>;
  timeoutMs: number;
  log: Log;
}

/** Files offered at once. */
const OFFER_FILES = 1000;

export class Offers {
  /** The paths of the last offer, as they were sent. */
  readonly paths = new Set<string>();
  readonly #deps: OffersDeps;

  constructor(deps: OffersDeps) {
    this.#deps = deps;
  }

  /** Offers every file without an id; the handler of the answers stores them. */
  async send(): Promise<void> {
    const { library, conversation, timeoutMs, log } = this.#deps;
    for (let before = ""; !conversation.signal.aborted;) {
      const [files] = batches(
        library.unoffered(OFFER_FILES),
        OFFER_FILES,
        ({ relativePath }) => textBytes(relativePath) + 16,
      );
      // The edge keeps what it was offered, or it does not want it: not asked twice.
      if (!files || files[0]?.relativePath === before) return;
      before = files[0]?.relativePath ?? "";
      this.paths.clear();
      for (const { relativePath } of files) this.paths.add(relativePath);
      const payload = { case: "batchFileOffer", value: { files } } as const;
      try {
        await conversation.ask({ requestId: crypto.randomUUID(), payload }, timeoutMs);
      } catch (error) {
        log.info("The edge has not answered the offer of files: it will be repeated", {
          files: files.length,
          reason: reasonOf(error),
        });
        return;
      }
    }
  }
}
