/**
 * Many files at once: whatever goes four by four must come out as if it had gone alone.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createHash, getHashes } from "node:crypto";
import { stateOf } from "../../../src/media/file_state.ts";
import { algorithms, type HashName, prepareHashers } from "../../../src/media/hash/algorithms.ts";
import { hashFiles } from "../../../src/media/hash/hash_files.ts";
import { openTurnReader } from "../../../src/media/turn_reader.ts";
import { noise, type TempDir, tempDir } from "../../helpers/temp.ts";

async function makeFile(dir: TempDir, size: number, names: HashName[]) {
  const content = noise(size, size + 1);
  const path = await dir.file(`${crypto.randomUUID()}.bin`, content);
  const hashes = Object.fromEntries(
    names.map((name) => [name, hashOf(name, content)]),
  );
  return { request: { path, expected: stateOf(await Deno.stat(path)), names }, hashes, size };
}

/** By another's code where there is one, else in one piece. */
function hashOf(name: HashName, content: Uint8Array): string {
  if (getHashes().includes(name)) return createHash(name).update(content).digest("hex");
  const hasher = algorithms[name]();
  hasher.update(content);
  return hasher.digest();
}

for (const together of [false, true]) {
  const how = together ? "side by side" : "one after the other";
  Deno.test(`hashFiles() hashes files of every size ${how}`, async () => {
    await using dir = await tempDir();
    await prepareHashers(["xxh128", "blake3"]);
    const files = [];
    for (
      const size of [0, 1, 64, 1000, 131_071, 131_072, 131_073, 300_000, 262_144, 393_215, 70_000]
    ) {
      files.push(await makeFile(dir, size, ["md5", "sha1"]));
      files.push(await makeFile(dir, size, ["md5"]));
      files.push(await makeFile(dir, size, ["sha256"]));
      files.push(await makeFile(dir, size, ["xxh128", "md5", "blake3", "crc32"]));
    }

    const results = hashFiles(files.map(({ request }) => request), openTurnReader(), { together });

    deepStrictEqual(results, files.map(({ hashes, size }) => ({ hashes, bytesRead: size })));
  });

  Deno.test(`hashFiles() lets no file spoil its neighbours ${how}`, async () => {
    await using dir = await tempDir();
    const good = await makeFile(dir, 1000, ["md5", "sha1"]);
    const grown = await makeFile(dir, 1000, ["md5", "sha1"]);
    const gone = await makeFile(dir, 1000, ["md5", "sha1"]);
    const last = await makeFile(dir, 50_000, ["md5", "sha1"]);
    await Deno.writeFile(grown.request.path, noise(200_000), { append: true });
    await Deno.remove(gone.request.path);
    const { request: { expected, ...shrunk } } = await makeFile(dir, 900, ["md5"]);

    const results = hashFiles(
      [
        good.request,
        grown.request,
        gone.request,
        { ...shrunk, expected: { ...expected, sizeBytes: 1000 } },
        last.request,
      ],
      openTurnReader(),
      { together },
    );

    deepStrictEqual(results[0], { hashes: good.hashes, bytesRead: 1000 });
    strictEqual(results[1], undefined);
    ok(results[2] instanceof Deno.errors.NotFound);
    strictEqual(results[3], undefined);
    deepStrictEqual(results[4], { hashes: last.hashes, bytesRead: 50_000 });
  });
}
