/** A peer plays nothing without a grant for just this play. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { DeniedError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import {
  type EdgeKey,
  type Grant,
  guardStreams,
  makeEdgeKey,
  sha256,
  signGrant,
} from "../../../src/edge/grants/mod.ts";
import type { Hello } from "../../../src/edge/messages.ts";
import { until } from "../rig.ts";

const never = new AbortController().signal;
const key = await makeEdgeKey();
const other = await makeEdgeKey();
const hello = (extensions: string[] = ["grants"], keys: EdgeKey[] = [key]): Hello => ({
  version: 1,
  software: "",
  extensions,
  grantKeys: keys.map(({ kid, publicKey }) => ({ kid, publicKey })),
});

const play = { sessionId: "s1", catalogId: "film", sdp: "v=0 of this viewer" };
const now = () => Math.floor(Date.now() / 1000);

async function grantFor(changes: Partial<Grant> = {}, by: EdgeKey = key): Promise<string> {
  return await signGrant({
    id: crypto.randomUUID(),
    viewer: "ann",
    catalogId: play.catalogId,
    peerId: "peer-1",
    sessionId: play.sessionId,
    offer: await sha256(play.sdp),
    notBefore: now(),
    expires: now() + 60,
    ...changes,
  }, by);
}

/** A peer with the guard before its streams. */
function rig({ toleranceSec = 0, opening = () => Promise.resolve() } = {}) {
  const events: { type: string; reason?: unknown }[] = [];
  const opened: string[] = [];
  const closed: string[] = [];
  const guard = guardStreams({
    async open({ sessionId }) {
      opened.push(sessionId);
      await opening();
      return "answer";
    },
    close: (sessionId, reason) => void closed.push(reason ? `${sessionId}: ${reason}` : sessionId),
  }, {
    peerId: "peer-1",
    publish: (type, { reason }) => events.push({ type, ...reason !== undefined && { reason } }),
    log: silent,
    toleranceSec,
  });
  guard.greeted(hello());
  return { guard, events, opened, closed, [Symbol.dispose]: () => guard[Symbol.dispose]() };
}

/** JSON Web Tokens as an attacker makes them. */
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const [head, body, signature] = (await grantFor()).split(".") as [string, string, string];
const header = JSON.parse(Buffer.from(head, "base64url").toString());
const claims = JSON.parse(Buffer.from(body, "base64url").toString());
const hmac = (text: string, secret: string) =>
  createHmac("sha256", secret).update(text).digest("base64url");
const hs256 = `${part({ ...header, alg: "HS256" })}.${body}`;

const attacks: [string, string | Promise<string>, RegExp][] = [
  ["no grant", "", /there is none/],
  ["no token at all", "x.y", /./],
  ["expired", grantFor({ notBefore: now() - 60, expires: now() - 1 }), /has expired/],
  ["not in force yet", grantFor({ notBefore: now() + 60, expires: now() + 90 }), /nbf/],
  ["in force for too long", grantFor({ expires: now() + 86_400 }), /longer than 3600/],
  ["for another peer", grantFor({ peerId: "peer-2" }), /another peer/],
  ["for another title", grantFor({ catalogId: "other" }), /another title/],
  ["for another session", grantFor({ sessionId: "s2" }), /another session/],
  [
    "stolen by another viewer, with an offer of its own",
    sha256("v=0 of the thief").then((offer) => grantFor({ offer })),
    /another viewer's offer/,
  ],
  ["without a viewer", grantFor({ viewer: "" }), /"viewer" is missing/],
  ["signed with a key of nobody", grantFor({}, other), /not signed with a key of this edge/],
  ["signed with another key under our name", grantFor({}, { ...other, kid: key.kid }), /signature/],
  ["alg none", `${part({ ...header, alg: "none" })}.${body}.`, /./],
  ["alg none, signature kept", `${part({ ...header, alg: "none" })}.${body}.${signature}`, /alg/],
  ["alg HS256 with the public key", `${hs256}.${hmac(hs256, key.publicKey)}`, /alg/],
  [
    "claims changed",
    `${head}.${part({ ...claims, peer_id: "peer-1", x: 1 })}.${signature}`,
    /sign/,
  ],
  ["of another type", `${part({ ...header, typ: "JWT" })}.${body}.${signature}`, /./],
  ["its own key in its header", `${part({ ...header, kid: "x" })}.${body}.${signature}`, /key of/],
  ["critical nonsense", `${part({ ...header, crit: ["x"], x: 1 })}.${body}.${signature}`, /x/],
  ["far too long", "a".repeat(100_000), /longer than 4000/],
];

