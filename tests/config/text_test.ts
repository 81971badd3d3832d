import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import {
  type Config,
  envNameOf,
  findSetting,
  formatSetting,
  keyOf,
  parseSetting,
  type SettingName,
  settingNames,
  settings,
} from "../../src/config/mod.ts";

Deno.test("every setting's default is what the setting takes, and survives as text", () => {
  for (const name of settingNames) {
    if (name === "dataDir") continue; // its default depends on who runs the program
    const { schema, default: value } = settings[name];

    deepStrictEqual(schema.parse(value), value, name);
    if (String(value) !== "") deepStrictEqual(parseSetting(name, formatSetting(value)), value);
  }
});

Deno.test("every setting says what it is for, and has a name for each place", () => {
  const names = new Set(settingNames.map(envNameOf));

  strictEqual(names.size, settingNames.length);
  for (const name of settingNames) {
    ok(settings[name].help.length > 10, name);
    strictEqual(findSetting(envNameOf(name)), name);
    strictEqual(findSetting(keyOf(name)), name);
    strictEqual(findSetting(`GIGGITYFLIX_${envNameOf(name)}`), name);
  }
});

Deno.test("a list survives as text, whatever its folders are called", () => {
  const folders = [
    ["/films", "/more films"],
    ["/films, old and new", "/a,b", ","],
    ["C:\\films\\", "D:\\more"],
    ["/ends with a backslash\\", "/x,"],
    ["/backslash\\,comma", "\\"],
    [" /space first", "/space last "],
    ["[1997] films", '["quoted"]'],
    ["/films\nand lines", "/é 🎬"],
    [],
  ];

  for (const folder of folders) {
    deepStrictEqual(parseSetting("mediaDirs", formatSetting(folder)), folder, folder.join("|"));
  }
});

Deno.test("a list is read as people write it", () => {
  const cases: [string, string[]][] = [
    ["/a,/b", ["/a", "/b"]],
    [" /a , /b ,, ", ["/a", "/b"]],
    ["/old\\, and new,/b", ["/old, and new", "/b"]],
    ["C:\\films,D:\\films", ["C:\\films", "D:\\films"]],
    ["[1997] films,/b", ["[1997] films", "/b"]],
  ];

  for (const [text, expected] of cases) deepStrictEqual(parseSetting("mediaDirs", text), expected);
  deepStrictEqual(parseSetting("includeExtensions", "MKV, .Mp4"), [".mkv", ".mp4"]);
});

Deno.test("yes and no are read in many words", () => {
  for (const text of ["true", "YES", "on", "1", " True "]) {
    strictEqual(parseSetting("grpcUseTls", text), true);
  }
  for (const text of ["false", "no", "OFF", "0"]) {
    strictEqual(parseSetting("grpcUseTls", text), false);
  }
});

Deno.test("a wrong value is refused with the setting's name and the value", () => {
  const wrong: Partial<Record<SettingName, string[]>> = {
    httpPort: ["http", "-1", "65536", "80.5", "1e3", "0x50", ""],
    grpcUseTls: ["maybe", "2"],
    hashAlgorithms: ["md5,whirlpool", "MD 5"],
    logLevel: ["loud"],
    grpcServerAddress: [
      "localhost",
      "host:port",
      ":50051",
      "a b:1",
      "::1:50051",
      "127.0.0.1:99999",
    ],
    includeExtensions: [".tar.gz", "*"],
    httpHost: [""],
    workers: ["257"],
  };

  for (const [name, texts] of Object.entries(wrong) as [SettingName, string[]][]) {
    for (const text of texts) {
      throws(() => parseSetting(name, text), (error: InvalidError) => {
        ok(error instanceof InvalidError, `${name} "${text}": ${error}`);
        ok(error.message.startsWith(`Cannot set ${envNameOf(name)} to "`), error.message);
        strictEqual(error.details.key, envNameOf(name));
        return true;
      }, `${name} "${text}"`);
    }
  }
});

Deno.test("addresses may be names, IPv4 and IPv6", () => {
  const addresses = ["localhost:50051", "127.0.0.1:0", "[::1]:50051", "edge.example:443"];

  for (const text of addresses) strictEqual(parseSetting("edgeGrpcAddress", text), text);
  const several = addresses.join(", ");
  strictEqual(parseSetting("edgeGrpcAddress", several), several);
  throws(() => parseSetting("edgeGrpcAddress", `${several},nowhere`), /expected host:port/);
  for (const name of ["edgeGrpcAddress", "grpcServerAddress"] as const) {
    strictEqual(parseSetting(name, "[::1]:65535"), "[::1]:65535");
    throws(() => parseSetting(name, "edge.example:65536"), /host:port, a port up to 65535/);
  }
  strictEqual(parseSetting("edgeGrpcAddress", ""), "" satisfies Config["edgeGrpcAddress"]);
});

Deno.test("a setting that is refused says what it takes", () => {
  const cases: [SettingName, string, string][] = [
    ["maxPeers", "1.5", "expected a whole number from 1 to 1000000"],
    ["maxPeers", "0", "expected a whole number from 1 to 1000000"],
    ["grpcUseTls", "perhaps", "expected true or false"],
  ];

  for (const [name, text, says] of cases) {
    const message = `Cannot set ${envNameOf(name)} to "${text}": ${says}`;
    throws(() => parseSetting(name, text), { message });
  }
});

Deno.test("names of earlier programs lead to the same settings", () => {
  const cases: [string, SettingName | undefined][] = [
    ["EDGE_ADDRESS", "edgeGrpcAddress"],
    ["use_tls", "grpcUseTls"],
    ["MEDIA_EXTENSIONS", "includeExtensions"],
    ["scraping_paths", "mediaDirs"],
    ["no_such_setting", undefined],
    ["constructor", undefined],
    ["__proto__", undefined],
    ["toString", undefined],
    ["", undefined],
  ];

  for (const [key, expected] of cases) strictEqual(findSetting(key), expected, key);
});
