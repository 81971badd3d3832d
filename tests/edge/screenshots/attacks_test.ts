/** What must not be taken, from whom, and that the edge is none the worse for it. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { SignJWT } from "jose";
import { migrations, openPostgresState, type State } from "../../../src/db/mod.ts";
import { Log, textSink } from "../../../src/base/log.ts";
import { openScreenshots } from "../../../src/edge/server/screenshots/mod.ts";
import { hasPostgres, startPostgres } from "../../helpers/postgres.ts";
import { grpcTest } from "../rig.ts";
import { concat, hasFfmpeg, made, png } from "./pictures.ts";
import { type Asked, joinPeer, type ScreenshotEdge, startScreenshotEdge, upload } from "./rig.ts";

const text = (it: string) => new TextEncoder().encode(it);

/** An edge, a peer, and what the peer was asked for. */
async function asked(quantity = 2, setup: Parameters<typeof startScreenshotEdge>[0] = {}) {
  const edge = await startScreenshotEdge(setup);
  const peer = await joinPeer(edge, "p-1");
  await edge.ask(peer.catalogId, quantity);
  const it = await peer.asked();
  return Object.assign(it, {
    edge,
    peer,
    to: edge.url + it.endpoint,
    [Symbol.asyncDispose]: async () => {
      peer[Symbol.dispose]();
      await edge[Symbol.asyncDispose]();
    },
  });
}

/** It still works for who does it right. */
async function assertUnharmed({ to, token }: { to: string; token: string }) {
  strictEqual((await upload(to, [png(3, 3)], { token })).status, 200);
}

async function list(edge: ScreenshotEdge, catalogId: string) {
  return (await edge.edge.screenshots.list(catalogId, { limit: 9 })).items;
}

async function count(edge: ScreenshotEdge, catalogId: string) {
  return (await list(edge, catalogId)).length;
}

Deno.test(
  "an upload without a good token is refused in the published words",
  grpcTest,
  async () => {
    await using it = await asked();
    const { to, token } = it;
    const picture = [png(3, 3)];

    deepStrictEqual(await upload(to, picture), {
      status: 422,
      body: {
        detail: [{
          type: "missing",
          loc: ["header", "authorization"],
          msg: "Field required",
          input: null,
        }],
      },
    });
    deepStrictEqual(await upload(to, picture, { headers: { authorization: `Basic ${token}` } }), {
      status: 401,
      body: { detail: "Invalid authorization header" },
    });
    const invalid = { status: 401, body: { detail: "Invalid or expired token" } };
    for (
      const bad of ["x", "", ".", "..", "a.b.c", `${token}x`, token.slice(2), "y".repeat(9000)]
    ) {
      const { status, body } = await upload(to, picture, { token: bad });
      // A header loses the blank at its end.
      if (bad === "") strictEqual(status, 401);
      else deepStrictEqual({ status, body }, invalid, bad.slice(0, 20));
    }
    deepStrictEqual(
      await upload(`${it.edge.url}/api/screenshot/another`, picture, { token }),
      { status: 400, body: { detail: "Catalog ID in URL does not match token" } },
    );
    strictEqual(await count(it.edge, it.catalogId), 0);
    await assertUnharmed(it);
  },
);

Deno.test("a token is good once, and a replay says so", grpcTest, async () => {
  await using it = await asked();
  await assertUnharmed(it);

  deepStrictEqual(await upload(it.to, [png(9, 9)], { token: it.token }), {
    status: 403,
    body: {
      status: "error",
      message: "Token has already been used",
      detail: "This upload token has already been used",
    },
  });
  strictEqual(await count(it.edge, it.catalogId), 1);
});

