/** Which peer is asked, how often, and what becomes of a request. @module */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import { folderObjects, s3Objects } from "../../../src/edge/mod.ts";
import { hasS3, startS3 } from "../../helpers/s3.ts";
import { tempDir } from "../../helpers/temp.ts";
import { grpcTest, MapLibrary, startLink, until } from "../rig.ts";
import { png } from "./pictures.ts";
import { joinPeer, type RequestBody, startScreenshotEdge, upload } from "./rig.ts";

const stateOf = (path = ":memory:") => openSqliteState(openDatabase(path, migrations.edge));

Deno.test("a request is given to a peer, and what it brings is shown", grpcTest, async () => {
  await using dir = await tempDir();
  const folder = join(dir.path, "screenshots");
  await using edge = await startScreenshotEdge({ screenshots: { objects: folderObjects(folder) } });
  using peer = await joinPeer(edge, "p-1");
  await edge.event("catalog.availability");
  const made = await edge.ask(peer.catalogId, 2);
  strictEqual(made.status, "pending");
  strictEqual(
    made.location,
    `/api/catalog/${peer.catalogId}/screenshot-requests/${made.request_id}`,
  );

  const asked = await peer.asked();
  deepStrictEqual(
    [asked.catalogId, asked.quantity, asked.endpoint],
    [peer.catalogId, 2, `/api/screenshot/${peer.catalogId}`],
  );
  const [, claims] = asked.token.split(".").map((it) =>
    new TextDecoder().decode(
      Uint8Array.fromBase64(it, { alphabet: "base64url", lastChunkHandling: "loose" }),
    ).slice(0, 400)
  );
  const { exp, token_id: tokenId, ...said } = JSON.parse(claims!);
  deepStrictEqual(said, {
    peer_id: "p-1",
    catalog_id: peer.catalogId,
    request_id: made.request_id,
  });
  ok(exp > Date.now() / 1000 + 1700 && exp < Date.now() / 1000 + 1900, String(exp));
  match(tokenId, /^[0-9a-f-]{36}$/);

  const { status, body } = await upload(edge.url + asked.endpoint, [png(8, 6, 1), png(8, 6, 2)], {
    token: asked.token,
    name: "../../../etc/cron.d/evil\r\nX: y",
  });
  deepStrictEqual([status, body.status, body.message, body.catalog_id], [
    200,
    "success",
    "Screenshots uploaded successfully",
    peer.catalogId,
  ]);
  const urls = body.screenshot_urls as string[];
  strictEqual(urls.length, 2);

  const { data: requested } = await edge.event("screenshots.requested");
  strictEqual(requested.requesterService, "this machine");
  const { data: done } = await edge.event("screenshots.completed");
  deepStrictEqual(done, {
    catalogId: peer.catalogId,
    requestId: made.request_id,
    screenshotUrls: urls,
    peerId: "p-1",
    status: "completed",
  });
  const now = await edge.get<RequestBody>(made.location);
  deepStrictEqual([now.status, now.screenshot_urls], ["completed", urls]);
  const list = await edge.get<{ items: { url: string; width: number; height: number }[] }>(
    `/api/catalog/${peer.catalogId}/screenshots/`,
  );
  deepStrictEqual(
    list.items.map((it) => [it.url, it.width, it.height]),
    urls.map((it) => [it, 8, 6]),
  );

  const path = `/api/catalog/${peer.catalogId}/screenshots?limit=1`;
  const first = await edge.get<{ items: { url: string }[]; next_cursor: string }>(path);
  const second = await edge.get<typeof first>(`${path}&cursor=${first.next_cursor}&fields=url`);
  deepStrictEqual([first.items[0]!.url, second], [
    urls[0],
    { items: [{ url: urls[1] }], next_cursor: null },
  ]);

  // Pictures that a later request brings again are the first one's all the same.
  const later = await edge.ask(peer.catalogId, 2);
  const askedAgain = await peer.asked();
  const pictures = [png(8, 6, 2), png(8, 6, 1)];
  await upload(edge.url + askedAgain.endpoint, pictures, { token: askedAgain.token });
  for (const [{ location }, brought] of [[made, urls], [later, urls.toReversed()]] as const) {
    deepStrictEqual((await edge.get<RequestBody>(location)).screenshot_urls, brought);
  }

  const shown = await fetch(edge.url + urls[0]);
  strictEqual(shown.status, 200);
  match(shown.headers.get("cache-control")!, /private.*immutable/);
  strictEqual(shown.headers.get("x-content-type-options"), "nosniff");
  ok((await shown.bytes()).length > 50);
  const etag = shown.headers.get("etag")!;
  const again = await fetch(edge.url + urls[0], { headers: { "if-none-match": etag } });
  strictEqual(again.status, 304);
  const names = await Array.fromAsync(folderObjects(folder).list(), ({ name }) => name);
  deepStrictEqual(names.sort(), urls.map((it) => it.split("/").at(-1)!).sort());
  const seen = JSON.stringify(edge.seen);
  ok(!seen.includes(asked.token.split(".")[2]!), "no event has the token");
});

