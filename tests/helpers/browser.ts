/** A real Chromium for tests, where this machine has one. @module */
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import process from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Where Chromium is; undefined when it is not installed. CHROMIUM names another place. */
export function chromiumPath(): string | undefined {
  return [process.env.CHROMIUM, ...places].find((path) => path && existsSync(path));
}

/** Nothing special for WebRTC: what plays here must play in a browser as it is installed. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** Whether there is more than loopback. */
const hasNetwork = Object.values(networkInterfaces()).flat().some((card) => card && !card.internal);

/**
 * Starts it without a window; the caller closes it. On a machine with nothing but loopback
 * Chromium offers no address at all, unless it is told to, and may use camera and microphone.
 */
export function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error("Cannot start a browser: Chromium is not installed");
  const more = hasNetwork ? [] : ["--allow-loopback-in-peer-connection"];
  return chromium.launch({ executablePath, args: [...args, ...more] });
}

/** A page of its own, with nothing kept from another one. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  if (!hasNetwork) await context.grantPermissions(["camera", "microphone"]);
  return await context.newPage();
}
