/**
 * The whole path: one command, one film, one browser. From the sources and from the executable.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Page } from "playwright-core";
import {
  executablePath,
  fromSource,
  listAll,
  type MediaItem,
  type Program,
  type RunningAgent,
  startAgent,
  untilCataloged,
} from "../helpers/agent.ts";
import { say } from "../helpers/say.ts";
import { chromiumPath, launchBrowser, openPage } from "../helpers/browser.ts";
import { checkExplains, checkPlays } from "../helpers/player_checks.ts";

const noBrowser = chromiumPath() === undefined;
// The browser's pipes outlive its close() by a moment.
const lenient = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "start on an empty data folder serves a page on which every sample plays and seeks",
  ignore: noBrowser,
  ...lenient,
  fn: async () => void await playSamples(fromSource()),
});

Deno.test({
  name: "the executable alone in an empty folder does the same",
  ignore: noBrowser || !existsSync(executablePath),
  ...lenient,
  fn: async () => {
    const { size } = await Deno.stat(executablePath);
    const folder = await Deno.makeTempDir({ prefix: "giggityflix-alone-" });
    await Deno.copyFile(executablePath, `${folder}/giggityflix`);

    const startedMs = await playSamples({ command: `${folder}/giggityflix`, args: [] }, folder);

    say(
      `executable: ${(size / 1e6).toFixed(1)} MB (goal 150), ` +
        `${(startedMs / 1000).toFixed(2)} s to listening (goal 0.5)`,
    );
    ok(size < 150e6, `${size} bytes`);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "a film plays from a peer through an edge in another process",
  ignore: noBrowser,
  ...lenient,
  fn: async () => {
    const [edgeDir, peerDir] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    await using edge = await startAgent({ role: "edge", dataDir: edgeDir });
    const address = await edgeAddress(edge);
    await using peer = await startAgent({ dataDir: peerDir, env: { EDGE_GRPC_ADDRESS: address } });
    const titles = await untilCataloged(edge, peer);

    const refused = await fetch(`${peer.url}/api/catalog/`);
    strictEqual(refused.status, 503);
    await refused.body?.cancel();
    await withPage(edge, async (page) => {
      await checkPlays(page, titles.get("mp4")!);
    });
  },
});

async function playSamples(program: Program, cwd?: string): Promise<number> {
  const dataDir = await Deno.makeTempDir({ prefix: "giggityflix-empty-home-" });
  await using agent = await startAgent({ program, dataDir, ...cwd !== undefined && { cwd } });
  const titles = await untilCataloged(agent, agent);

  await withPage(agent, async (page) => {
    for (const container of ["mp4", "matroska", "webm"]) {
      const { startMs, seekMs } = await checkPlays(page, titles.get(container)!);
      say(`${container}: first picture ${Math.round(startMs)} ms, seeks ${seekMs} ms`);
    }
    await checkExplains(page, titles.get("avi")!, /AVI/);
  });
  await checkRange(agent);
  return agent.startedMs;
}

/** The same bytes over HTTP as on the disk. */
async function checkRange(agent: RunningAgent): Promise<void> {
  for (const { id, root, relative_path: name } of await listAll<MediaItem>(agent, "/api/media/")) {
    const bytes = await Deno.readFile(`${root}/${name}`);
    const [start, end] = [1000, bytes.length - 777];

    const response = await fetch(`${agent.url}/api/media/${id}/file`, {
      headers: { range: `bytes=${start}-${end}` },
    });

    strictEqual(response.status, 206);
    strictEqual(response.headers.get("content-range"), `bytes ${start}-${end}/${bytes.length}`);
    const got = new Uint8Array(await response.arrayBuffer());
    ok(got.every((byte, at) => byte === bytes[start + at]) && got.length === end - start + 1);
  }
}

async function edgeAddress(edge: RunningAgent): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const address = /listens for peers at (\S+)/.exec(edge.output())?.[1];
    if (address) return address;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The edge does not listen for peers:\n${edge.output()}`);
}

async function withPage(agent: RunningAgent, test: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await openPage(browser);
    const foreign: string[] = [];
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(agent.url) && !url.startsWith("blob:")) foreign.push(url);
    });
    await page.goto(agent.url);
    await test(page);
    strictEqual(foreign.join(), "", "the page asks nobody else");
  } finally {
    await browser.close();
  }
}
