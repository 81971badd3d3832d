/** Wherever the bytes of screenshots are, it is the same. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { UnavailableError } from "../../../src/base/errors.ts";
import { folderObjects, type ObjectStore } from "../../../src/edge/mod.ts";
import { memoryObjects } from "../../../src/edge/server/screenshots/mod.ts";
import { natsObjects } from "../../../src/edge/server/screenshots/gallery/nats_objects.ts";
import { hasNats, startNats } from "../../helpers/nats.ts";
import { noise, tempDir } from "../../helpers/temp.ts";

const nameOf = (digit: string, extension = "jpg") => `${digit.repeat(64)}.${extension}`;

/** Every store of objects does this. */
async function assertKeeps(store: ObjectStore) {
  const [a, b] = [nameOf("a"), nameOf("b", "png")];
  const bytes = noise(300_000);
  strictEqual(await store.get(a), undefined);
  deepStrictEqual(await Array.fromAsync(store.list()), []);
  await store.remove(a); // that is not there: nothing happens

  await Promise.all([store.put(a, bytes), store.put(a, bytes), store.put(b, noise(3, 2))]);
  deepStrictEqual(await store.get(a), bytes);
  strictEqual((await store.get(b))!.length, 3);
  const listed = await Array.fromAsync(store.list());
  deepStrictEqual(listed.map(({ name }) => name).sort(), [a, b]);
  ok(listed.every(({ putAt }) => Math.abs(Date.now() - putAt) < 60_000));

  await store.remove(a);
  strictEqual(await store.get(a), undefined);
  deepStrictEqual((await Array.fromAsync(store.list())).map(({ name }) => name), [b]);
}

Deno.test("memory keeps screenshots", () => assertKeeps(memoryObjects()));

Deno.test("a folder keeps screenshots, and nothing that is called otherwise", async () => {
  await using dir = await tempDir();
  const store = folderObjects(join(dir.path, "screenshots"));
  await assertKeeps(store);
  for (const name of ["../x.jpg", "x", `${nameOf("a")}/../../x`, nameOf("A")]) {
    await rejects(async () => await store.put(name, noise(1)), TypeError);
    await rejects(async () => await store.get(name), TypeError);
  }
  deepStrictEqual(await Array.fromAsync(Deno.readDir(dir.path), ({ name }) => name), [
    "screenshots",
  ]);
});

Deno.test("NATS keeps screenshots, for all who are connected to it", {
  ignore: !hasNats,
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  await using server = await startNats();
  await using store = natsObjects(server.url);
  await using other = natsObjects(server.url);
  await assertKeeps(store);
  strictEqual((await other.get(nameOf("b", "png")))!.length, 3);
  await using strange = natsObjects(server.url.replace("secret", "wrong"));
  await rejects(
    () => strange.get(nameOf("a")),
    (error) => error instanceof UnavailableError && !/wrong/.test(error.message),
  );
});
