import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { openRig, TOKEN } from "./rig.ts";

const LAN = "192.168.1.7";

/** Asks as if from `remoteAddress`. */
async function ask(url: string, remoteAddress: string | undefined, init: RequestInit = {}) {
  using rig = openRig();
  const connection = remoteAddress === undefined ? {} : { remoteAddress };
  return await rig.api.request(url, init, connection);
}

Deno.test("this machine may ask, by address or as localhost", async () => {
  const addresses = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"];
  const hosts = ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "films.localhost"];

  for (const address of addresses) {
    for (const host of hosts) {
      const { status } = await ask(`http://${host}/api/health/`, address);
      strictEqual(status, 200, `${address} ${host}`);
    }
  }
});

Deno.test("another machine may not ask without the token", async () => {
  const none: RequestInit[] = [
    {},
    { headers: { authorization: "Bearer wrong" } },
    { headers: { authorization: `Basic ${TOKEN}` } },
    { headers: { authorization: `Bearer ${TOKEN}x` } },
    { headers: { cookie: "giggityflix=wrong" } },
    { headers: { "x-forwarded-for": "127.0.0.1" } },
  ];
  for (const init of none) {
    for (const path of ["/api/health/", "/", "/api/media/m-1/file", "/api/schema/"]) {
      const response = await ask(`http://192.168.1.2:8080${path}`, LAN, init);

      strictEqual(response.status, 401, path);
      strictEqual(response.headers.get("content-type"), "application/problem+json");
      strictEqual(response.headers.get("www-authenticate"), "Bearer");
      match((await response.json()).detail, /token=/);
    }
  }
  strictEqual((await ask("http://1.2.3.4/?token=", LAN)).status, 401);
  strictEqual((await ask("http://1.2.3.4/api/health/", "1270.0.0.1")).status, 401);
});

Deno.test("another machine may ask with the token, in any of three places", async () => {
  const at = "http://192.168.1.2:8080/api/health/";

  const bearer = await ask(at, LAN, { headers: { authorization: `bearer ${TOKEN}` } });
  const query = await ask(`${at}?token=${TOKEN}`, LAN);
  const cookie = query.headers.get("set-cookie")!;
  const again = await ask(at, LAN, { headers: { cookie: cookie.split(";")[0]! } });

  deepStrictEqual([bearer.status, query.status, again.status], [200, 200, 200]);
  match(cookie, /HttpOnly/i);
  match(cookie, /SameSite=Strict/i);
  strictEqual(bearer.headers.get("set-cookie"), null);
});

Deno.test("a name that somebody points at us is refused: it may be another site's page", async () => {
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "nas"]) {
    for (const address of ["127.0.0.1", LAN]) {
      const init = { headers: { authorization: `Bearer ${TOKEN}` } };
      const response = await ask(`http://${host}:8080/api/health/`, address, init);

      strictEqual(response.status, 403, host);
      ok((await response.json()).detail.includes(host));
    }
  }
});

Deno.test("a page of another site is refused, whatever it sends", async () => {
  const foreign: Record<string, string>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:9999" },
    { origin: "https://127.0.0.1:8080" },
    { "sec-fetch-site": "cross-site" },
  ];

  for (const headers of foreign) {
    for (const method of ["GET", "POST"]) {
      const response = await ask("http://127.0.0.1:8080/api/media/scan", "127.0.0.1", {
        method,
        headers,
      });
      strictEqual(response.status, 403, JSON.stringify(headers));
    }
  }
});

Deno.test("our own page is answered, and a link from elsewhere to the page, too", async () => {
  const own = { origin: "http://127.0.0.1:8080", "sec-fetch-site": "same-origin" };

  const health = await ask("http://127.0.0.1:8080/api/health/", "127.0.0.1", { headers: own });
  const page = await ask("http://127.0.0.1:8080/", "127.0.0.1", {
    headers: { "sec-fetch-site": "cross-site" },
  });

  strictEqual(health.status, 200);
  ok([200, 503].includes(page.status)); // 503: the page is not built
});
