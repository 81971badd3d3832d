/**
 * Screenshots on their way to an edge: a real server that takes, refuses, redirects or breaks.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { DeniedError, InvalidError, UnavailableError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { edgeHttpUrl, uploadUrl } from "../../../src/edge/link/upload/endpoint.ts";
import { uploadPictures } from "../../../src/edge/link/upload/upload.ts";
import { grpcTest, MapLibrary, startLink, until } from "../rig.ts";
import { PublishedEdge } from "../published.ts";

const never = new AbortController().signal;
const picture = (byte: number) => ({
  mimeType: "image/jpeg",
  read: () => Promise.resolve(Uint8Array.of(0xff, 0xd8, byte)),
});
const pictures = [picture(1), picture(2)];
const options = { signal: never, log: silent, firstPauseMs: 1 };

interface Seen {
  path: string;
  token: string | null;
  files: { name: string; type: string; last: number }[];
}

/** Answers with each of `answers` in turn, and then with the last. */
function serve(...answers: (() => Response)[]) {
  const seen: Seen[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (it) => {
    const form = await it.formData().catch(() => new FormData());
    const files = form.getAll("files").filter((it) => it instanceof File);
    seen.push({
      path: new URL(it.url).pathname,
      token: it.headers.get("authorization"),
      files: await Promise.all(files.map(async (file) => ({
        name: file.name,
        type: file.type,
        last: new Uint8Array(await file.arrayBuffer()).at(-1)!,
      }))),
    });
    return (answers.length > 1 ? answers.shift()! : answers[0]!)();
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  return Object.assign(server, { seen, base, url: new URL("/api/screenshot/a", base) });
}

const says = (status: number, headers = {}) => () => new Response("{}", { status, headers });

Deno.test("pictures come as one form with repeated parts, and the token", async () => {
  await using server = serve(says(200));

  const attempts = await uploadPictures({ url: server.url, token: "tok", pictures }, options);

  strictEqual(attempts, 1);
  deepStrictEqual(server.seen, [{
    path: "/api/screenshot/a",
    token: "Bearer tok",
    files: [
      { name: "screenshot_0.jpg", type: "image/jpeg", last: 1 },
      { name: "screenshot_1.jpg", type: "image/jpeg", last: 2 },
    ],
  }]);
});

Deno.test("an upload is tried again where nothing was stored, and only there", async () => {
  const cases = [
    [[503, 503, 200], 3],
    [[429, 200], 2],
    [[503], UnavailableError],
    [[401], DeniedError],
    [[403], DeniedError],
    [[409], DeniedError],
    [[422], DeniedError],
    [[413], DeniedError],
    [[500], DeniedError],
  ] as const;
  for (const [statuses, expected] of cases) {
    const again = { "retry-after": "0" };
    await using server = serve(...statuses.map((it) => says(it, again)));
    const upload = uploadPictures({ url: server.url, token: "t", pictures }, options);
    if (typeof expected === "number") strictEqual(await upload, expected, `${statuses}`);
    else await rejects(upload, expected, `${statuses}`);
    const tries = expected === UnavailableError ? 5 : statuses.length;
    strictEqual(server.seen.length, tries, `${statuses}`);
  }
});

Deno.test("nobody there is waited for; a connection lost in the middle is not tried again", async () => {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  const url = new URL(`http://127.0.0.1:${port}/x`);
  const upload = { url, token: "t", pictures };

  const coming = uploadPictures(upload, { ...options, firstPauseMs: 100 });
  let server: ReturnType<typeof Deno.serve> | undefined;
  const opening = setTimeout(() => {
    const hide = { port, hostname: "127.0.0.1", onListen: () => {} };
    server = Deno.serve(hide, () => new Response());
  }, 60);
  ok(await coming > 1);
  clearTimeout(opening);
  await server!.shutdown();
  await rejects(uploadPictures(upload, options), UnavailableError);

  let connections = 0;
  await using cutting = createServer((socket) => {
    connections++;
    socket.once("data", () => socket.resetAndDestroy());
  });
  cutting.listen(0, "127.0.0.1");
  await once(cutting, "listening");
  const there = cutting.address() as { port: number };
  const cut = { ...upload, url: new URL(`http://127.0.0.1:${there.port}/x`) };
  await rejects(uploadPictures(cut, options), /may have come all the same/);
  strictEqual(connections, 1);
});

Deno.test("a token goes to the host that was named, and to no other", async () => {
  await using other = serve(says(200));
  await using server = serve(says(308, { location: "/moved" }), says(200));
  await using away = serve(says(307, { location: other.url.href }));
  await using asGet = serve(says(302, { location: "/moved" }));
  await using circle = serve(says(308, { location: "/circle" }));
  const to = (url: URL) => uploadPictures({ url, token: "t", pictures }, options);

  strictEqual(await to(server.url), 1);
  deepStrictEqual(server.seen.map(({ path, files }) => [path, files.length]), [
    ["/api/screenshot/a", 2],
    ["/moved", 2],
  ]);
  await rejects(to(away.url), /redirects to http:.*Set SCREENSHOT_BASE_URL/);
  await rejects(to(asGet.url), DeniedError);
  await rejects(to(circle.url), DeniedError);
  strictEqual(other.seen.length, 0);
});

Deno.test("an upload takes no longer than it may", async () => {
  const hanging = Promise.withResolvers<Response>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => hanging.promise,
  );
  const url = new URL(`http://127.0.0.1:${server.addr.port}/`);

  await rejects(
    uploadPictures({ url, token: "t", pictures }, { ...options, limitMs: 100 }),
    UnavailableError,
  );
  hanging.resolve(new Response());
  await server.shutdown();
});

Deno.test("uploadUrl() takes HTTP, and gives relative endpoints a host", () => {
  const base = "https://edge.example/giggityflix/";
  const cases = [
    ["https://s/api/screenshot/a", undefined, "https://s/api/screenshot/a"],
    ["http://s:8000/x?y=1", base, "http://s:8000/x?y=1"],
    ["/api/screenshot/a", base, "https://edge.example/api/screenshot/a"],
    ["api/screenshot/a", base, "https://edge.example/giggityflix/api/screenshot/a"],
  ] as const;
  for (const [endpoint, base, expected] of cases) {
    strictEqual(uploadUrl(endpoint, base).href, expected);
  }
  const wrong = [
    ["", base],
    ["/x", undefined],
    ["ftp://s/x", base],
    ["file:///etc/passwd", base],
    ["//elsewhere/x", base],
    ["\\\\elsewhere/x", base],
    ["https://", base],
    ["https://user:secret@s/", base],
  ] as const;
  for (const [endpoint, base] of wrong) throws(() => uploadUrl(endpoint, base), InvalidError);
});

Deno.test("edgeHttpUrl() puts in the host that was reached", () => {
  const cases = [
    ["http://0.0.0.0:8080", "edge.example:50051", "http://edge.example:8080/"],
    ["http://[::]:8080", "[::1]:50051", "http://[::1]:8080/"],
    ["https://films.example/x/", "edge.example:50051", "https://films.example/x/"],
    ["", "edge.example:50051", undefined],
    ["http://127.0.0.1:8080", "localhost:50051", "http://127.0.0.1:8080/"],
    ["http://127.0.0.1:8080", "edge.example:50051", undefined],
    ["nonsense", "edge.example:50051", undefined],
    ["file:///x", "edge.example:50051", undefined],
  ] as const;
  for (const [said, address, expected] of cases) strictEqual(edgeHttpUrl(said, address), expected);
});

Deno.test("an edge asks for screenshots and gets them once", grpcTest, async () => {
  await using server = serve(says(200));
  await using edge = await PublishedEdge.open();
  const library = new MapLibrary();
  library.files.set("a", { sizeBytes: 1, catalogId: "a" });
  const asked: number[] = [];
  await using _ = startLink(edge.address, library, {
    settings: { screenshotBaseUrl: server.base },
    timing: { helloMs: 1 },
    screenshots: {
      capture(_id, count) {
        asked.push(count);
        return Promise.resolve([1, 2, 3].slice(0, count).map(picture));
      },
    },
  });
  await edge.receive("catalog_announcement");
  const ask = (requestId: string, quantity: number, token: string) =>
    edge.say({
      request_id: requestId,
      screenshot_capture_request: {
        catalog_id: "a",
        quantity,
        upload_token: token,
        upload_endpoint: "/api/screenshot/a",
      },
    });

  for (const quantity of [-1, 0, 11, 2 ** 31 - 1]) ask(`bad ${quantity}`, quantity, "t");
  ask("s1", 2, "t1");
  await until(() => server.seen.length === 1);
  ask("s1", 2, "t1"); // the edge was restarted, for one
  ask("s2", 1, "t1"); // the token is used up
  ask("s3", 3, "t3");
  await until(() => server.seen.length === 2);

  deepStrictEqual(asked, [2, 1, 3]);
  deepStrictEqual(server.seen.map(({ token, files }) => [token, files.length]), [
    ["Bearer t1", 2],
    ["Bearer t3", 3],
  ]);
});
