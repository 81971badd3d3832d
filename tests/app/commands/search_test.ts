import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { runCommand, startAgent, untilScanned } from "../../helpers/agent.ts";
import { tempDir } from "../../helpers/temp.ts";

Deno.test("search answers alike from a running agent and from the data folder alone", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const query = ["search", "codec:avc OR codec:vp9", "--sort", "title", "--facets", "codec"];
  const said: { title: string }[][] = [];
  {
    await using agent = await startAgent({ dataDir });
    await untilScanned(agent);
    const deadline = performance.now() + 20_000;
    let result = { items: [] as { title: string }[], indexing: 1 };
    while (result.indexing > 0 && performance.now() < deadline) {
      const { stdout, stderr } = await runCommand([...query, "--json"], { dataDir });
      strictEqual(stderr, "");
      result = JSON.parse(stdout);
    }
    said.push(result.items);
  }

  const alone = await runCommand([...query, "--json"], { dataDir });
  const shown = await runCommand(query, { dataDir });
  const wrong = await runCommand(["search", "colour:red"], { dataDir });
  const tooMany = await runCommand(["search", "x", "--limit", "501"], { dataDir });

  const result = JSON.parse(alone.stdout);
  said.push(result.items);
  deepStrictEqual(said[1]!.map(({ title }) => title), said[0]!.map(({ title }) => title));
  strictEqual(said[0]!.length, 3, "of the samples");
  deepStrictEqual(result.total, { value: 3, relation: "exactly" });
  match(shown.stdout, /YEAR +LENGTH[^]*3 of 3\ncodec: avc \(2\), vp9 \(1\)/);
  deepStrictEqual([wrong.code, tooMany.code], [2, 2]);
  match(wrong.stderr, /at 1: there is no filter "colour"/);
});
