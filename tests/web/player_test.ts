/** Films play in a real browser, from bytes that a real data channel brings. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { run } from "../../src/base/command.ts";
import type {} from "../../src/web/main.tsx";
import { chromiumPath, launchBrowser, openPage } from "../helpers/browser.ts";
import { checkExplains, checkPlays } from "../helpers/player_checks.ts";
import { type Film, type PageServer, samples, servePage } from "./page_server.ts";

const ignore = chromiumPath() === undefined;
/** The browser and werift keep timers and sockets a moment longer than a test. */
const options = { ignore, sanitizeOps: false, sanitizeResources: false };

/** One for all tests, once one needs it; each has a page with nothing kept from another one. */
let launched: Promise<Browser> | undefined;
Deno.test.afterAll(async () => await (await launched)?.close());

/** `expected`: what the browser may complain of in its console. */
async function withPage(
  test: (page: Page, server: PageServer) => Promise<void>,
  films = samples,
  expected = /^$/,
) {
  await using server = servePage([...films]);
  const page = await openPage(await (launched ??= launchBrowser()));
  try {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (said) => said.type() === "error" && problems.push(said.text()));
    await page.goto(server.url);
    await test(page, server);
    deepStrictEqual(problems.filter((problem) => !expected.test(problem)), []);
  } finally {
    await page.context().close();
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

Deno.test({
  name: "Many seeks at once end where the last one was aimed",
  ...options,
  fn: () =>
    withPage(async (page) => {
      await page.getByTestId("play-mp4").click();
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);

      const landed = await page.evaluate(async () => {
        const video = document.querySelector("video")!;
        for (const to of [20, 3, 17, 1, 12, 22, 9, 14]) {
          video.currentTime = to;
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
        while (video.seeking) await new Promise((resolve) => setTimeout(resolve, 20));
        return video.currentTime;
      });

      ok(Math.abs(landed - 14) < 1, `landed at ${landed}`);
      await page.waitForFunction(() => document.querySelector("video")!.currentTime > 15);
    }),
});

Deno.test({
  name: "A film plays to its end, and from the start again",
  ...options,
  fn: () =>
    withPage(async (page) => {
      await page.getByTestId("play-webm").click();
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);

      await page.evaluate(() => document.querySelector("video")!.currentTime = 14);
      await page.waitForFunction(() => document.querySelector("video")!.ended);
      await page.evaluate(() => void document.querySelector("video")!.play());

      await page.waitForFunction(() => {
        const { currentTime } = document.querySelector("video")!;
        return currentTime > 0.3 && currentTime < 10;
      });
    }),
});

Deno.test({
  name: "A connection that was lost is opened again when more is wanted",
  ...options,
  ignore: ignore || !await hasFfmpeg(),
  fn: async () => {
    const film = await longFilm();
    await withPage(async (page, server) => {
      await page.getByTestId("play-long").click();
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);

      await server.sessions.closeAll();
      await page.evaluate(() => document.querySelector("video")!.currentTime = 100);
      await page.waitForFunction(() => document.querySelector("video")!.currentTime > 100.5);

      strictEqual(await page.evaluate(() => globalThis.giggityflix.stats().connections), 2);
    }, [film]);
    await Deno.remove(film.path);
  },
});

Deno.test({
  name: "A play that its owner has ended stops, says so, and does not begin again",
  ...options,
  fn: () =>
    withPage(async (page, server) => {
      await page.getByTestId("play-mp4").click();
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);

      const [session] = server.sessions.list();
      const closed = server.sessions.close(session!.sessionId, "the owner has ended it");
      const problem = page.getByTestId("player-error");
      await problem.waitFor();

      strictEqual(await problem.innerText(), "This play is over: the owner has ended it.");
      // What it had read is gone as well: nothing plays on.
      strictEqual(await page.evaluate(() => document.querySelector("video")!.readyState), 0);
      ok(await closed, "the page hangs up");
      strictEqual(server.asked.filter((path) => path === "/api/streams/").length, 1);
    }),
});

Deno.test({
  name: "The player says what went wrong, and Retry plays once it is right",
  ...options,
  fn: () =>
    withPage(
      async (page, server) => {
        await page.getByTestId("item-mp4").waitFor();
        const [film] = server.films.splice(0, 1);
        await page.getByTestId("play-mp4").click();
        const problem = page.getByTestId("player-error");
        await problem.waitFor();
        ok((await problem.innerText()).includes('Cannot find film "mp4"'));

        server.films.unshift(film!);
        await page.getByRole("button", { name: "Retry" }).click();
        await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
      },
      samples,
      /404/,
    ),
});