Deno.test(
  "quantities and titles that are none are refused, with what to do",
  grpcTest,
  async () => {
    await using edge = await startScreenshotEdge();
    using peer = await joinPeer(edge, "p-1");
    await edge.event("catalog.availability");
    const post = async (id: string, body: unknown) => {
      const response = await fetch(`${edge.url}/api/catalog/${id}/screenshots/`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
      return [response.status, (await response.json()).detail];
    };
    const cases: [unknown, RegExp][] = [
      [{ quantity: 0 }, /Cannot take 0 screenshots: ask for 1 to 10/],
      [{ quantity: -1 }, /ask for 1 to 10/],
      [{ quantity: 11 }, /ask for 1 to 10/],
      [{ quantity: 2 ** 31 - 1 }, /ask for 1 to 10/],
      [{ quantity: 1.5 }, /quantity/],
      [{}, /quantity/],
      [{ quantity: 1, amount: 3 }, /amount/],
    ];
    for (const [body, expected] of cases) {
      const [status, detail] = await post(peer.catalogId, body);
      strictEqual(status, 400, JSON.stringify(body));
      match(detail, expected);
    }
    deepStrictEqual((await post("nope", { quantity: 1 }))[0], 404);
    for (let n = 0; n < 10; n++) strictEqual((await post(peer.catalogId, { quantity: 1 }))[0], 202);
    strictEqual((await post(peer.catalogId, { quantity: 1 }))[0], 503, "as many wait as may");
  },
);

Deno.test("a request waits for a peer that has the title, over a restart", grpcTest, async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "edge.db");
  let made: RequestBody;
  let catalogId: string;
  {
    await using edge = await startScreenshotEdge({ state: stateOf(path) });
    const peer = await joinPeer(edge, "p-1");
    ({ catalogId } = peer);
    await edge.event("catalog.availability");
    peer[Symbol.dispose]();
    await edge.event("peer.disconnected");
    made = await edge.ask(catalogId);
  }
  await using edge = await startScreenshotEdge({ state: stateOf(path) });
  strictEqual((await edge.get<RequestBody>(made.location)).status, "pending");
  using peer = await joinPeer(edge, "p-1");
  const asked = await peer.asked();
  const { status } = await upload(edge.url + asked.endpoint, [png(4, 4)], { token: asked.token });

  strictEqual(status, 200);
  const { data } = await edge.event("screenshots.completed");
  strictEqual(data.requestId, made.request_id);
});

Deno.test("a token given before a restart is good after it", grpcTest, async () => {
  await using dir = await tempDir();
  const path = join(dir.path, "edge.db");
  let asked;
  {
    await using edge = await startScreenshotEdge({ state: stateOf(path) });
    using peer = await joinPeer(edge, "p-1");
    await edge.ask(peer.catalogId);
    asked = await peer.asked();
  }
  await using edge = await startScreenshotEdge({ state: stateOf(path) });
  const { status } = await upload(edge.url + asked.endpoint, [png(4, 4)], { token: asked.token });
  strictEqual(status, 200);
});

Deno.test(
  "a peer that brings nothing in time is followed by another, and is told so",
  grpcTest,
  async () => {
    await using edge = await startScreenshotEdge({ screenshots: { deliverMs: 200 } });
    using slow = await joinPeer(edge, "p-1");
    await edge.ask(slow.catalogId);
    const first = await slow.asked();
    // It has the same content, under an id of its own.
    using quick = await joinPeer(edge, "p-2");
    await edge.event("catalog.availability", 2);
    await edge.state.run(
      "UPDATE replicas SET catalog_id = ?, peer_catalog_id = 'its own' WHERE peer_id = 'p-2'",
      slow.catalogId,
    );
    const second = await quick.asked();
    notStrictEqual(second.token, first.token);
    strictEqual(second.catalogId, "its own", "each is asked by its own id");
    strictEqual(second.endpoint, first.endpoint);
    const to = edge.url + first.endpoint;
    strictEqual((await upload(to, [png(4, 4)], { token: second.token })).status, 200);

    const late = await upload(to, [png(5, 5)], { token: first.token });
    deepStrictEqual(late, {
      status: 403,
      body: {
        status: "error",
        message: "Screenshots already uploaded",
        detail: "Another peer has already uploaded screenshots for this catalog ID",
      },
    });
  },
);