for (const [name, text, message] of attacks) {
  Deno.test(`a grant is refused: ${name}`, async () => {
    using it = rig();
    await rejects(
      it.guard.open({ ...play, grant: await text }, never),
      (error) => error instanceof DeniedError && message.test(error.message),
    );
    deepStrictEqual(it.opened, [], "nothing was opened");
    deepStrictEqual(it.events.map(({ type }) => type), ["grant.refused"]);
  });
}

Deno.test("a grant is taken once: its copy is refused, at the same moment too", async () => {
  using it = rig();
  const grant = await grantFor();

  const both = await Promise.allSettled([
    it.guard.open({ ...play, grant }, never),
    it.guard.open({ ...play, grant }, never),
  ]);
  deepStrictEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  it.guard.close(play.sessionId);

  await rejects(it.guard.open({ ...play, grant }, never), /used before/);
  deepStrictEqual(it.opened, ["s1"]);
});

Deno.test("an edge that does not speak grants needs none", async () => {
  using it = rig();
  it.guard.greeted({ version: 1, software: "", extensions: ["stream"] });
  strictEqual(await it.guard.open(play, never), "answer");
  deepStrictEqual(it.events, []);
});

Deno.test("a play ends with its last grant, and goes on with a renewal", async () => {
  using it = rig();
  await it.guard.open({ ...play, grant: await grantFor({ expires: now() + 1 }) }, never);
  ok(await it.guard.renew(play.sessionId, await grantFor({ expires: now() + 2 })));
  const renewed = Date.now();
  await until(() => it.closed.length > 0);
  ok(Date.now() - renewed > 900, "not before the renewal's end");
  deepStrictEqual(it.events.map(({ type }) => type), ["grant.accepted", "grant.expired"]);
  strictEqual(await it.guard.renew(play.sessionId, await grantFor()), false, "it is over");
});

Deno.test("a renewal that is none does not renew", async () => {
  using it = rig();
  const grant = await grantFor({ expires: now() + 1 });
  await it.guard.open({ ...play, grant }, never);
  const renewals = [
    grant,
    await grantFor({ viewer: "eve" }),
    await grantFor({ sessionId: "s2" }),
    await grantFor({}, other),
  ];
  for (const text of renewals) await it.guard.renew(play.sessionId, text);
  await until(() => it.closed.length > 0);
  deepStrictEqual(it.events.filter(({ type }) => type === "grant.refused").map((e) => e.reason), [
    "Cannot take the grant: it was used before",
    "Cannot take the grant: it is for another viewer",
    "Cannot take the grant: it is for another session",
    "Cannot take the grant: it is not signed with a key of this edge",
  ]);
});

Deno.test("a revoked play is closed at once, before it was open too", async () => {
  const opening = Promise.withResolvers<void>();
  using it = rig({ opening: () => opening.promise });
  const play2 = { ...play, sessionId: "s2" };

  it.guard.revoke("s2", "not any more");
  const early = it.guard.open({ ...play2, grant: await grantFor({ sessionId: "s2" }) }, never);
  await rejects(early, /was revoked/);

  const late = it.guard.open({ ...play, grant: await grantFor() }, never);
  await until(() => it.opened.length === 1);
  it.guard.revoke("s1", "not any more");
  opening.resolve();
  await rejects(late, /closed meanwhile/);
  ok(it.closed.includes("s1: not any more"), "the viewer is told why");
  await rejects(it.guard.open({ ...play, grant: await grantFor() }, never), /was revoked/);
});

Deno.test("a play that is closed while it is being opened is no mistake", async () => {
  const opening = Promise.withResolvers<void>();
  using it = rig({ opening: () => opening.promise });
  const late = it.guard.open({ ...play, grant: await grantFor() }, never);
  await until(() => it.opened.length === 1);

  it.guard.close("s1");
  opening.reject(new DOMException("The signal has been aborted", "AbortError"));

  await rejects(
    late,
    (error) => error instanceof DeniedError && /closed meanwhile/.test(error.message),
  );
});
