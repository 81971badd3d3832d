/** Accounts, tokens, sessions, invitations and the audit log over REST. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { openPeopleRig, PASSWORD } from "./rig.ts";

Deno.test("nobody becomes more by PATCH, and nobody reads or ends what is another's", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const bob = await rig.join("Bob", "member");
  const { bearer } = bob;
  const refused: [string, unknown?][] = [
    [`PATCH /api/users/${bob.id}`, { role: "owner" }],
    [`PATCH /api/users/${bob.id}`, { is_disabled: false }],
    [`PATCH /api/users/${bob.id}`, { password: "a new one of mine" }],
    [`PATCH /api/users/${ann.id}`, { name: "Bobs" }],
    [`DELETE /api/users/${ann.id}`],
    [`DELETE /api/sessions/${ann.sessionId}`],
    [`DELETE /api/sessions?user_id=${ann.id}`],
    [`GET /api/sessions?user_id=${ann.id}`],
    [`GET /api/tokens?user_id=${ann.id}`],
    [`GET /api/passkeys?user_id=${ann.id}`],
    ["POST /api/tokens", { name: "t", scopes: ["read", "admin"] }],
    ["POST /api/users", { name: "Eve", role: "owner", password: PASSWORD }],
    ["POST /api/invitations", { role: "owner" }],
    ["POST /api/sharing-rules", { role: "member", effect: "allow", action: "see", kind: "all" }],
    ["GET /api/audit"],
    ["GET /api/users"],
  ];

  for (const [call, body] of refused) {
    const status = await rig.status(call, { bearer, ...body !== undefined && { body } });
    ok(status === 403 || status === 404, `${call}: ${status}`);
  }
  const unknown = await rig.ask(`PATCH /api/users/${bob.id}`, {
    bearer,
    body: { scopes: ["admin"] },
  });
  strictEqual(unknown.status, 400);
  strictEqual((await (await rig.ask("GET /api/users/me", { bearer })).json()).role, "member");
  strictEqual(await rig.status("GET /api/users", { bearer: ann.bearer }), 200);
});

Deno.test("an API token is for its scopes, is made by people only, and can be deleted", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const made = await rig.ask("POST /api/tokens", {
    bearer: ann.bearer,
    body: { name: "Prometheus", scopes: ["read"], expires_in_days: null },
  });
  strictEqual(made.status, 201);
  const { token, id } = await made.json();

  strictEqual(await rig.status("GET /metrics", { bearer: token }), 200);
  strictEqual(await rig.status(`GET /api/media/m-1/file?token=${token}`), 403, "that is play");
  strictEqual(await rig.status(`GET /api/catalog?token=${token}`), 200);
  strictEqual(await rig.status("GET /api/users", { bearer: token }), 403);
  const playing = await rig.ask("POST /api/tokens", {
    bearer: ann.bearer,
    body: { name: "Player", scopes: ["read", "play"] },
  });
  const player = (await playing.json()).token;
  const another = { name: "x", scopes: ["read"], "expires_in_days": null };
  strictEqual(await rig.status("POST /api/tokens", { bearer: player, body: another }), 403);
  const change = { password: "a new one of mine", "current_password": PASSWORD };
  const path = `PATCH /api/users/${ann.id}`;
  strictEqual(await rig.status(path, { bearer: player, body: change }), 403);
  const { items } = await (await rig.ask("GET /api/tokens?limit=1", { bearer: ann.bearer })).json();
  strictEqual(items.length, 1);
  ok(!JSON.stringify(items).includes("gft_"));
  strictEqual(await rig.status(`DELETE /api/tokens/${id}`, { bearer: ann.bearer }), 204);
  strictEqual(await rig.status("GET /metrics", { bearer: token }), 401);
});

Deno.test("a token that is not for administration touches no account", async () => {
  using rig = openPeopleRig();
  const ann = await rig.join("Ann", "owner");
  const make = async (...scopes: string[]) => {
    const body = { name: scopes.join(), scopes };
    return (await (await rig.ask("POST /api/tokens", { bearer: ann.bearer, body })).json()).token;
  };
  const player = await make("read", "play", "edit", "manage");
  const admin = await make("read", "play", "admin");
  const rename = { bearer: player, body: { name: "Eve" } };

  strictEqual(await rig.status(`PATCH /api/users/${ann.id}`, rename), 403);
  for (
    const call of [
      "DELETE /api/sessions",
      `DELETE /api/sessions/${ann.sessionId}`,
      "DELETE /api/tokens/x",
      "DELETE /api/passkeys/x",
      "POST /api/passkeys/registration",
      "GET /api/sessions",
      "GET /api/tokens",
      "GET /api/passkeys",
    ]
  ) strictEqual(await rig.status(call, { bearer: player }), 403, call);
  strictEqual(await rig.status("GET /api/users/me", { bearer: player }), 200);
  strictEqual(
    await rig.status("GET /api/users/me", { bearer: ann.bearer }),
    200,
    "signed in still",
  );
  strictEqual(await rig.status("GET /api/sessions", { bearer: admin }), 200);
  const own = { bearer: admin, body: { name: "Anna" } };
  strictEqual(await rig.status(`PATCH /api/users/${ann.id}`, own), 200);
  strictEqual(await rig.status("DELETE /api/sessions", { bearer: admin }), 200);
});

Deno.test("lists come in pages, whole and in their order", async () => {
  using rig = openPeopleRig();
  const { bearer } = await rig.join("Ann", "owner");
  for (const name of ["eve", "Bob", "dan", "Cid"]) {
    await rig.ask("POST /api/users", { bearer, body: { name, role: "guest" } });
    await rig.ask("POST /api/invitations", { bearer, body: { note: name } });
    await rig.ask("POST /api/sharing-rules", {
      bearer,
      body: { role: "guest", effect: "allow", action: "see", kind: "peer", value: name },
    });
  }
  const readAll = async (path: string, field: string) => {
    const all: string[] = [];
    for (let cursor: string | null = "";;) {
      const more: string = cursor && `&cursor=${cursor}`;
      const answer = await rig.ask(`GET ${path}?limit=2&fields=${field}${more}`, { bearer });
      const page: { items: Record<string, string>[]; next_cursor: string | null } = await answer
        .json();
      ok(page.items.length <= 2);
      all.push(...page.items.map((it) => it[field]!));
      if (page.next_cursor === null) return all;
      cursor = page.next_cursor;
    }
  };

  deepStrictEqual(await readAll("/api/users", "name"), ["Ann", "Bob", "Cid", "dan", "eve"]);
  deepStrictEqual((await readAll("/api/invitations", "note")).toSorted(), [
    "Bob",
    "Cid",
    "dan",
    "eve",
  ]);
  strictEqual((await readAll("/api/sharing-rules", "value")).length, 4);
  const actions = await readAll("/api/audit", "action");
  strictEqual(actions.filter((it) => it === "invitation.create").length, 4);
  strictEqual(actions[0], "sharing.create");
});

Deno.test("a cursor of no such list is refused", async () => {
  using rig = openPeopleRig();
  const { bearer } = await rig.join("Ann", "owner");
  const lists = [
    "users",
    "invitations",
    "audit",
    "sharing-rules",
    "sessions",
    "tokens",
    "passkeys",
  ];
  // [], [null], {}, a text, ["\0"], [""], and nothing in base64.
  const strange = ["W10", "W251bGxd", "e30", "ImFubiI", "WyJcdTAwMDAiXQ", "WyIiXQ", "!"];
  for (const list of lists) {
    for (const cursor of strange) {
      const answer = await rig.ask(`GET /api/${list}?cursor=${cursor}`, { bearer });
      strictEqual(answer.status, 400, `${list} ${cursor}`);
      strictEqual((await answer.json()).field, "cursor");
    }
  }
});

Deno.test("health tells a member how things are, and not where", async () => {
  using rig = openPeopleRig();
  const { bearer } = await rig.join("Bob", "guest");

  const { parts } = await (await rig.ask("GET /api/health", { bearer })).json();

  deepStrictEqual(parts, { media: { status: "healthy" }, edge: { status: "off" } });
});

Deno.test("the present password cannot be found by trying to change it", async () => {
  using rig = openPeopleRig();
  const { bearer, id } = await rig.join("Bob", "member");
  const statuses = new Set<number>();
  for (let count = 0; count < 12; count++) {
    const body = { password: "a new one of mine", "current_password": `wrong ${count}` };
    statuses.add(await rig.status(`PATCH /api/users/${id}`, { bearer, body }));
  }

  deepStrictEqual([...statuses], [403, 429]);
});

Deno.test("REST without an edge says where the accounts are", async () => {
  using rig = openPeopleRig({ ports: { people: "Cannot answer: ask the edge at 192.0.2.1" } });

  const answer = await rig.ask("GET /api/users", { from: "127.0.0.1" });

  strictEqual(answer.status, 503);
  match((await answer.json()).detail, /192\.0\.2\.1/);
  strictEqual(await rig.status("GET /login"), 404);
});
