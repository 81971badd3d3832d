/**
 * Packages that are loaded late, as the executable finds them: its bundler gives those in CommonJS
 * nothing but "default", while the sources would find their names too.
 *
 * @module
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path/posix";

/** `const { a, b } = await import("package")`, not of a file of ours. */
const LATE = /\{ ([^{}]+?)(?:: \{[^}]*\})? \} = await import\(\s*"([^".][^"]*)"/g;

Deno.test("what is loaded late from CommonJS is taken from its default", async () => {
  const faults: string[] = [];
  let found = 0;
  for await (const path of sources("src")) {
    for (const [, names, name] of (await Deno.readTextFile(path)).matchAll(LATE)) {
      const isCommonJs = "module.exports" in await import(name!);
      found++;
      if (isCommonJs && !/^default\b/.test(names!)) faults.push(`${path}: { ${names} } of ${name}`);
    }
  }

  ok(found > 6, "it looked at the imports");
  deepStrictEqual(faults, []);
});

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (path.endsWith(".ts")) yield path;
  }
}
