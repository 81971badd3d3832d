import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { type ConfigTexts, loadConfig, readEnvironment } from "../../src/config/mod.ts";

const load = (texts: Partial<ConfigTexts>) =>
  loadConfig({ stored: {}, environment: {}, flag: {}, ...texts });

Deno.test("the strongest source wins: flag, environment, stored, default", () => {
  const stored = { "http_port": "9001" };
  const environment = { HTTP_PORT: "9002" };
  const flag = { httpPort: "9003" };
  const cases = [
    [{}, 8080, "default"],
    [{ stored }, 9001, "stored"],
    [{ stored, environment }, 9002, "environment"],
    [{ stored, environment, flag }, 9003, "flag"],
    [{ stored, flag }, 9003, "flag"],
    [{ environment: { GIGGITYFLIX_HTTP_PORT: "9004" } }, 9004, "environment"],
    [{ environment: { HTTP_PORT: "", GIGGITYFLIX_HTTP_PORT: "9004" } }, 9004, "environment"],
    [{ stored, environment: { HTTP_PORT: "" } }, 9001, "stored"],
  ] as const;

  for (const [texts, value, source] of cases) {
    const { values, from } = load(texts);
    deepStrictEqual([values.httpPort, from.httpPort], [value, source]);
  }
});

Deno.test("an empty list that was stored is an empty list, not the default", () => {
  const { values, from } = load({ stored: { "hash_algorithms": "" } });

  deepStrictEqual([values.hashAlgorithms, from.hashAlgorithms], [[], "stored"]);
});

Deno.test("the data folder is in the person's home unless it is named", () => {
  const cases: [Record<string, string>, string][] = [
    [{ HOME: "/home/ann" }, join("/home/ann", ".giggityflix")],
    [{ USERPROFILE: "C:\\Users\\ann" }, join("C:\\Users\\ann", ".giggityflix")],
    [{ HOME: "/home/ann", DATA_DIR: "/data" }, "/data"],
    [{}, ".giggityflix"],
  ];

  for (const [environment, expected] of cases) {
    strictEqual(load({ environment }).values.dataDir, expected);
  }
});

Deno.test("a wrong stored value leaves the default in force, and is told", () => {
  const { values, from, ignored } = load({ stored: { "http_port": "x" } });

  deepStrictEqual([values.httpPort, from.httpPort], [8080, "default"]);
  deepStrictEqual(ignored.map((it) => it.slice(0, 29)), ['Cannot set HTTP_PORT to "x": ']);
});

Deno.test("a wrong value of environment or flag is refused by the setting's name", () => {
  for (
    const texts of [
      { environment: { HTTP_PORT: "x" } },
      { flag: { httpPort: "x" } },
    ]
  ) {
    throws(() => load(texts), { name: "InvalidError", message: /^Cannot set HTTP_PORT to "x": / });
  }
});

Deno.test("loading never changes the defaults", () => {
  load({}).values.mediaDirs.push("/films");

  deepStrictEqual(load({}).values.mediaDirs, []);
});

Deno.test("readEnvironment() is the environment of this process", () => {
  const environment = readEnvironment();

  strictEqual(typeof (environment.PATH ?? environment.Path), "string");
});