for (const algorithm of ["HS256", "EdDSA"] as const) {
  Deno.test(`a forged token is refused (${algorithm})`, grpcTest, async () => {
    await using it = await asked(1, { screenshots: { algorithm: () => algorithm } });
    const [header = "", claims = "", signature = ""] = it.token.split(".");
    const encode = (value: unknown) =>
      text(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
    const decode = (part: string) =>
      JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" })));
    const said = decode(claims);
    strictEqual(decode(header).alg, algorithm);
    const { secret } = (await it.edge.state.get<{ secret: string }>(
      "SELECT secret FROM screenshot_keys WHERE algorithm = ?",
      algorithm,
    ))!;
    const { x = "", d: _, ...open } = JSON.parse(secret);
    const sign = (key: Uint8Array, alg = "HS256", more = {}) =>
      new SignJWT({ ...said, ...more }).setProtectedHeader({ alg, typ: "JWT" }).sign(key);
    const publicKey = Uint8Array.fromBase64(x || "AAAA", { alphabet: "base64url" });
    const spki = concat(Uint8Array.fromHex("302a300506032b6570032100"), publicKey);
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toBase64()}\n-----END PUBLIC KEY-----\n`;
    const bad: Record<string, string> = {
      "alg none": `${encode({ alg: "none", typ: "JWT" })}.${claims}.`,
      "alg None": `${encode({ alg: "None", typ: "JWT" })}.${claims}.`,
      "no signature": `${header}.${claims}.`,
      "other claims": `${header}.${encode({ ...said, exp: said.exp + 9999 })}.${signature}`,
      "the seed's secret": await sign(text("secret")),
      "an empty secret": await sign(new Uint8Array(1)),
      "HS256 by the public key": await sign(publicKey),
      "HS256 by the public key as SPKI": await sign(spki),
      "HS256 by the public key as PEM": await sign(text(pem)),
      "HS256 by its name": await sign(text(x || "x")),
      "a key in its header": `${
        encode({ alg: algorithm, typ: "JWT", jwk: open })
      }.${claims}.${signature}`,
      "critical": `${
        encode({ alg: algorithm, typ: "JWT", crit: ["x"], x: 1 })
      }.${claims}.${signature}`,
    };
    if (algorithm === "HS256") {
      const key = Uint8Array.fromBase64(open.k, { alphabet: "base64url" });
      const past = Math.floor(Date.now() / 1000) - 5;
      bad["another algorithm"] = await sign(concat(key, new Uint8Array(32)), "HS512");
      // Signed by the edge's own key, as if that had leaked from a test.
      bad.expired = await sign(key, "HS256", { exp: past });
      bad["no expiry"] = await sign(key, "HS256", { exp: undefined });
      bad["a token that was never given"] = await sign(key, "HS256", { "token_id": "t-1" });
      bad["another peer's"] = await sign(key, "HS256", { "peer_id": "p-2" });
      bad["another request's"] = await sign(key, "HS256", { "request_id": "r-2" });
      bad["no peer"] = await sign(key, "HS256", { "peer_id": undefined });
    }
    for (const [name, token] of Object.entries(bad)) {
      const { status, body } = await upload(it.to, [png(3, 3)], { token });
      deepStrictEqual([status, body], [401, { detail: "Invalid or expired token" }], name);
    }
    await assertUnharmed(it);
  });
}

Deno.test("a token expires, by itself and with its request", grpcTest, async () => {
  for (const settings of [{ tokenMinutes: () => 1 / 60 }, { ttlHours: () => 1 / 3600 }]) {
    await using it = await asked(1, { screenshots: settings });
    const { exp } = JSON.parse(
      atob(it.token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")),
    );
    // Its time, which is at most a second away.
    await new Promise((resolve) => setTimeout(resolve, Math.max(exp * 1000 - Date.now() + 20, 0)));
    const { status } = await upload(it.to, [png(3, 3)], { token: it.token });
    strictEqual(status, 401);
  }
});

Deno.test("of uploads with one token at the same time, one is stored", grpcTest, async () => {
  await using it = await asked();
  const tries = Array.from({ length: 4 }, (_, at) => upload(it.to, [png(5 + at, 5)], it));
  const statuses = (await Promise.all(tries)).map(({ status }) => status);

  deepStrictEqual(statuses.sort(), [200, 403, 403, 403]);
  strictEqual(await count(it.edge, it.catalogId), 1);
  strictEqual(it.edge.seen.filter(({ type }) => type === "screenshots.completed").length, 1);
});

Deno.test("of two edges on one PostgreSQL, one takes a token", {
  ...grpcTest,
  ignore: !hasPostgres,
}, async () => {
  await using server = await startPostgres();
  const url = await server.database();
  await using one = await openPostgresState(url, migrations.edge);
  await using other = await openPostgresState(url, migrations.edge);
  let given: Asked | undefined;
  const title = { catalogId: "c-1", title: "", sortTitle: "", sizeBytes: 1 };
  const replica = {
    peerId: "p-1",
    relativePath: "",
    title: "",
    peerCatalogId: "c-1",
    atRisk: false,
  };
  const events: string[] = [];
  const open = (state: State) =>
    openScreenshots({
      state,
      titlesOf: () => Promise.resolve([{ ...title, replicas: [replica] }]),
      findPeer: (peerId) => ({
        peerId,
        extensions: [],
        ask: () => Promise.reject(new Error("asked")),
        send: (payload) => {
          const { uploadToken: token = "", quantity = 0 } = payload.value as Record<string, never>;
          given ??= { catalogId: "c-1", quantity, token, endpoint: "" };
          asking.abort();
          return Promise.resolve();
        },
      }),
      viewersOf: () => 0,
      publish: (type) => void events.push(type),
      log: new Log(() => {}),
    });
  const asking = new AbortController();
  const rooms = [open(one), open(other)];
  await rooms[0]!.screenshots.request({ catalogId: "c-1", quantity: 1, requester: "" });
  // Both look for work at the same time, too.
  await Promise.all(rooms.map((room) => room.run(asking.signal)));
  const { attempts } = (await one.get<{ attempts: number }>(
    "SELECT attempts FROM screenshot_requests",
  ))!;
  strictEqual(attempts, 1, "it was given once");

  const form = () => {
    const form = new FormData();
    form.append("files", new Blob([png(4, 4)]), "x.jpg");
    return new Request("http://x", { method: "POST", body: form });
  };
  const answers = await Promise.all([0, 1, 0, 1].map((at) => {
    const { body, headers } = form();
    const all = new Headers(headers);
    all.set("authorization", `Bearer ${given!.token}`);
    return rooms[at]!.screenshots.upload({
      catalogId: "c-1",
      header: (name) => all.get(name) ?? undefined,
      body,
    }, new AbortController().signal);
  }));
  deepStrictEqual(answers.map(({ status }) => status).sort(), [200, 403, 403, 403]);
  strictEqual((await rooms[1]!.screenshots.list("c-1", { limit: 9 })).items.length, 1);
  strictEqual(events.filter((type) => type === "screenshots.completed").length, 1);
});

Deno.test("too many files, none, and those of another name are refused", grpcTest, async () => {
  await using it = await asked(2);
  const { to, token } = it;
  const missing = {
    status: 422,
    body: {
      detail: [{ type: "missing", loc: ["body", "files"], msg: "Field required", input: null }],
    },
  };
  deepStrictEqual(await upload(to, [], { token }), missing);
  deepStrictEqual(await upload(to, [png(3, 3)], { token, part: "file0" }), missing);
  const plain = { token, headers: { "content-type": "application/json" } };
  deepStrictEqual(await upload(to, [png(3, 3)], plain), missing);
  const many = await upload(to, [png(3, 3), png(4, 4), png(5, 5)], { token });
  deepStrictEqual(many, {
    status: 422,
    body: {
      detail: [{
        type: "too_long",
        loc: ["body", "files"],
        msg: "List should have at most 2 items after validation",
        input: null,
      }],
    },
  });
  strictEqual(await count(it.edge, it.catalogId), 0);
  await assertUnharmed(it);
});

Deno.test("what is no picture is refused, whatever it calls itself", grpcTest, async () => {
  await using it = await asked(2);
  const html = "<!doctype html><script>alert(1)</script>";
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
  const playlist = "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n";
  const bad = [
    html,
    svg,
    playlist,
    "ffconcat version 1.0\nfile /etc/passwd\n",
    concat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), text(html)),
    concat(png(3, 3).subarray(0, 8), text(html)),
    "",
  ];
  for (const bytes of bad) {
    const { status, body } = await upload(it.to, [png(3, 3), bytes], it);
    const [{ loc, msg }] = body.detail as [{ loc: unknown[]; msg: string }];
    deepStrictEqual([status, loc], [422, ["body", "files", 1]], String(bytes).slice(0, 20));
    match(msg, /picture|JPEG/);
  }
  strictEqual(await count(it.edge, it.catalogId), 0, "all of it, or nothing");
  await assertUnharmed(it);
});

Deno.test("a polyglot loses what it hides", { ...grpcTest, ignore: !hasFfmpeg }, async () => {
  await using it = await asked(2);
  const script = "<script>alert(document.cookie)</script>";
  const jpg = await made("jpg", "3000x200");
  const comment = concat(Uint8Array.of(0xff, 0xfe, 0, script.length + 2), text(script));
  const polyglot = concat(jpg.subarray(0, 2), comment, jpg.subarray(2), text(script));
  const name = "../../x.html";
  const { status, body } = await upload(it.to, [polyglot], { ...it, name, type: "text/html" });
  strictEqual(status, 200, JSON.stringify(body));

  const [url = ""] = body.screenshot_urls as string[];
  match(url, /^\/api\/catalog\/[\w-]+\/screenshots\/[0-9a-f]{64}\.jpg$/);
  const shown = await fetch(it.edge.url + url);
  strictEqual(shown.headers.get("content-type"), "image/jpeg");
  match(shown.headers.get("content-security-policy")!, /sandbox/);
  ok(!new TextDecoder("latin1").decode(await shown.bytes()).includes("script"));
  const [row] = await list(it.edge, it.catalogId);
  deepStrictEqual(
    [row?.width, row?.height],
    [1920, 128],
    "made anew, and no larger than it need be",
  );
});

Deno.test("an address of a picture leads nowhere else", grpcTest, async () => {
  await using it = await asked();
  await assertUnharmed(it);
  const [picture] = await list(it.edge, it.catalogId);
  const { hash } = picture!;
  const names = ["../x", "..%2f..%2fedge.db", `${hash}.html`, hash, "x.jpg"];
  for (const name of names) {
    const at = `${it.edge.url}/api/catalog/${it.catalogId}/screenshots/${name}`;
    const response = await fetch(at);
    await response.body?.cancel();
    strictEqual(response.status, 404, name);
  }
  const cut = `${it.edge.url}/api/catalog/${it.catalogId}/screenshots/${hash}.jpg%00.png`;
  const response = await fetch(cut);
  await response.body?.cancel();
  strictEqual(response.status, 400, "no path has a NUL");
});

Deno.test("a body of 10 GB costs nothing, told or not", grpcTest, async () => {
  await using it = await asked();
  const { hostname, port } = new URL(it.to);
  const before = Deno.memoryUsage().rss;
  const head = (more: string) =>
    text(
      `POST ${it.endpoint} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
        `Authorization: Bearer ${it.token}\r\n` +
        `Content-Type: multipart/form-data; boundary=b\r\n${more}\r\n\r\n`,
    );
  const part = '--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n';
  /** Sends until the other end closes or has answered; what it says, and what it took. */
  const send = async (first: Uint8Array, piece: Uint8Array | undefined) => {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(first);
    let sent = 0;
    let answered = false;
    const answer = (async () => {
      const bytes = new Uint8Array(4096);
      const length = await connection.read(bytes).catch(() => 0) ?? 0;
      answered = true;
      return new TextDecoder().decode(bytes.subarray(0, length));
    })();
    while (piece && !answered && sent < 10e9) {
      try {
        for (let at = 0; at < piece.length;) {
          at += await connection.write(piece.subarray(at));
        }
        sent += piece.length;
      } catch {
        break;
      }
    }
    return { said: await answer, sent };
  };

  const told = await send(head("Content-Length: 10000000000"), undefined);
  match(told.said, /^HTTP\/1\.1 413 /);
  const body = concat(png(3, 3), new Uint8Array(1_000_000));
  const chunk = (bytes: Uint8Array) =>
    concat(text(`${bytes.length.toString(16)}\r\n`), bytes, text("\r\n"));
  const chunked = "Transfer-Encoding: chunked";
  const long = await send(concat(head(chunked), chunk(text(part))), chunk(body));
  ok(long.said === "" || /^HTTP\/1\.1 413 /.test(long.said), long.said);
  ok(long.sent < 64e6, `${long.sent} bytes were taken`);
  // Many small parts that nobody wants.
  const other = chunk(
    concat(
      text('\r\n--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n'),
      new Uint8Array(100_000),
    ),
  );
  const wide = await send(concat(head(chunked), chunk(text("--b\r\n\r\n"))), other);
  ok(wide.sent < 96e6, `${wide.sent} bytes were taken`);
  const endless = await send(
    concat(head(chunked), chunk(text("--b\r\n"))),
    chunk(new Uint8Array(65_536).fill(65)),
  );
  ok(endless.sent < 32e6, "headers without an end");
  // Who has no token has nothing read.
  const stranger = await send(
    concat(text(new TextDecoder().decode(head(chunked)).replace(it.token, "x"))),
    chunk(body),
  );
  ok(stranger.sent < 32e6, `${stranger.sent} bytes were taken`);
  const grown = Deno.memoryUsage().rss - before;
  ok(grown < 400e6, `${grown} bytes more`);
  await assertUnharmed(it);
});

Deno.test("a slow body is given up, and a token is in no log", grpcTest, async () => {
  const lines: string[] = [];
  await using it = await asked(1, {
    log: new Log(textSink((line) => void lines.push(line))),
    screenshots: { bodyMs: 100 },
  });
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(text("--b\r\n")),
  });
  const headers = {
    authorization: `Bearer ${it.token}`,
    "content-type": "multipart/form-data; boundary=b",
  };
  const response = await fetch(it.to, { method: "POST", body: endless, headers });
  strictEqual(response.status, 408);
  await response.body?.cancel();
  await upload(it.to, ["no picture"], it);
  await upload(`${it.edge.url}/api/screenshot/x`, [png(3, 3)], it);
  await assertUnharmed(it);
  await upload(it.to, [png(3, 3)], it);

  ok(lines.some((line) => line.includes("An upload was refused")), "it is logged");
  for (const part of it.token.split(".").slice(1)) {
    ok(!lines.some((line) => line.includes(part)));
    ok(!JSON.stringify(it.edge.seen).includes(part));
    ok(!JSON.stringify(it.edge.http.entries).includes(part));
  }
});
