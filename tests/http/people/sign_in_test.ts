/** Signing in over REST: tokens, cookies, and those who try without. @module */
import { createHmac, generateKeyPairSync } from "node:crypto";
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { ACCESS_MS, GRACE_MS } from "../../../src/people/mod.ts";
import { cookiesOf, HERE, LAN, openPeopleRig, PASSWORD, TOKEN } from "./rig.ts";

Deno.test("a program signs in, asks, goes on, and signs out", async () => {
  let now = Date.now();
  using rig = openPeopleRig({ now: () => now });
  const ann = await rig.join("Ann", "member");
  const me = async (bearer: string) =>
    await (await rig.ask("GET /api/users/me", { bearer })).json();

  deepStrictEqual(await me(ann.bearer), {
    by: "session",
    name: "Ann",
    role: "member",
    scopes: ["read", "play"],
    user_id: ann.id,
    session_id: ann.sessionId,
  });
  now += ACCESS_MS;
  const over = await rig.ask("GET /api/users/me", { bearer: ann.bearer });
  strictEqual(over.status, 401);
  match((await over.json()).detail, /^Cannot take this token: .* is over\. Sign in at \/login/);
  const body = { "refresh_token": ann.refresh };
  const next = await (await rig.ask("POST /api/sessions/refresh", { body })).json();
  strictEqual((await me(next.access_token)).name, "Ann");
  now += GRACE_MS;
  const again = await rig.ask("POST /api/sessions/refresh", { body });
  strictEqual(again.status, 401);
  strictEqual(again.headers.get("www-authenticate"), "Bearer");
  strictEqual(await rig.status("GET /api/users/me", { bearer: next.access_token }), 401);
});

Deno.test("who signs out by the access token alone is signed out, too", async () => {
  using rig = openPeopleRig();
  const { bearer } = await rig.join("Ann", "member");
  strictEqual(await rig.status("POST /api/sessions/sign-out", { bearer }), 204);
  strictEqual(await rig.status("GET /api/users/me", { bearer }), 401);
});

Deno.test("a page gets cookies that no script reads, and no token in the body", async () => {
  using rig = openPeopleRig();
  await rig.join("Ann", "member");
  const login = { name: "Ann", password: PASSWORD, use: "cookie" };

  const answer = await rig.ask("POST /api/sessions", { body: login });
  const text = await answer.text();
  const cookies = answer.headers.getSetCookie();

  ok(!/gf[a-z]_/.test(text), text);
  strictEqual(answer.headers.get("cache-control"), "no-store");
  strictEqual(cookies.length, 2);
  for (const cookie of cookies) {
    match(cookie, /; HttpOnly/);
    match(cookie, /; SameSite=Strict/);
    match(cookie, /; Expires=/);
    ok(!/; Secure/.test(cookie), "over http it would not come back");
    ok(!/Domain=/.test(cookie));
  }
  match(cookies[0]!, /; Path=\/(;|$)/);
  match(cookies[1]!, /; Path=\/api\/sessions(;|$)/);
  const cookie = cookiesOf(answer);
  strictEqual(await rig.status("GET /api/users/me", { cookie }), 200);

  const next = await rig.ask("POST /api/sessions/refresh", { cookie });
  strictEqual(next.status, 200);
  ok(!/gf[a-z]_/.test(await next.text()));
  const out = await rig.ask("POST /api/sessions/sign-out", { cookie: cookiesOf(next) });
  strictEqual(out.status, 204);
  for (const dropped of out.headers.getSetCookie()) match(dropped, /Max-Age=0/);
  strictEqual(await rig.status("GET /api/users/me", { cookie: cookiesOf(next) }), 401);
});

Deno.test("over HTTPS, by a name that is listed, cookies are Secure", async () => {
  using rig = openPeopleRig();
  await rig.join("Ann", "member");

  const answer = await rig.ask("POST /api/sessions", {
    base: "http://films.example",
    from: "127.0.0.1",
    headers: { origin: "https://films.example", "x-forwarded-for": "203.0.113.5" },
    body: { name: "Ann", password: PASSWORD, use: "cookie" },
  });

  strictEqual(answer.status, 201);
  for (const cookie of answer.headers.getSetCookie()) match(cookie, /; Secure/);
  strictEqual(await rig.status("GET /", { base: "http://other.example" }), 403);
});

Deno.test("tokens that are made up are refused: JWTs of every trick, and what looks like ours", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const claims = { sub: ann.id, sid: ann.sessionId, role: "owner", exp: 9_999_999_999 };
  const { publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" });
  const part = (it: object) => btoa(JSON.stringify(it)).replaceAll("=", "");
  const jwt = (header: object, sign: (text: string) => string) => {
    const text = `${part(header)}.${part(claims)}`;
    return `${text}.${sign(text)}`;
  };
  const hmac = (key: string | Uint8Array) => (text: string) =>
    createHmac("sha256", key).update(text).digest("base64url");
  const tricks = [
    jwt({ alg: "none", typ: "JWT" }, () => ""),
    jwt({ alg: "None" }, () => ""),
    jwt({ alg: "HS256" }, hmac(pem.toString())),
    jwt({ alg: "HS256" }, hmac(TOKEN)),
    jwt({ alg: "HS256" }, hmac("")),
    jwt({ alg: "EdDSA", jwk: publicKey.export({ format: "jwk" }) }, () => "AA"),
    jwt({ alg: "HS256", kid: "../../dev/null" }, hmac("")),
    `gfa_${"A".repeat(43)}`,
    `gft_${"A".repeat(43)}`,
    ann.refresh,
    `${ann.bearer.slice(0, -1)}${ann.bearer.endsWith("A") ? "B" : "A"}`,
    ann.bearer.toUpperCase(),
    `' OR '1'='1`,
    ann.id,
    ann.sessionId,
  ];

  for (const bearer of tricks) {
    strictEqual(await rig.status("GET /api/users", { bearer }), 401, bearer);
    strictEqual(await rig.status("GET /api/users", { cookie: `gf_access_8080=${bearer}` }), 401);
    // A program on this machine that shows a token means it.
    strictEqual(await rig.status("GET /api/users", { bearer, from: "127.0.0.1" }), 401, bearer);
  }
  strictEqual(await rig.status("GET /api/users", { bearer: ann.bearer }), 200);
});

