/** Pictures and assets over REST, with real files and a real ffmpeg. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { imageSize } from "image-size";
import { silent } from "../../../src/base/log.ts";
import { createApi } from "../../../src/http/mod.ts";
import { openItems } from "../../../src/items/mod.ts";
import { has } from "../../helpers/clips.ts";
import { ffmpeg } from "../../media/images/clips.ts";
import { type ArtworkRigOptions, openArtworkRig } from "../../media/images/rig.ts";
import { at, readPages } from "../rig.ts";

const ignore = !await has("ffmpeg", "-version");

async function openPicturesRig(options: ArtworkRigOptions = { clips: ["plain.mp4"] }) {
  await using held = new AsyncDisposableStack();
  const rig = held.use(await openArtworkRig(options));
  const { db, library, jobs, artwork } = rig;
  const publish = (type: string, data: Record<string, unknown>) => rig.events.push({ type, data });
  const room = { backupFolder: join(rig.dir.path, "backups"), backupKeep: () => 1 };
  const rooms = { similarDistance: () => 0.6, isFailing: () => false };
  const items = openItems({ db, library, jobs, publish, log: silent, artwork, ...room, ...rooms });
  const none = {} as never;
  const api = createApi({
    health: none,
    configurations: none,
    events: none,
    peer: {
      drives: none,
      media: library as never,
      jobs: none,
      library: { ...items, pictures: artwork } as never,
    },
    edge: none,
    metrics: () => [],
  }, { token: "the-token", log: silent });
  const stack = held.move();
  return {
    ...rig,
    api,
    id: rig.files()[0]?.id ?? "",
    get: (path: string, headers: Record<string, string> = {}) =>
      Promise.resolve(api.request(at(path), { headers })),
    send: (method: string, path: string, body: BodyInit, headers: Record<string, string>) =>
      Promise.resolve(api.request(at(path), { method, body, headers })),
    /** A picture of one colour. */
    async picture(colour: string, size = "90x120", extension = "jpg") {
      const path = join(rig.dir.path, `${colour}.${extension}`);
      await ffmpeg(["-f", "lavfi", "-i", `color=${colour}:s=${size}`, "-frames:v", "1", path]);
      return await Deno.readFile(path);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const jpeg = { "content-type": "image/jpeg" };
const json = { "content-type": "application/json" };

Deno.test(
  { name: "GET screenshots gives times, and addresses that may be kept for ever", ignore },
  async () => {
    await using it = await openPicturesRig();

    const { items, next_cursor } = await (await it.get(`/api/media/${it.id}/screenshots/?count=2`))
      .json();
    const shown = await it.get(items[1].url);
    const bytes = new Uint8Array(await shown.arrayBuffer());

    strictEqual(next_cursor, null);
    deepStrictEqual(items.map((it: { time_ms: number }) => it.time_ms), [2000, 38_000]);
    strictEqual(shown.headers.get("content-type"), "image/jpeg");
    match(shown.headers.get("cache-control")!, /immutable/);
    deepStrictEqual([imageSize(bytes).width, bytes.length], [items[1].width, items[1].size_bytes]);
    const { items: three } = await (await it.get(`/api/media/${it.id}/screenshots`)).json();
    strictEqual(three.length, 3);
    for (const query of ["count=0", "count=11", "count=x", "quantity=2147483647"]) {
      strictEqual((await it.get(`/api/media/${it.id}/screenshots?${query}`)).status, 400, query);
    }
    strictEqual((await it.get("/api/media/nope/screenshots")).status, 404);
  },
);

Deno.test({ name: "GET sprite.vtt leads to sheets beside it", ignore }, async () => {
  await using it = await openPicturesRig();

  const vtt = await it.get(`/api/media/${it.id}/sprite.vtt`);
  const [, sheet] = /\n(sprite-\S+)#xywh=0,0,160,90\n/.exec(await vtt.text())!;
  const shown = await it.get(`/api/media/${it.id}/${sheet}`);
  await shown.body?.cancel();

  strictEqual(vtt.headers.get("content-type"), "text/vtt");
  match(shown.headers.get("content-type")!, /^image\//);
  match(shown.headers.get("cache-control")!, /immutable/);
  strictEqual((await it.get(`/api/media/${it.id}/sprite-7.webp`)).status, 404);
  for (const extension of ["png", sheet!.includes(".webp") ? "jpg" : "webp"]) {
    const other = await it.get(`/api/media/${it.id}/sprite-0.${extension}`);
    strictEqual(other.status, 404, "what it holds is not what that name says");
    match((await other.json()).detail, /sprite\.vtt gives/);
  }
});

Deno.test(
  { name: "GET poster answers by Accept and by extension, and 304 to who has it", ignore },
  async () => {
    await using it = await openPicturesRig();
    const path = `/api/media/${it.id}/poster`;

    const webp = await it.get(`${path}?width=160`, { accept: "image/webp,*/*;q=0.1" });
    const jpg = await it.get(`${path}.jpg?width=160`);
    await Promise.all([webp, jpg].map((answer) => answer.body?.cancel()));
    const etag = webp.headers.get("etag")!;
    const again = await it.get(`${path}?width=160`, {
      accept: "image/webp",
      "if-none-match": etag,
    });
    const other = await it.get(`${path}.jpg?width=160`, { "if-none-match": etag });
    await other.body?.cancel();

    strictEqual(webp.headers.get("content-type"), "image/webp");
    deepStrictEqual([webp.headers.get("vary"), webp.headers.get("cache-control")], [
      "accept",
      "private, no-cache",
    ]);
    strictEqual(jpg.headers.get("content-type"), "image/jpeg");
    deepStrictEqual([again.status, other.status], [304, 200]);
    const named = await it.get(`${path}?width=160&v=${etag.slice(1, -1)}`, {
      accept: "image/webp",
    });
    match(named.headers.get("cache-control")!, /immutable/);
    await named.body?.cancel();
    for (const bad of [`${path}.exe`, `${path}?width=0`, `${path}?width=x`]) {
      strictEqual((await it.get(bad)).status, 400, bad);
    }
  },
);

Deno.test({ name: "pictures stand behind the same door as all else", ignore }, async () => {
  await using it = await openPicturesRig();
  for (const path of ["poster", "screenshots", "sprite.vtt"]) {
    const request = new Request(at(`/api/media/${it.id}/${path}`));
    const answer = await it.api.fetch(request, { remoteAddress: "192.168.1.9" });
    strictEqual(answer.status, 401, path);
  }
});

Deno.test({
  name: "an uploaded poster goes before all others, and its sizes change with it",
  ignore,
}, async () => {
  await using it = await openPicturesRig();
  const poster = async () => {
    const answer = await it.get(`/api/media/${it.id}/poster.jpg?width=160`);
    const { width, height } = imageSize(new Uint8Array(await answer.arrayBuffer()));
    return [width, height, answer.headers.get("etag")];
  };
  const [width, , frame] = await poster();

  const made = await it.send(
    "POST",
    `/api/items/${it.id}/assets?kind=poster`,
    await it.picture("red"),
    jpeg,
  );
  const asset = await made.json();
  const [ownWidth, ownHeight, own] = await poster();
  const put = await it.send("PUT", asset.url, await it.picture("blue", "60x60", "png"), {
    "content-type": "image/png",
    "if-match": made.headers.get("etag")!,
  });
  const stale = await it.send("PUT", asset.url, await it.picture("green"), {
    ...jpeg,
    "if-match": made.headers.get("etag")!,
  });
  const [putWidth, , second] = await poster();
  const bytes = await it.get(asset.url);
  const deleted = await it.api.request(at(`/api/assets/${asset.id}`), { method: "DELETE" });

  deepStrictEqual([made.status, put.status, stale.status, deleted.status], [201, 200, 412, 204]);
  deepStrictEqual([width, ownWidth, ownHeight, putWidth], [160, 90, 120, 60]);
  strictEqual(new Set([frame, own, second]).size, 3);
  strictEqual(bytes.headers.get("content-type"), "image/png");
  await bytes.body?.cancel();
  strictEqual((await poster())[0], 160);
  strictEqual((await it.get(asset.url)).status, 404);
  deepStrictEqual(await it.cached().then((all) => all.filter((path) => /upload/.test(path))), []);
  const told = it.events.filter(({ type }) => type === "asset.changed");
  deepStrictEqual([told.length, told[0]!.data.kind], [3, "poster"]);
});

Deno.test(
  { name: "an upload that is no picture is refused, and leaves nothing", ignore },
  async () => {
    await using it = await openPicturesRig();
    const to = (query = "") => `/api/items/${it.id}/assets?kind=poster${query}`;
    const whole = await it.picture("red", "600x600");
    const refused = {
      "text": await it.send("POST", to(), "<svg onload='alert(1)'/>", {
        "content-type": "image/svg+xml",
      }),
      "another type": await it.send("POST", to(), whole, json),
      "half a picture": await it.send("POST", to(), whole.slice(0, 400), jpeg),
      "too large": await it.send("POST", to(), new Uint8Array(21 * 1024 * 1024), jpeg),
      "our kind": await it.send("POST", `/api/items/${it.id}/assets?kind=sprite`, whole, jpeg),
      "our label": await it.send("POST", to("&label=original"), whole, jpeg),
      "a path": await it.send("POST", to("&label=../../x"), whole, jpeg),
    };

    for (const [name, answer] of Object.entries(refused)) strictEqual(answer.status, 400, name);
    strictEqual((await it.send("POST", "/api/items/nope/assets", whole, jpeg)).status, 404);
    strictEqual((await it.send("POST", to(), whole, jpeg)).status, 201);
    strictEqual((await it.send("POST", to(), whole, jpeg)).status, 409);
    strictEqual((await it.cached()).filter((path) => path.startsWith("uploads")).length, 1);
  },
);

Deno.test(
  { name: "two who edit one asset: the slower is told, and nothing is lost", ignore },
  async () => {
    await using it = await openPicturesRig();
    const made = await it.send("POST", `/api/items/${it.id}/assets`, await it.picture("red"), jpeg);
    const { id } = await made.json();
    const edit = (label: string) =>
      it.send("PATCH", `/api/assets/${id}`, JSON.stringify({ label }), {
        ...json,
        "if-match": made.headers.get("etag")!,
      });

    const answers = [await edit("first"), await edit("second")];
    const found = await it.get(`/api/assets/${id}?fields=label,version`);

    deepStrictEqual(answers.map(({ status }) => status), [200, 412]);
    deepStrictEqual(await found.json(), { label: "first", version: 2 });
    strictEqual(found.headers.get("etag"), '"2"');
  },
);

Deno.test({
  name: "what was made here is listed, cannot be edited, and is made again when deleted",
  ignore,
}, async () => {
  await using it = await openPicturesRig();
  await (await it.get(`/api/media/${it.id}/poster`)).body?.cancel();
  const { items } = await (await it.get(`/api/assets?item=${it.id}&kind=screenshot&origin=cache`))
    .json();
  const [shot] = items;

  const edited = await it.send("PATCH", `/api/assets/${shot.id}`, '{"label":"x"}', json);
  const before = it.artwork.usage().bytes;
  const deleted = await it.api.request(at(`/api/assets/${shot.id}`), { method: "DELETE" });
  const freed = before - it.artwork.usage().bytes;
  const again = await it.get(`/api/media/${it.id}/screenshots?count=10`);

  deepStrictEqual([items.length, edited.status, deleted.status], [10, 409, 204]);
  strictEqual(freed, shot.size_bytes);
  strictEqual((await again.json()).items.length, 10);
});

Deno.test({
  name: "subtitles and NFO beside a film are among its assets, with their bytes",
  ignore,
}, async () => {
  await using it = await openPicturesRig();
  const text = "1\n00:00:00,000 --> 00:00:01,000\nHello\n";
  await it.file("plain.en.srt", text);
  const details = {
    sidecars: [{ name: "plain.en.srt", kind: "subtitle", format: "srt", language: "en" }],
    nfo: { path: "plain.nfo", kind: "movie", modifiedMs: 1 },
  };
  it.db.run("INSERT OR REPLACE INTO media_details VALUES (?, ?)", it.id, JSON.stringify(details));
  const seen = { modifiedMs: 1, files: [["plain.en.srt", text.length, 1]] };
  it.db.run(
    "INSERT OR REPLACE INTO beside VALUES (?, '', '[]', ?)",
    it.root,
    JSON.stringify(seen),
  );

  const { items } = await (await it.get(`/api/items/${it.id}/assets?origin=file`)).json();
  const [subtitle] = items.filter((it: { kind: string }) => it.kind === "subtitle");
  const shown = await it.get(subtitle.url);
  const evil = new TextEncoder().encode("../../../etc/passwd").toBase64({ alphabet: "base64url" });

  deepStrictEqual(items.map((it: { kind: string }) => it.kind).sort(), ["nfo", "subtitle"]);
  deepStrictEqual(
    items.map((it: { size_bytes: number }) => it.size_bytes).sort(),
    [text.length, null],
    "the NFO file is not seen yet",
  );
  deepStrictEqual(subtitle.details.language, "en");
  strictEqual(await shown.text(), text);
  strictEqual((await it.get(`/api/assets/file~${it.id}~${evil}/file`)).status, 404);
  const removed = await it.api.request(at(`/api/assets/${subtitle.id}`), { method: "DELETE" });
  strictEqual(removed.status, 409);
  ok(await Deno.stat(join(it.root, "plain.en.srt")));
});

Deno.test("assets come in pages, of ten thousand as of ten", async () => {
  await using it = await openPicturesRig({ without: true });
  it.db.transaction(() => {
    it.db.run(
      "INSERT INTO items (id, title, sort_title, created_at, updated_at) VALUES ('i', '', '', '', '')",
    );
    for (let at = 0; at < 10_000; at++) {
      it.db.run(
        `INSERT INTO assets (id, item_id, kind, label, origin, path, mime_type, generated_at, used_at)
         VALUES (?, 'i', ?, ?, 'cache', 'x', 'image/jpeg', '', '')`,
        crypto.randomUUID(),
        at % 100 === 0 ? "poster" : "screenshot",
        `${at}`,
      );
    }
  });

  const all = await readPages((path) => it.get(path), "/api/assets", 500);
  const began = performance.now();
  const posters = await (await it.get("/api/assets?kind=poster&limit=500&fields=id")).json();
  const took = performance.now() - began;

  strictEqual(new Set(all.items.map(({ id }) => id)).size, 10_000);
  strictEqual(posters.items.length, 100);
  deepStrictEqual(Object.keys(posters.items[0]), ["id"]);
  ok(took < 500, `${took} ms`);
});