Deno.test(
  "a peer of ours that refuses is followed at once; at the end the request fails",
  grpcTest,
  async () => {
    await using edge = await startScreenshotEdge({
      screenshots: { ttlHours: () => 2 / 3600, roundMs: 50 },
    });
    const library = new MapLibrary("alien.mp4");
    // It has no screenshots, and says so.
    await using peer = startLink(edge.address, library, { settings: { peerId: "ours" } });
    await peer.event("link.connected");
    const [title] = await until(async () => {
      const { items } = await edge.edge.catalog({ limit: 1 });
      return items.length > 0 && items;
    });
    const made = await edge.ask(title!.catalogId);

    const tried = await until(async () => {
      const now = await edge.get<RequestBody>(made.location);
      return now.attempts > 1 && now;
    });
    match(tried.reason!, /peer "ours": /);
    const { data } = await edge.event("screenshots.failed");
    deepStrictEqual([data.requestId, data.status], [made.request_id, "failed"]);
    strictEqual((await edge.get<RequestBody>(made.location)).status, "failed");
  },
);

Deno.test("what nobody looks at makes room, the oldest first", grpcTest, async () => {
  await using dir = await tempDir();
  const objects = folderObjects(dir.path);
  let limitBytes = 1e9;
  await using edge = await startScreenshotEdge({
    screenshots: { objects, limitBytes: () => limitBytes },
  });
  using peer = await joinPeer(edge, "p-1");
  const urls: string[] = [];
  for (let round = 0; round < 6; round++) {
    await edge.ask(peer.catalogId);
    const asked = await peer.asked();
    const picture = png(40, 40, round * 40);
    const { body } = await upload(edge.url + asked.endpoint, [picture], { token: asked.token });
    urls.push(...body.screenshot_urls as string[]);
    const list = `/api/catalog/${peer.catalogId}/screenshots`;
    const { items } = await edge.get<{ items: [{ size_bytes: number }] }>(list);
    limitBytes = items[0].size_bytes * 3.5;
  }
  const statuses = [];
  for (const url of urls) {
    const response = await fetch(edge.url + url);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  const gone = statuses.indexOf(200);
  ok(gone > 0 && gone < 6, statuses.join());
  deepStrictEqual(statuses.slice(gone), Array(6 - gone).fill(200));
  const kept = await Array.fromAsync(objects.list());
  strictEqual(kept.length, 6 - gone);
});

Deno.test("with S3 a peer still brings pictures to the edge, and viewers get them from S3", {
  ...grpcTest,
  ignore: !hasS3,
}, async () => {
  await using s3 = await startS3();
  await using edge = await startScreenshotEdge({ screenshots: { objects: s3Objects(s3.place) } });
  using peer = await joinPeer(edge, "p-1");
  await edge.event("catalog.availability");
  await edge.ask(peer.catalogId);
  const asked = await peer.asked();
  strictEqual(asked.endpoint, `/api/screenshot/${peer.catalogId}`);

  const { status, body } = await upload(edge.url + asked.endpoint, [png(4, 2)], asked);
  strictEqual(status, 200);
  const [path] = body.screenshot_urls as string[];
  const shown = await fetch(edge.url + path, { redirect: "manual" });
  await shown.body?.cancel();

  strictEqual(shown.status, 302);
  strictEqual(shown.headers.get("cache-control"), "private, max-age=150");
  const link = shown.headers.get("location")!;
  ok(link.startsWith(`${s3.place.endpoint}/pictures/screenshots/`), link);
  ok(!link.includes(s3.place.secretAccessKey));
  const { items: [picture] } = await edge.get<{ items: { size_bytes: number; width: number }[] }>(
    `/api/catalog/${peer.catalogId}/screenshots/`,
  );
  strictEqual(picture!.width, 4);
  await s3.trustAll();
  strictEqual((await (await fetch(link)).bytes()).length, picture!.size_bytes);
});
