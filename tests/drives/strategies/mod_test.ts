import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { strategies } from "../../../src/drives/strategies/mod.ts";

Deno.test("every strategy in the folder is in the map, and fallback is last everywhere", () => {
  const folder = new URL("../../../src/drives/strategies/", import.meta.url);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name.replace(".ts", ""))
    .filter((name) => name !== "mod").sort();
  const mapped = new Set(Object.values(strategies).flat().map(({ name }) => name));

  deepStrictEqual([...mapped].sort(), files);
  for (const list of Object.values(strategies)) strictEqual(list.at(-1)?.name, "fallback");
});

// Of a platform that nobody here has, they are written by hand, in the form of real ones.
Deno.test("every strategy but fallback has an answer among the fixtures", () => {
  const fixtures = new URL("../../fixtures/", import.meta.url);
  for (const { name, parse } of Object.values(strategies).flat()) {
    if (name === "fallback") continue;
    const recorded = [...Deno.readDirSync(new URL(`${name}/`, fixtures))]
      .filter((file) => /^(recorded|written)_.*\.(json|plist)$/.test(file.name));
    ok(recorded.length > 0, name);
    for (const file of recorded) {
      const text = Deno.readTextFileSync(new URL(`${name}/${file.name}`, fixtures));
      ok(parse([{ text }]).drives.length > 0, file.name);
    }
  }
});
