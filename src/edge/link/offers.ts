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
import type { EdgeMessage, OfferedFile, PeerMessage } from "../messages.ts";

export interface OffersDeps {
  library: Pick<LinkLibrary, "unoffered">;
  conversation: Conversation<EdgeMessage, PeerMessage>;
  timeoutMs: number;
  log: Log;
}

/** Files offered at once. */
const OFFER_FILES = 1000;
/** Files that the edge does not want, before the rest waits for the next time. */
const MAX_REFUSED = 20_000;

export class Offers {
  /** The paths of the last offer, as they were sent. */
  readonly paths = new Set<string>();
  readonly #deps: OffersDeps;

  constructor(deps: OffersDeps) {
    this.#deps = deps;
  }

  /** Offers every file without an id; the handler of the answers stores them. */
  async send(): Promise<void> {
    const { conversation, timeoutMs, log } = this.#deps;
    // What the edge does not want must not stand in the way of the rest, nor be offered for ever.
    const refused = new Set<string>();
    let last: readonly OfferedFile[] = [];
    while (!conversation.signal.aborted && refused.size < MAX_REFUSED) {
      const files = this.#next(refused, last);
      if (!files) break;
      last = files;
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
    if (refused.size > 0) log.debug("The edge did not take files", { files: refused.size });
  }

  /** Files that were not offered before, or were given an id; what is left of the last is refused. */
  #next(refused: Set<string>, last: readonly OfferedFile[]): OfferedFile[] | undefined {
    const left = this.#deps.library.unoffered(OFFER_FILES + refused.size + last.length);
    const offered = new Set(last.map(({ relativePath }) => relativePath));
    for (const { relativePath } of left) if (offered.has(relativePath)) refused.add(relativePath);
    const fresh = left.filter(({ relativePath }) => !refused.has(relativePath));
    const bytesOf = ({ relativePath }: OfferedFile) => textBytes(relativePath) + 16;
    const [files] = batches(fresh, OFFER_FILES, bytesOf);
    return files;
  }
}
