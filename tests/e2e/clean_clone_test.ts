/**
 * The README's first command, as a newcomer runs it: a clean clone, an empty home, nothing on PATH
 * but Node.js and npm.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { dirname } from "node:path";
import { findProgram } from "../../scripts/run.ts";
import { startAgent, untilCataloged, untilScanned } from "../helpers/agent.ts";
import { chromiumPath, launchBrowser, openPage } from "../helpers/browser.ts";
import { checkExplains, checkPlays } from "../helpers/player_checks.ts";
import { say } from "../helpers/say.ts";
import { tempDir } from "../helpers/temp.ts";

const [npx, node, git] = ["npx", "node", "git"].map(findProgram);

/** Whether packages can be had: without them a clean clone runs nowhere. */
async function hasRegistry(): Promise<boolean> {
  if (!npx || !node || !git) return false;
  const { success } = await new Deno.Command(npx, { args: ["-y", "deno@2.9.4", "--version"] })
    .output();
  return success;
}

/** How this machine reaches the registry: proxies, and whose certificates it trusts. */
function networkSettings(): Record<string, string> {
  const isOne =
    /^(https?_proxy|no_proxy|npm_config_.*|node_extra_ca_certs|ssl_cert_.*|deno_(cert|tls_ca_store))$/i;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => isOne.test(name)),
  );
}

Deno.test({
  name: "the first command works from a clean clone with nothing but Node.js and npm",
  ignore: chromiumPath() === undefined || !await hasRegistry(),
  // The browser's pipes outlive its close() by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using folder = await tempDir();
    const clone = `${folder.path}/clone`;
    const { success } = await new Deno.Command(git!, {
      args: ["clone", "--quiet", Deno.cwd(), clone],
    }).output();
    ok(success);
    // npm runs `sh`, and `env` finds node for it: they, too, come with every machine.
    const bin = `${folder.path}/bin`;
    await Deno.mkdir(bin);
    await Deno.symlink("/bin/sh", `${bin}/sh`);
    await Deno.mkdir(`${folder.path}/home`);

    const started = performance.now();
    await using agent = await startAgent({
      program: { command: npx!, args: ["-y", "deno@2.9.4", "task"] },
      dataDir: `${folder.path}/home`,
      cwd: clone,
      env: {
        ...networkSettings(),
        HOME: `${folder.path}/home`,
        PATH: [...new Set([npx!, node!].map((path) => dirname(path))), bin].join(":"),
        DATA_DIR: "",
        HTTP_PORT: "0",
      },
      limitMs: 240_000,
    });
    say(`from nothing to listening: ${Math.round((performance.now() - started) / 1000)} s`);
    await untilScanned(agent);
    // npx and the task runner stand between: the program itself is told to end.
    const { pid } = JSON.parse(
      await Deno.readTextFile(`${folder.path}/home/.giggityflix/agent.json`),
    );
    await using _end = { [Symbol.asyncDispose]: () => Promise.resolve(Deno.kill(pid, "SIGTERM")) };
    ok((await Deno.stat(`${folder.path}/home/.giggityflix/peer_id`)).isFile);

    const titles = await untilCataloged(agent, agent);
    const browser = await launchBrowser();
    try {
      const page = await openPage(browser);
      await page.goto(agent.url);
      // That the sources play the others as well is shown in play_test.ts.
      await checkPlays(page, titles.get("mp4")!);
      await checkExplains(page, titles.get("avi")!, /AVI/);
    } finally {
      await browser.close();
    }
  },
});
