import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { stateOf } from "../../../src/media/file_state.ts";
import { hashFile } from "../../../src/media/hash/hash_file.ts";
import { openTurnReader, type TurnReader } from "../../../src/media/turn_reader.ts";
import { noise, tempDir } from "../../helpers/temp.ts";

/** Reads as always, and does something before each read. */
function openReader(before: (read: number) => void = () => {}): TurnReader {
  const reader = openTurnReader();
  let reads = 0;
  return {
    ...reader,
    read: (file, into) => {
      before(++reads);
      return reader.read(file, into);
    },
  };
}
const MIB = 1024 * 1024;

Deno.test("hashFile() reads a file once for all algorithms, whatever its size", async () => {
  await using dir = await tempDir();

  for (const size of [0, 1, 1000, 128 * 1024, MIB, MIB + 1, 3 * MIB]) {
    const content = noise(size);
    const path = await dir.file(`${size}.bin`, content);
    const expected = stateOf(await Deno.stat(path));

    const hashed = hashFile(path, { names: ["md5", "sha256"], expected }, openReader());

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

  const hashed = hashFile(path, { names: [], expected }, openReader());

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
    strictEqual(hashFile(path, { names: ["md5"], expected }, openReader()), undefined);
  }
});

Deno.test("hashFile() notices a file that changes while it is read", async () => {
  const changes: Record<string, (path: string) => void> = {
    "grows": (path) => Deno.writeFileSync(path, noise(10), { append: true }),
    "is cut off": (path) => Deno.truncateSync(path, 2 * MIB),
    "is rewritten at the same size": (path) => {
      Deno.writeFileSync(path, noise(4 * MIB, 2));
      Deno.utimeSync(path, new Date(), new Date(Date.now() + 5000));
    },
  };

  for (const [what, change] of Object.entries(changes)) {
    await using dir = await tempDir();
    const path = await dir.file("a.bin", noise(4 * MIB));
    const expected = stateOf(await Deno.stat(path));
    const reader = openReader((read) => {
      if (read === 3) change(path);
    });

    strictEqual(hashFile(path, { names: ["md5"], expected }, reader), undefined, what);
  }
});

Deno.test("hashFile() gives up on a file that never stops growing", async () => {
  await using dir = await tempDir();
  const path = await dir.file("a.bin", noise(MIB));
  const expected = stateOf(await Deno.stat(path));
  const reader = openReader((read) => {
    if (read > 100) throw new Error("it goes on for ever");
    Deno.writeFileSync(path, noise(MIB), { append: true });
  });

  strictEqual(hashFile(path, { names: ["md5"], expected }, reader), undefined);
});

Deno.test("hashFile() fails with the file system's own error", async () => {
  await using dir = await tempDir();
  const options = { names: ["md5"], expected: { sizeBytes: 1, modifiedMs: 1 } } as const;

  throws(() => hashFile(`${dir.path}/none`, options, openReader()), Deno.errors.NotFound);
});
