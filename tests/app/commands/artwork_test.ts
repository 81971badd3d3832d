import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { runCommand, startAgent, untilScanned } from "../../helpers/agent.ts";
import { has } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";

const ignore = !await has("ffmpeg", "-version");

Deno.test({
  name: "artwork make makes all pictures where no agent runs; an agent shows them",
  ignore,
}, async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  await runCommand(["scan"], { dataDir });

  const made = await runCommand(["artwork", "make", "--json"], { dataDir });
  const wrong = await runCommand(["artwork", "make", "nope"], { dataDir });
  await using agent = await startAgent({ dataDir });
  await untilScanned(agent);
  const shown = await runCommand(["artwork", "--json"], { dataDir });
  const plain = await runCommand(["artwork"], { dataDir });

  const { ffmpeg, cache_bytes: bytes } = JSON.parse(made.stdout);
  ok(ffmpeg && bytes > 100_000, made.stdout);
  strictEqual(wrong.code, 4);
  deepStrictEqual(JSON.parse(shown.stdout), JSON.parse(made.stdout));
  match(plain.stdout, /KiB of .* are taken by pictures/);
});

Deno.test(
  { name: "with ARTWORK=all an agent makes the pictures of all files by itself", ignore },
  async () => {
    await using dir = await tempDir();
    const env = { ARTWORK: "all" };
    await using agent = await startAgent({ dataDir: `${dir.path}/data`, env });
    await untilScanned(agent);

    const deadline = performance.now() + 60_000;
    let screenshots = 0;
    while (screenshots < 40 && performance.now() < deadline) {
      const page = await fetch(`${agent.url}/api/assets/?kind=screenshot&limit=100`);
      screenshots = (await page.json()).items.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }

    strictEqual(screenshots, 40, "ten of each of the four samples");
  },
);
