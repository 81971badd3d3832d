/**
 * An upload of a peer: its token, then its pictures, and all of it or nothing. The order is that of
 * cost: who has no good token has nothing read of what they send.
 *
 * @module
 */
import { InvalidError, UnavailableError } from "../../../base/errors.ts";
import type { Publish } from "../../../base/events.ts";
import type { Log } from "../../../base/log.ts";
import { Semaphore } from "../../../pool/mod.ts";
import { answers, Refusal, type UploadAnswer } from "./answers.ts";
import type { Gallery } from "./gallery/gallery.ts";
import type { GalleryStore, PictureRow } from "./gallery/store.ts";
import type { Encode } from "./pictures/encode.ts";
import {
  boundaryOf,
  clean,
  type Cleaned,
  isPicture,
  MAGIC_BYTES,
  readParts,
  TooLongError,
} from "./pictures/mod.ts";
import type { RequestStore, TokenRow } from "./requests/store.ts";
import type { Claims, Tokens } from "./requests/tokens.ts";

export interface UploadOptions {
  store: RequestStore;
  rows: GalleryStore;
  tokens: Tokens;
  gallery: Gallery;
  encode: Encode;
  urlOf(picture: PictureRow): string;
  publish: Publish;
  /** So many pictures have come. */
  stored?(count: number): void;
  log: Log;
  /** Milliseconds for all of a body; 60,000 unless said. */
  bodyMs?: number | undefined;
}

export interface UploadRequest {
  /** Of the address. */
  catalogId: string;
  header(name: "authorization" | "content-type" | "content-length"): string | undefined;
  body: ReadableStream<Uint8Array> | null;
}

/** One frame, of 4K at that. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
export const MAX_BODY_BYTES = 24 * 1024 * 1024;
/** Bodies in memory at once; who comes then is told to come again. */
const MAX_AT_ONCE = 4;

export class Uploads {
  readonly #turns = new Semaphore(MAX_AT_ONCE);

  constructor(readonly options: UploadOptions) {}

  /** Never throws: what went wrong is in the answer, and in the log. */
  async take(request: UploadRequest, signal: AbortSignal): Promise<UploadAnswer> {
    const { log } = this.options;
    const { catalogId } = request;
    try {
      return await this.#take(request, signal);
    } catch (error) {
      if (error instanceof Refusal) {
        log.info("An upload was refused", { catalogId, ...error.answer.body });
        return error.answer;
      }
      const isLater = error instanceof UnavailableError;
      log[isLater ? "warn" : "error"]("An upload failed", { catalogId, error });
      return isLater ? answers.notNow : answers.broken;
    } finally {
      // What is left of it is not waited for.
      if (request.body && !request.body.locked) await request.body.cancel().catch(() => {});
    }
  }

  async #take(request: UploadRequest, signal: AbortSignal): Promise<UploadAnswer> {
    const { store, rows, gallery, publish, log, urlOf } = this.options;
    const claims = await this.#admit(request);
    const { requestId, catalogId, peerId, tokenId } = claims;
    const token = await this.#assertOpen(claims);
    if (this.#turns.held >= MAX_AT_ONCE) throw new Refusal(answers.busy);
    using _turn = await this.#turns.acquire({ signal });
    const pictures = await this.#read(request, token.request.quantity, signal);

    const [now, made] = [Date.now(), [] as PictureRow[]];
    for (const [position, picture] of pictures.entries()) {
      const { extension, width, height, bytes } = picture;
      const { hash } = await gallery.put(picture);
      made.push({
        ...{ catalogId, hash, extension, width, height, requestId, position },
        sizeBytes: bytes.length,
        createdAt: new Date(now).toISOString(),
      });
    }
    const hashes = made.map((it) => it.hash);
    const isStored = await store.complete(
      { tokenId, requestId, peerId, hashes },
      now,
      async (tx) => {
        for (const it of made) await rows.add(tx, it, now);
      },
    );
    if (!isStored) {
      await this.#assertOpen(claims);
      throw new Refusal(answers.noToken);
    }
    this.options.stored?.(made.length);
    const screenshotUrls = made.map(urlOf);
    log.info("Screenshots have come", { catalogId, requestId, peerId, count: made.length });
    publish("screenshots.completed", {
      ...{ catalogId, requestId, screenshotUrls, peerId },
      status: "completed",
    });
    await gallery.evict().catch((error) => log.warn("Cannot make room", { error }));
    return answers.stored(catalogId, screenshotUrls);
  }

