/**
 * Pictures made anew by ffmpeg: whatever was hidden in the old one is not in the new one.
 *
 * @module
 */
import { join } from "node:path";
import { CommandError, type Run } from "../../../../base/command.ts";
import type { Log } from "../../../../base/log.ts";
import { Semaphore } from "../../../../pool/mod.ts";
import { cannot, type Cleaned } from "./cleaned.ts";
import { cleanJpeg } from "./jpeg.ts";

export type Encode = (picture: Cleaned, signal: AbortSignal) => Promise<Cleaned>;

/** A frame of any film, and no more. */
const MAX_SIDE = 1920;
const LIMIT_MS = 20_000;
/** Of one core each. */
const AT_ONCE = 2;
/** How long "there is no ffmpeg" is believed. */
const ABSENT_MS = 600_000;

/** The one way to read each kind: ffmpeg guesses nothing, and opens no other file. */
const readers = { jpg: "jpeg_pipe", png: "png_pipe", webp: "webp_pipe" };

/** Without ffmpeg pictures stay as they were cleaned. */
export function openEncoder(run: Run, log: Log): Encode {
  const turns = new Semaphore(AT_ONCE);
  let absentUntil = 0;
  return async (picture, signal) => {
    if (Date.now() < absentUntil) return picture;
    using _turn = await turns.acquire({ signal });
    const dir = await Deno.makeTempDir({ prefix: "giggityflix-picture-" });
    try {
      const [from, to] = [join(dir, "from"), join(dir, "to.jpg")];
      await Deno.writeFile(from, picture.bytes);
      const fit = `scale=${MAX_SIDE}:${MAX_SIDE}:force_original_aspect_ratio=decrease`;
      const isLarge = Math.max(picture.width, picture.height) > MAX_SIDE;
      await run("ffmpeg", [
        ...["-nostdin", "-v", "error", "-xerror", "-threads", "1", "-protocol_whitelist", "file"],
        ...["-f", readers[picture.extension], "-i", `file:${from}`],
        ...["-map", "0:v:0", "-map_metadata", "-1", "-frames:v", "1", "-threads", "1"],
        ...isLarge ? ["-vf", fit] : [],
        ...["-pix_fmt", "yuvj420p", "-q:v", "3", "-f", "mjpeg", `file:${to}`],
      ], { signal, timeoutMs: LIMIT_MS });
      return cleanJpeg(await Deno.readFile(to));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.details.missing) {
        absentUntil = Date.now() + ABSENT_MS;
        log.info("Screenshots are kept as they come, cleaned: there is no ffmpeg");
        return picture;
      }
      if (typeof error.details.code !== "number") throw error;
      throw cannot("it cannot be decoded");
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  };
}
