import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { parseRange, serveFile } from "../../src/http/file_response.ts";
import { noise } from "../helpers/temp.ts";
import { MODIFIED_MS, openRig } from "./rig.ts";

const content = noise(1000);
const PATH = "/api/media/m-1/file";

async function ask(headers: Record<string, string>, method = "GET", bytes = content) {
  using rig = openRig({ content: bytes });
  const response = await rig.get(PATH, { method, headers });
  const body = new Uint8Array(await response.arrayBuffer());
  deepStrictEqual(rig.opened, { open: 1, closed: 1 }, "the file is closed again, once");
  return { response, body, range: response.headers.get("content-range") };
}

Deno.test("a file is served whole, with what a player must know", async () => {
  const { response, body } = await ask({});

  strictEqual(response.status, 200);
  deepStrictEqual(body, content);
  deepStrictEqual(
    ["content-type", "content-length", "accept-ranges", "last-modified"].map((name) =>
      response.headers.get(name)
    ),
    ["video/mp4", "1000", "bytes", new Date(MODIFIED_MS).toUTCString()],
  );
});

Deno.test("a range is served as it is asked for", async () => {
  const cases = [
    ["bytes=0-0", 0, 0],
    ["bytes=0-99", 0, 99],
    ["bytes=999-999", 999, 999],
    ["bytes=500-", 500, 999],
    ["bytes=-1", 999, 999],
    ["bytes=-300", 700, 999],
    ["bytes=-5000", 0, 999],
    ["bytes=900-5000", 900, 999],
  ] as const;

  for (const [header, first, last] of cases) {
    const { response, body, range } = await ask({ range: header });

    strictEqual(response.status, 206, header);
    strictEqual(range, `bytes ${first}-${last}/1000`);
    strictEqual(response.headers.get("content-length"), String(last - first + 1));
    deepStrictEqual(body, content.slice(first, last + 1));
  }
});

Deno.test("a range that begins behind the end is refused with the size", async () => {
  for (
    const header of ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999-"]
  ) {
    const { response, body, range } = await ask({ range: header });

    deepStrictEqual([response.status, range, body.length], [416, "bytes */1000", 0], header);
  }
  strictEqual((await ask({ range: "bytes=0-" }, "GET", new Uint8Array())).response.status, 416);
});

Deno.test("several ranges, and what is no range, are answered with the whole file", async () => {
  const headers = ["bytes=0-1,5-6", "lines=1-2", "bytes=9-1", "bytes=a-b", "bytes=-", "0-5", ""];
  for (const range of headers) {
    const { response, body } = await ask({ range });

    deepStrictEqual([response.status, body.length], [200, 1000], range);
  }
});

Deno.test("If-Range serves the range only of the file that the player knows", async () => {
  const etag = (await ask({})).response.headers.get("etag")!;

  const same = await ask({ range: "bytes=0-9", "if-range": etag });
  const other = await ask({ range: "bytes=0-9", "if-range": '"another"' });

  deepStrictEqual([same.response.status, other.response.status], [206, 200]);
  strictEqual(other.body.length, 1000);
});

Deno.test("If-None-Match answers 304 while the file is the same", async () => {
  const etag = (await ask({})).response.headers.get("etag")!;

  const same = await ask({ "if-none-match": etag, range: "bytes=0-9" });
  const other = await ask({ "if-none-match": '"another"' });

  deepStrictEqual([same.response.status, same.body.length], [304, 0]);
  strictEqual(other.response.status, 200);
});

Deno.test("HEAD tells the size and sends nothing; a range is for GET only", async () => {
  for (const headers of [{}, { range: "bytes=0-9" }]) {
    const { response, body, range } = await ask(headers, "HEAD");

    deepStrictEqual([response.status, body.length, range], [200, 0, null]);
    strictEqual(response.headers.get("content-length"), "1000");
  }
});

Deno.test("a file that is gone is 404, one that is unknown, too", async () => {
  using rig = openRig();
  rig.files[1]!.status = "missing";

  strictEqual((await rig.get(PATH)).status, 404);
  strictEqual((await rig.get("/api/media/none/file/")).status, 404);
});

Deno.test("a file that shrinks while it is sent ends in an error, not in a short answer", async () => {
  let closed = 0;
  const file = {
    sizeBytes: 1000,
    modifiedMs: 0,
    mimeType: "video/mp4",
    read: (offset: number) => Promise.resolve(content.slice(offset, 500)),
    [Symbol.dispose]: () => void closed++,
  };

  const response = serveFile(new Request("http://localhost/"), file);

  await rejects(response.arrayBuffer(), /cut off/);
  strictEqual(closed, 1);
});

Deno.test("a reader that leaves closes the file", async () => {
  using rig = openRig({ content: new Uint8Array(2_000_000) });

  const response = await rig.get(PATH);
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();

  deepStrictEqual(rig.opened, { open: 1, closed: 1 });
});

Deno.test("parseRange() leaves a header that is not there alone", () => {
  strictEqual(parseRange(null, 1000), undefined);
});