  /** By its headers alone. */
  async #admit({ catalogId, header }: UploadRequest): Promise<Claims> {
    const authorization = header("authorization");
    if (authorization === undefined) throw new Refusal(answers.noHeader);
    if (!authorization.startsWith("Bearer ")) throw new Refusal(answers.noBearer);
    const claims = await this.options.tokens.read(authorization.slice("Bearer ".length));
    if (!claims) throw new Refusal(answers.noToken);
    if (claims.catalogId !== catalogId) throw new Refusal(answers.otherTitle);
    return claims;
  }

  /** That the token is one of ours, was not used, and is still for something. */
  async #assertOpen(claims: Claims): Promise<TokenRow> {
    const token = await this.options.store.findToken(claims.tokenId);
    const isSame = token?.peerId === claims.peerId &&
      token.request.requestId === claims.requestId && token.request.catalogId === claims.catalogId;
    if (!token || !isSame) throw new Refusal(answers.noToken);
    if (token.isUsed) throw new Refusal(answers.used);
    if (token.request.state === "completed") throw new Refusal(answers.otherPeer);
    if (token.request.state === "failed") throw new Refusal(answers.noToken);
    return token;
  }

  async #read(
    { header, body }: UploadRequest,
    quantity: number,
    signal: AbortSignal,
  ): Promise<Cleaned[]> {
    const boundary = boundaryOf(header("content-type"));
    if (boundary === undefined || !body) throw new Refusal(answers.noFiles);
    const told = Number(header("content-length") ?? 0);
    if (told > MAX_BODY_BYTES) {
      throw new Refusal(answers.tooLong(`It may have ${MAX_BODY_BYTES} bytes`));
    }
    const files = await this.#files(body, boundary, quantity);
    if (files.length === 0) throw new Refusal(answers.noFiles);
    const pictures: Cleaned[] = [];
    for (const [index, bytes] of files.entries()) {
      try {
        pictures.push(await this.options.encode(clean(bytes), signal));
      } catch (error) {
        if (!(error instanceof InvalidError)) throw error;
        throw new Refusal(answers.badFile(index, error.message));
      }
    }
    return pictures;
  }

  /** The parts called "files"; any other is passed over. */
  async #files(body: ReadableStream<Uint8Array>, boundary: string, quantity: number) {
    const { bodyMs = 60_000 } = this.options;
    const files: Uint8Array[] = [];
    const check = (name: string, first: Uint8Array) => {
      if (name !== "files") return;
      if (files.length >= quantity) throw new Refusal(answers.tooMany(quantity));
      if (isPicture(first)) return;
      throw new Refusal(answers.badFile(files.length, "It is no JPEG, PNG or WebP"));
    };
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Refusal(answers.slow)), bodyMs);
    try {
      const timed = body.pipeThrough(new TransformStream(), { signal: late.signal });
      const limits = {
        bodyBytes: MAX_BODY_BYTES,
        partBytes: MAX_FILE_BYTES,
        begins: { bytes: MAGIC_BYTES, check },
      };
      for await (const { name, bytes } of readParts(timed, boundary, limits)) {
        if (name === "files") files.push(bytes);
      }
      return files;
    } catch (error) {
      if (error instanceof TooLongError) throw new Refusal(answers.tooLong(error.message));
      if (error instanceof InvalidError) throw new Refusal(answers.badBody(error.message));
      if (error instanceof Refusal) throw error;
      // The peer has gone in the middle; nobody reads this answer.
      throw new Refusal(answers.badBody("The body was cut off"));
    } finally {
      clearTimeout(timer);
    }
  }
}
