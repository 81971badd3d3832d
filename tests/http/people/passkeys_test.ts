/** Passkeys over REST, with an authenticator in software, and one of Chromium's. @module */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { softwareAuthenticator } from "../../people/authenticator.ts";
import { cookiesOf, openPeopleRig } from "./rig.ts";

const base = "http://localhost:8080";
const site = { rpId: "localhost", origin: base };

async function openPasskeyRig() {
  const rig = openPeopleRig();
  const { bearer, id } = await rig.join("Ann", "member");
  const authenticator = softwareAuthenticator();
  const begin = async (what: "registration" | "authentication", asking = {}) => {
    const answer = await rig.ask(`POST /api/passkeys/${what}`, { base, ...asking });
    strictEqual(answer.status, 200);
    return await answer.json();
  };
  const register = async (change: Partial<typeof site> = {}) => {
    const { challenge_id: challengeId, options } = await begin("registration", { bearer });
    const answering = { ...site, challenge: options.challenge, ...change };
    const body = {
      "challenge_id": challengeId,
      name: "My phone",
      credential: authenticator.create(answering),
    };
    return await rig.ask("POST /api/passkeys", { base, bearer, body });
  };
  const signIn = async (change: Partial<typeof site & { challenge: string }> = {}) => {
    const { challenge_id: challengeId, options } = await begin("authentication");
    const credential = authenticator.get({ ...site, challenge: options.challenge, ...change });
    const body = { credential, use: "cookie" };
    const call = `POST /api/passkeys/authentication/${challengeId}`;
    return {
      answer: await rig.ask(call, { base, body }),
      again: () => rig.ask(call, { base, body }),
    };
  };
  return { ...rig, bearer, id, authenticator, register, signIn };
}

Deno.test("a passkey is made, signs in without a name, and can be deleted", async () => {
  using rig = await openPasskeyRig();
  const made = await rig.register();
  strictEqual(made.status, 201);
  const key = await made.json();
  deepStrictEqual([key.name, key.user_id, key.is_backed_up], ["My phone", rig.id, false]);

  const { answer } = await rig.signIn();
  strictEqual(answer.status, 201);
  const cookie = cookiesOf(answer);
  const me = await (await rig.ask("GET /api/users/me", { base, cookie })).json();
  strictEqual(me.name, "Ann");
  const { items } = await (await rig.ask("GET /api/passkeys", { base, cookie })).json();
  match(items[0].used_at, /^20/);

  strictEqual(await rig.status(`DELETE /api/passkeys/${key.id}`, { base, cookie }), 204);
  strictEqual((await rig.signIn()).answer.status, 401);
});

Deno.test("a passkey's answer is good once, here, for what was asked", async () => {
  using rig = await openPasskeyRig();
  strictEqual((await rig.register({ origin: "http://evil.example" })).status, 400);
  strictEqual((await rig.register({ rpId: "evil.example" })).status, 400);
  strictEqual((await rig.register()).status, 201);
  strictEqual((await rig.register()).status, 400, "it is there already");

  for (
    const change of [
      { origin: "http://evil.example" },
      { origin: "http://localhost:9999" },
      { rpId: "evil.example" },
      { challenge: "AAAA" },
    ]
  ) strictEqual((await rig.signIn(change)).answer.status, 401, JSON.stringify(change));
  const right = await rig.signIn();
  strictEqual(right.answer.status, 201);
  strictEqual((await right.again()).status, 401, "replayed");
  rig.authenticator.rewind(1);
  strictEqual((await rig.signIn()).answer.status, 401, "a copy of the key counts from before");
});

Deno.test("a passkey of somebody else's challenge, a disabled account, or an address is none", async () => {
  using rig = await openPasskeyRig();
  const bob = await rig.join("Bob", "member");
  const begun = await rig.ask("POST /api/passkeys/registration", { base, bearer: bob.bearer });
  const { challenge_id: challengeId, options } = await begun.json();
  const credential = rig.authenticator.create({ ...site, challenge: options.challenge });
  const body = { "challenge_id": challengeId, name: "x", credential };
  strictEqual(await rig.status("POST /api/passkeys", { base, bearer: rig.bearer, body }), 400);

  await rig.register();
  const admin = { from: "127.0.0.1", body: { is_disabled: true } };
  strictEqual(await rig.status(`PATCH /api/users/${rig.id}`, admin), 200);
  strictEqual((await rig.signIn()).answer.status, 401);
  const byAddress = await rig.ask("POST /api/passkeys/authentication");
  strictEqual(byAddress.status, 409);
  match((await byAddress.json()).detail, /HTTP_NAMES/);
});