Deno.test({
  name: "The page follows a scan and the catalogue as they go on",
  ...options,
  fn: () =>
    withPage(async (page, server) => {
      server.films.length = 0;
      await page.reload();
      await page.getByTestId("empty").waitFor();
      ok((await page.getByTestId("empty").innerText()).includes("--media-dir"));

      const data = {
        phase: "hash",
        files: 3,
        "files_total": 12,
        bytes: 4200,
        "bytes_total": 8400,
        path: "/films/a.mkv",
      };
      // The page may be listening a moment later than it shows its first list.
      const progress = page.getByTestId("scan").getByText("3 of 12 files, 4.2 kB of 8.4 kB");
      for (let i = 0; i < 50 && await progress.count() === 0; i++) {
        server.events.publish("scan.progress", data);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      strictEqual(await progress.count(), 1);
      const bar = page.getByRole("progressbar");
      deepStrictEqual(await bar.evaluate((it: HTMLProgressElement) => it.position), 0.5);

      server.events.publish("scan.failed", { reason: "the disk is full" });
      await page.getByTestId("scan").getByText("The scan gave up: the disk is full").waitFor();

      server.films.push(...samples);
      server.events.publish("catalog.changed", {});
      await page.getByTestId("item-mkv").waitFor();
      await page.getByTestId("samples-hint").waitFor();
      await page.getByTestId("ffmpeg-hint").waitFor();
    }),
});

Deno.test({
  name: "The page shows the line that helps, and asks whether files that were not found are gone",
  ...options,
  fn: () =>
    withPage(async (page, server) => {
      const fix = "sudo sysctl -w fs.inotify.max_user_watches=524288";
      server.health.parts = {
        media: { problems: [{ text: "30 files of /films were not found", confirmation: "c1" }] },
        watch: { problems: [{ text: "/films is not watched", fix }] },
      };
      await page.reload();
      const problems = page.getByTestId("problem");
      await problems.nth(1).waitFor();

      strictEqual(await problems.locator("code").innerText(), fix);
      await problems.getByText("They are gone").click();
      await page.waitForFunction(() => !document.querySelector("[data-testid=problem]"));

      ok(server.asked.includes("/api/media/scan/confirmations/c1/confirm"));
    }),
});

Deno.test({
  name: "A peer of another edge says where its films are, and looks whole",
  ...options,
  fn: () =>
    withPage(
      async (page, server) => {
        server.health.parts = { edge: { status: "off" }, link: { address: "192.0.2.7:50051" } };
        server.catalogProblem = "This program is no edge";
        await page.reload();

        const words = page.getByTestId("elsewhere");
        await words.waitFor();

        ok((await words.innerText()).includes("another edge, 192.0.2.7:50051: open the page"));
        strictEqual(await page.getByTestId("catalog-error").count(), 0);
      },
      samples,
      /503/,
    ),
});

Deno.test({
  name: "A page without films says to each what brings some",
  ...options,
  fn: () =>
    withPage(async (page, server) => {
      const words = async (role: Record<string, unknown>) => {
        server.health.parts = { role: { status: "healthy", ...role } };
        await page.reload();
        await page.getByTestId("empty").waitFor();
        return await page.getByTestId("empty").innerText();
      };

      const [guest, edge, peer] = [
        await words({}),
        await words({ name: "edge" }),
        await words({ name: "peer" }),
      ];
      ok(
        /Nothing has been shared with you yet/.test(guest) && !guest.includes("--media-dir"),
        guest,
      );
      ok(/giggityflix peers invite/.test(edge) && !edge.includes("--media-dir"), edge);
      ok(peer.includes("--media-dir"), peer);
    }, []),
});

Deno.test({
  name: "Jumps in a film with an open GOP land and play on",
  ...options,
  ignore: ignore || !await hasFfmpeg(),
}, async (t) => {
  const films = await openGopFilms();
  await withPage(async (page) => {
    for (const { id } of films) await t.step(id, () => checkJumps(page, id));
  }, films);
  for (const { path } of films) await Deno.remove(path);
});

async function checkJumps(page: Page, id: string): Promise<void> {
  await page.getByTestId(`play-${id}`).click();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);

  for (const to of [15, 5.5, 4.05, 20, 8]) {
    await page.evaluate((to) => void (document.querySelector("video")!.currentTime = to), to);
    await page.waitForFunction((to) => {
      const problem = document.querySelector("[data-testid=player-error] p");
      if (problem) throw new Error(problem.textContent);
      const { seeking, currentTime } = document.querySelector("video")!;
      return !seeking && currentTime > to + 0.3 && currentTime < to + 3;
    }, to);
  }
  await page.getByRole("button", { name: "Close the player" }).click();
}

/** Groups of pictures that need the group before them, as in some x264 and Blu-ray films. */
async function openGopFilms(): Promise<Film[]> {
  const [sample] = samples;
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24"];
  const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
  const open = "open-gop=1:keyint=48:bframes=3:scenecut=0";
  const codecs = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-x264-params", open, "-c:a", "aac"];
  const mkv = await Deno.makeTempFile({ suffix: ".mkv" });
  const mp4 = await Deno.makeTempFile({ suffix: ".mp4" });
  const make = (...args: string[]) =>
    run("ffmpeg", ["-v", "error", "-y", ...args], { timeoutMs: 60_000 });
  await make(...picture, ...sound, "-t", "24", ...codecs, "-preset", "superfast", mkv);
  await make("-i", mkv, "-c", "copy", mp4);
  return [["mkv", "matroska", mkv], ["mp4", "mp4", mp4]].map(([id, container, path]) => (
    {
      ...sample!,
      id: id!,
      path: path!,
      title: id!,
      media: { ...sample!.media!, container: container! },
    }
  ));
}

/** Long enough that it is never wholly in the browser: made from a sample, where ffmpeg is. */
async function longFilm(): Promise<Film> {
  const [sample] = samples;
  const path = await Deno.makeTempFile({ suffix: ".mkv" });
  const args = ["-v", "error", "-y", "-stream_loop", "5", "-i", sample!.path, "-c", "copy", path];
  await run("ffmpeg", args);
  return {
    ...sample!,
    id: "long",
    path,
    title: "Long",
    media: { ...sample!.media!, container: "matroska" },
  };
}

function hasFfmpeg(): Promise<boolean> {
  return run("ffmpeg", ["-version"]).then(() => true, () => false);
}
