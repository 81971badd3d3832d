/**
 * The shape of src/, as a test: layers, front doors, owners, sizes, headers.
 *
 * @module
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { dirname, join } from "node:path/posix";

/** A folder imports from folders to its left, never to its right. */
const layers = "base service db config drives pool media items stream people fleet edge http app"
  .split(
    " ",
  );

/** The browser's code stands beside the order. It may import these, and nothing imports it. */
const WEB_MAY_IMPORT: Record<string, string> = {
  "src/stream/protocol.ts": "one protocol, both its ends",
  "src/http/schemas.ts": "the types of REST, as types",
};

/** What only these places may use, and why. */
const owned: { use: RegExp; by: string[]; why: string }[] = [
  { use: /["']werift["']/, by: ["src/stream/peer.ts"], why: "one adapter for WebRTC" },
  {
    use: /["'](@grpc\/|protobufjs)/,
    by: ["src/edge/proto.ts"],
    why: "one adapter for gRPC",
  },
  {
    use: /["']node:http2["']/,
    by: ["src/edge/transport/http2_sessions.ts"],
    why: "its sessions are safe only as they are ended there",
  },
  {
    use: /["']jose["']/,
    by: ["src/edge/grants/jwt.ts", "src/edge/server/screenshots/requests/tokens.ts"],
    why: "one reader of grants, one of upload tokens",
  },
  { use: /["']postgres["']/, by: ["src/db/postgres"], why: "one adapter for PostgreSQL" },
  {
    use: /["']@nats-io\/(transport-node|jetstream|kv|obj)/,
    by: ["src/edge/server/routing/bus/nats", "src/edge/server/screenshots/gallery/nats_objects.ts"],
    why: "one adapter for NATS, one for its objects",
  },
  {
    use: /["']aws4fetch["']/,
    by: ["src/edge/server/screenshots/gallery/s3_objects.ts"],
    why: "one adapter for S3",
  },
  {
    use: /["']@noble\//,
    by: ["src/edge/identity/pairing.ts"],
    why: "one place for the mathematics of pairing",
  },
  {
    use: /["']@simplewebauthn\//,
    by: ["src/people/passkeys/webauthn.ts"],
    why: "one adapter for passkeys",
  },
  { use: /["']node:sqlite["']/, by: ["src/db/"], why: "one adapter for SQLite" },
  { use: /["'](hono|@hono\/)/, by: ["src/http/"], why: "domains do not know HTTP" },
  {
    use: /["']mediabunny["']/,
    by: ["src/media/probe/", "src/web/"],
    why: "one reader of containers, one player",
  },
  { use: /["']preact/, by: ["src/web/"], why: "the page only" },
  { use: /["']commander["']/, by: ["src/app/"], why: "the command line only" },
  {
    use: /\bDeno\.build\b/,
    by: ["src/base/platform.ts"],
    why: "the platform is a value passed in",
  },
  { use: /\bDeno\.env\b/, by: ["src/config/"], why: "one list of settings" },
  { use: /\bDeno\.Command\b/, by: ["src/base/command.ts"], why: "one way to spawn" },
  { use: /\bDeno\.exit\b/, by: ["main.ts"], why: "only the top decides to stop" },
  {
    use: /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b .*\b(FROM|SET|VALUES|WHERE)\b/,
    by: ["src/db/", "src/media/media_row.ts", "store.ts"],
    why: "SQL stands in the store of its domain",
  },
];

const MAX_LINES = 300;
/** More files at one level want a sub-folder with a table. */
const MAX_FILES = 13;

Deno.test("src/ keeps its shape", async () => {
  const faults: string[] = [];
  const folders = new Map<string, number>();
  for await (const path of sources("src")) {
    folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1);
    const text = await Deno.readTextFile(path);
    const fault = (what: string) => faults.push(`${path}: ${what}`);

    if (!text.startsWith("/**")) fault("does not open with its idea");
    if (text.split("\n").length > MAX_LINES) fault(`is over ${MAX_LINES} lines`);
    for (const { use, by, why } of owned) {
      const mayUse = by.some((owner) => path.startsWith(owner) || path.endsWith(`/${owner}`));
      if (use.test(text) && !mayUse) fault(`uses ${use}, owned by ${by}: ${why}`);
    }
    for (const [, target] of text.matchAll(/(?:from|import\() ?"(\.[^"]+\.tsx?)"/g)) {
      const wrong = misplaced(path, join(dirname(path), target!));
      if (wrong) fault(`imports ${target}: ${wrong}`);
    }
  }
  for (const [folder, files] of folders) {
    if (files > MAX_FILES) faults.push(`${folder}: has ${files} files at one level`);
  }
  ok(folders.size > 10, "it looked at the sources");
  deepStrictEqual(faults, []);
});

Deno.test("no file of the project names a path of somebody's machine or a package host", async () => {
  const faults: string[] = [];
  for (const folder of ["src", "scripts", "bench", "docs", "proto", ".ci", "."]) {
    for await (const path of sources(folder, /\.(tsx?|md|proto|json|lock|sql|html|css)$|^run$/)) {
      const text = await Deno.readTextFile(path);
      if (/\/(work|root|home\/[a-z]+)\/|registry\.[a-z]+\.(org|com|dev)|"tarball"/.test(text)) {
        faults.push(path);
      }
    }
  }
  deepStrictEqual(faults, []);
});

function misplaced(from: string, to: string): string | undefined {
  const [, here] = from.split("/");
  const [, there, ...rest] = to.split("/");
  if (here === there || !to.startsWith("src/")) return;
  if (here === "web") return to in WEB_MAY_IMPORT ? undefined : "the page may not import that";
  if (there === "web") return "nothing imports the page's code";
  if (layers.indexOf(there!) > layers.indexOf(here!)) return "it points right";
  if (there !== "base" && rest.join("/") !== "mod.ts") return "not by its front door";
}

/** Files below a folder; only those in it for ".", whose folders are looked at one by one. */
async function* sources(folder: string, names = /\.tsx?$/): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && folder !== ".") yield* sources(path, names);
    else if (entry.isFile && names.test(entry.name)) yield path;
  }
}
