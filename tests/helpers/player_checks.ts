/**
 * What "it plays" means, checked in a real browser on whatever serves the page.
 *
 * @module
 */
import { notStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";

const TIMEOUT = { timeout: 20_000 };

export interface Played {
  bytesOverChannel: number;
  durationSeconds: number;
  /** Milliseconds from the click to the first picture, and from a seek to its picture. */
  startMs: number;
  seekMs: number[];
}

/**
 * Plays a film of the open page: time goes on, the picture changes, seeks forward and backward
 * land where they were aimed and play on, and the bytes came over the data channel.
 */
export async function checkPlays(page: Page, catalogId: string): Promise<Played> {
  const overHttp: string[] = [];
  const watch = (request: { url(): string; resourceType(): string }) => {
    const url = request.url();
    const isMedia = request.resourceType() === "media" || /\/api\/media\//.test(url);
    if (isMedia && !url.startsWith("blob:")) overHttp.push(url);
  };
  page.on("request", watch);
  const before = await statsOf(page);

  const started = performance.now();
  await page.getByTestId(`play-${catalogId}`).click(TIMEOUT);
  await untilPast(page, 0.3);
  const startMs = performance.now() - started;
  await checkPictureChanges(page);
  const durationSeconds = await page.evaluate(() => document.querySelector("video")!.duration);
  ok(durationSeconds > 5 && durationSeconds < 1e6, `the duration is ${durationSeconds}`);

  const seekMs = [
    await checkSeek(page, durationSeconds * 0.7),
    await checkSeek(page, durationSeconds * 0.2),
  ];
  const after = await statsOf(page);
  strictEqual(after.bytesOverHttp, 0);
  strictEqual(overHttp.join(), "");
  const bytesOverChannel = after.bytesOverChannel - before.bytesOverChannel;
  ok(bytesOverChannel > 100_000, `${bytesOverChannel} bytes came over the data channel`);

  page.off("request", watch);
  await page.getByRole("button", { name: "Close the player" }).click(TIMEOUT);
  await page.getByTestId("player").waitFor({ state: "detached", ...TIMEOUT });
  return { bytesOverChannel, durationSeconds, startMs, seekMs };
}

/** The film cannot be played here, and the page says why before anybody tries. */
export async function checkExplains(page: Page, catalogId: string, why: RegExp): Promise<void> {
  const button = page.getByTestId(`play-${catalogId}`);
  const reason = page.getByTestId(`why-${catalogId}`);
  await reason.waitFor({ state: "visible", ...TIMEOUT });

  strictEqual(await button.isDisabled(), true);
  strictEqual(await button.getAttribute("aria-describedby"), await reason.getAttribute("id"));
  ok(why.test(await reason.innerText()), await reason.innerText());
}

async function checkSeek(page: Page, seconds: number): Promise<number> {
  const started = performance.now();
  const landed = await page.evaluate(async (to) => {
    const video = document.querySelector("video")!;
    const seeked = new Promise((resolve) => {
      video.addEventListener("seeked", resolve, { once: true });
    });
    video.currentTime = to;
    await Promise.race([seeked, new Promise((resolve) => setTimeout(resolve, 15_000))]);
    return video.seeking ? NaN : video.currentTime;
  }, seconds);
  const tookMs = performance.now() - started;

  ok(Math.abs(landed - seconds) < 1, `a seek to ${seconds} landed at ${landed}`);
  await untilPast(page, landed + 0.5);
  await checkPictureChanges(page);
  return tookMs;
}

/** Waits until the film has played beyond `seconds`; the page's own words when it does not. */
async function untilPast(page: Page, seconds: number): Promise<void> {
  await page.waitForFunction(
    (time) => {
      const error = document.querySelector("[data-testid=player-error] p");
      if (error) throw new Error(`The player says: ${error.textContent}`);
      const video = document.querySelector("video");
      return video && !video.seeking && video.currentTime > time;
    },
    seconds,
    TIMEOUT,
  );
}

async function checkPictureChanges(page: Page): Promise<void> {
  const first = await picture(page);
  const from = await page.evaluate(() => document.querySelector("video")!.currentTime);
  await untilPast(page, from + 0.4);
  const second = await picture(page);

  ok(first.colours > 1, "the picture has only one colour");
  notStrictEqual(second.pixels, first.pixels, "the picture does not change");
}

/** The frame that is shown now, drawn on a canvas. */
function picture(page: Page): Promise<{ pixels: string; colours: number }> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext("2d")!;
    context.drawImage(document.querySelector("video")!, 0, 0, canvas.width, canvas.height);
    const data = Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data);
    const colours = new Set(data.flatMap((red, i) => i % 4 ? [] : [red * 256 + data[i + 1]!]));
    return { pixels: data.join(), colours: colours.size };
  });
}

function statsOf(page: Page): Promise<{ bytesOverChannel: number; bytesOverHttp: number }> {
  return page.evaluate(() => {
    const page = globalThis as unknown as {
      giggityflix: { stats(): { bytesOverChannel: number; bytesOverHttp: number } };
    };
    return page.giggityflix.stats();
  });
}
