/** Films play in a real browser, from bytes that a real data channel brings. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { chromiumPath, launchBrowser, openPage } from "../helpers/browser.ts";
import { checkExplains, checkPlays } from "../helpers/player_checks.ts";
import { type PageServer, samples, servePage } from "./page_server.ts";

const ignore = chromiumPath() === undefined;
/** The browser and werift keep timers and sockets a moment longer than a test. */
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

async function withPage(test: (page: Page, server: PageServer) => Promise<void>, films = samples) {
  await using server = servePage([...films]);
  const browser = await launchBrowser();
  try {
    const page = await openPage(browser);
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (said) => said.type() === "error" && problems.push(said.text()));
    await page.goto(server.url);
    await test(page, server);
    deepStrictEqual(problems, []);
  } finally {
    await browser.close();
  }
}

for (const [id, name] of [["mp4", "MP4"], ["mkv", "Matroska"], ["webm", "WebM"]] as const) {
  Deno.test({
    name: `A browser plays and seeks the ${name} sample over the data channel`,
    ...options,
    fn: () =>
      withPage(async (page, server) => {
        await checkPlays(page, id);

        // Closing the player closes its session on the peer.
        await page.waitForFunction(() => !document.querySelector("dialog"));
        for (let i = 0; i < 100 && server.sessions.list().length > 0; i++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        strictEqual(server.sessions.list().length, 0);
      }),
  });
}

Deno.test({
  name: "The page says before playing why the AVI sample cannot be played",
  ...options,
  fn: () =>
    withPage(async (page) => {
      await checkExplains(page, "avi", /cannot read AVI files.*mpeg4 is not supported/);
    }),
});
