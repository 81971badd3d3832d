/** Wherever the bytes of screenshots are, it is the same. @module */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { join } from "node:path";
import { FatalError, UnavailableError } from "../../../src/base/errors.ts";
import { folderObjects, type ObjectStore } from "../../../src/edge/mod.ts";
import { memoryObjects } from "../../../src/edge/server/screenshots/mod.ts";
import { natsObjects } from "../../../src/edge/server/screenshots/gallery/nats_objects.ts";
import { s3Objects } from "../../../src/edge/server/screenshots/gallery/s3_objects.ts";
import { hasNats, startNats } from "../../helpers/nats.ts";
import { hasS3, startS3 } from "../../helpers/s3.ts";
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
  await using store = natsObjects({ url: server.url });
  await using other = natsObjects({ url: server.url });
  await assertKeeps(store);
  strictEqual((await other.get(nameOf("b", "png")))!.length, 3);
  await using strange = natsObjects({ url: server.url.replace("secret", "wrong") });
  await rejects(
    () => strange.get(nameOf("a")),
    (error) => error instanceof UnavailableError && !/wrong/.test(error.message),
  );
});

Deno.test("S3 keeps screenshots, below a prefix, and gives links to viewers", {
  ignore: !hasS3,
}, async () => {
  await using server = await startS3();
  const { place } = server;
  const store = s3Objects(place, 1); // each name is a page of the list
  await assertKeeps(store);
  const name = nameOf("b", "png");

  const wrong = "a-wrong-secret";
  const others = [{ secretAccessKey: wrong }, { accessKey: "nobody" }, { bucket: "strange" }];
  for (const other of others) {
    await rejects(
      () => s3Objects({ ...place, ...other }).get(name),
      (error) =>
        error instanceof UnavailableError && /^Cannot use S3 at http/.test(error.message) &&
        !error.message.includes(wrong),
      JSON.stringify(other),
    );
  }
  strictEqual(
    (await fetch(`${place.endpoint}/${place.bucket}/screenshots/${name}`)
      .then(drained)).status,
    403,
  );
  // A link is signed as the specification says; this server checks other signatures only.
  const link = new URL(await store.linkTo!(name));
  strictEqual(link.searchParams.get("X-Amz-Expires"), "300");
  strictEqual(link.searchParams.get("X-Amz-Signature"), signatureOf(link, place.secretAccessKey));
  await server.trustAll();
  const answer = await fetch(link);
  strictEqual(answer.headers.get("content-type"), "image/png");
  deepStrictEqual(await answer.bytes(), noise(3, 2));
});

Deno.test("S3 that is away, or of which not all is said, says what to do", async () => {
  const place = {
    endpoint: "http://127.0.0.1:1",
    bucket: "pictures",
    region: "us-east-1",
    accessKey: "key",
    secretAccessKey: "the-secret",
  };
  throws(
    () => s3Objects({ ...place, bucket: "", secretAccessKey: "" }),
    new FatalError(
      "Cannot keep screenshots in S3: set SCREENSHOT_S3_BUCKET, SCREENSHOT_S3_SECRET_ACCESS_KEY",
    ),
  );
  await rejects(
    () => s3Objects(place).put(nameOf("a"), noise(1)),
    (error) => error instanceof UnavailableError && !error.message.includes("the-secret"),
  );
});

/** Signature version 4 of a presigned GET, by its specification. */
function signatureOf(url: URL, secret: string): string {
  const query = [...url.searchParams].filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort();
  const request = ["GET", url.pathname, query.join("&"), `host:${url.host}`, "", "host"]
    .concat("UNSIGNED-PAYLOAD").join("\n");
  const [date, region, service, end] = url.searchParams.get("X-Amz-Credential")!.split("/").slice(
    1,
  );
  const text = [
    "AWS4-HMAC-SHA256",
    url.searchParams.get("X-Amz-Date"),
    `${date}/${region}/${service}/${end}`,
    createHash("sha256").update(request).digest("hex"),
  ].join("\n");
  const sign = (key: string | Uint8Array, it: string) =>
    createHmac("sha256", key).update(it).digest();
  const key = [date, region, service, end].reduce<string | Uint8Array>(
    (key, it) => sign(key, it!),
    `AWS4${secret}`,
  );
  return createHmac("sha256", key).update(text).digest("hex");
}

async function drained(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return answer;
}