Deno.test("wrong tries are met with pauses that grow, and then a right one with a session", async () => {
  let now = Date.now();
  using rig = openPeopleRig({ now: () => now });
  await rig.join("Ann", "member");
  const attempt = (password: string, name = "Ann", from = LAN) =>
    rig.ask("POST /api/sessions", { body: { name, password }, from });

  const statuses: number[] = [];
  for (let count = 0; count < 10; count++) statuses.push((await attempt("wrong")).status);
  strictEqual(statuses.filter((it) => it === 401).length, 8);
  const refused = await attempt(PASSWORD);
  strictEqual(refused.status, 429);
  ok(Number(refused.headers.get("retry-after")) >= 1);
  match((await refused.json()).detail, /Try again in \d+ s/);
  strictEqual((await attempt(PASSWORD, "Ann", "192.168.1.99")).status, 201, "another address");
  now += 60_000;
  strictEqual((await attempt(PASSWORD)).status, 201);
});

Deno.test("a name that nobody has is answered as a wrong password is, and as late", async () => {
  using rig = openPeopleRig();
  await rig.join("Ann", "member");
  const bodies: unknown[] = [];
  for (const [index, name] of ["Ann", "Nobody"].entries()) {
    const from = `192.168.2.${index}`;
    const answer = await rig.ask("POST /api/sessions", { body: { name, password: "wrong" }, from });
    strictEqual(answer.status, 401);
    bodies.push(await answer.json());
  }

  deepStrictEqual(bodies[0], bodies[1]);
});

Deno.test("who shows nothing is told where to sign in; a browser is led there", async () => {
  using rig = openPeopleRig();
  const html = { headers: { accept: "text/html,*/*" } };
  strictEqual(await rig.status("GET /", html), 401, "nobody has an account yet");
  await rig.join("Ann", "owner");

  const page = await rig.ask("GET /", html);
  strictEqual(page.status, 302);
  strictEqual(page.headers.get("location"), "/login");
  const login = await rig.ask("GET /login");
  strictEqual(login.status, 200);
  match(await login.text(), /<form/);
  match(login.headers.get("content-security-policy") ?? "", /default-src 'self'/);
  match((await (await rig.ask("GET /api/health")).json()).detail, /login.*token=/);
  for (const path of ["/people.js", "/people.css", "/setup", "/invitation"]) {
    strictEqual(await rig.status(`GET ${path}`), 200, path);
  }
  // Browsers ask for one by themselves, and write down that it was refused.
  strictEqual(await rig.status("GET /favicon.ico"), 204);
});

Deno.test("behind a proxy of this machine one signs in, once there are accounts", async () => {
  using rig = openPeopleRig();
  const proxied = { from: "127.0.0.1", headers: { "x-forwarded-for": "203.0.113.5" } };
  strictEqual(await rig.status("GET /api/drives", proxied), 200, "as before there were accounts");
  const ann = await rig.join("Ann", "owner");

  strictEqual(await rig.status("GET /api/drives", proxied), 401);
  strictEqual(await rig.status("GET /api/drives", { ...proxied, bearer: ann.bearer }), 200);
  strictEqual(await rig.status("GET /api/drives", { from: "127.0.0.1" }), 200);
  for (const name of ["via", "forwarded", "x-real-ip", "x-forwarded-proto", "cf-connecting-ip"]) {
    const marked = { from: "127.0.0.1", headers: { [name]: "203.0.113.5" } };
    strictEqual(await rig.status("GET /api/drives", marked), 401, name);
  }
  const sessions = await (await rig.ask("GET /api/sessions", { bearer: ann.bearer })).json();
  deepStrictEqual(sessions.items.map((it: { address: string }) => it.address), [LAN]);
});

Deno.test("the set-up link leads a person to an owner's account", async () => {
  using rig = openPeopleRig();
  deepStrictEqual(await (await rig.ask("GET /api/setup")).json(), { needed: true });
  strictEqual(await rig.status("POST /api/setup/links"), 401);
  const made = await rig.ask("POST /api/setup/links", { from: "127.0.0.1" });
  const { url } = await made.json();
  match(url, new RegExp(`^${HERE}/setup#gfs_`));
  const token = new URL(url).hash.slice(1);
  const body = { token, name: "Ann", password: PASSWORD, use: "cookie" };

  const short = await rig.ask("POST /api/setup", { body: { ...body, password: "short" } });
  strictEqual(short.status, 400);
  strictEqual((await short.json()).field, "password");
  const answer = await rig.ask("POST /api/setup", { body });
  strictEqual(answer.status, 201);
  strictEqual(await rig.status("GET /api/users", { cookie: cookiesOf(answer) }), 200);
  strictEqual(await rig.status("POST /api/setup", { body: { ...body, name: "Eve" } }), 401);
  strictEqual(await rig.status("POST /api/setup/links", { from: "127.0.0.1" }), 409);
  deepStrictEqual(await (await rig.ask("GET /api/setup")).json(), { needed: false });
});
