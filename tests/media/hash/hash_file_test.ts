import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { stateOf } from "../../../src/media/file_state.ts";
import { hashFile } from "../../../src/media/hash/hash_file.ts";
import { noise, tempDir } from "../../helpers/temp.ts";

const noTurn = () => Promise.resolve();
const MIB = 1024 * 1024;

Deno.test("hashFile() reads a file once for all algorithms, whatever its size", async () => {
  await using dir = await tempDir();

  for (const size of [0, 1, 1000, 128 * 1024, MIB, MIB + 1, 3 * MIB]) {
    const content = noise(size);
    const path = await dir.file(`${size}.bin`, content);
    const expected = stateOf(await Deno.stat(path));

    const hashed = await hashFile(path, { names: ["md5", "sha256"], expected, turn: noTurn });

    deepStrictEqual(hashed, {
      bytesRead: size,
      hashes: {
        md5: createHash("md5").update(content).digest("hex"),
        sha256: createHash("sha256").update(content).digest("hex"),
      },
    });
  }
});

Deno.test("hashFile() reads nothing where no hash is asked for", async () => {
  await using dir = await tempDir();
  const path = await dir.file("a.bin", noise(1000));
  const expected = stateOf(await Deno.stat(path));

  const hashed = await hashFile(path, { names: [], expected, turn: noTurn });

  deepStrictEqual(hashed, { bytesRead: 0, hashes: {} });
});

Deno.test("hashFile() gives nothing for a file that is not as expected", async () => {
  await using dir = await tempDir();
  const path = await dir.file("a.bin", noise(1000));
  const now = stateOf(await Deno.stat(path));
  const others = [
    { ...now, sizeBytes: 999 },
    { ...now, modifiedMs: now.modifiedMs - 1 },
  ];

  for (const expected of others) {
    strictEqual(await hashFile(path, { names: ["md5"], expected, turn: noTurn }), undefined);
  }
});

Deno.test("hashFile() notices a file that changes while it is read", async () => {
  const changes: Record<string, (path: string) => Promise<void>> = {
    "grows": (path) => Deno.writeFile(path, noise(10), { append: true }),
    "is cut off": (path) => Deno.truncate(path, 2 * MIB),
    "is rewritten at the same size": async (path) => {
      await Deno.writeFile(path, noise(4 * MIB, 2));
      await Deno.utime(path, new Date(), new Date(Date.now() + 5000));
    },
  };

  for (const [what, change] of Object.entries(changes)) {
    await using dir = await tempDir();
    const path = await dir.file("a.bin", noise(4 * MIB));
    const expected = stateOf(await Deno.stat(path));
    let turns = 0;
    const turn = async () => {
      if (++turns === 2) await change(path);
    };

    strictEqual(await hashFile(path, { names: ["md5"], expected, turn }), undefined, what);
  }
});

Deno.test("hashFile() gives up on a file that never stops growing", async () => {
  await using dir = await tempDir();
  const path = await dir.file("a.bin", noise(MIB));
  const expected = stateOf(await Deno.stat(path));
  let turns = 0;
  const turn = async () => {
    if (++turns > 100) throw new Error("it goes on for ever");
    await Deno.writeFile(path, noise(MIB), { append: true });
  };

  strictEqual(await hashFile(path, { names: ["md5"], expected, turn }), undefined);
});

Deno.test("hashFile() fails with the file system's own error", async () => {
  await using dir = await tempDir();
  const options = {
    names: ["md5"],
    expected: { sizeBytes: 1, modifiedMs: 1 },
    turn: noTurn,
  } as const;

  await rejects(hashFile(`${dir.path}/none`, options), Deno.errors.NotFound);
});
