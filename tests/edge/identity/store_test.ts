/**
 * Keys in files, and what an edge keeps of peers and invitations, in SQLite and in PostgreSQL.
 *
 * @module
 */
import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { join } from "node:path";
import { FatalError } from "../../../src/base/errors.ts";
import {
  IdentityStore,
  makeIdentityKey,
  openIdentityKey,
  showFingerprint,
} from "../../../src/edge/identity/mod.ts";
import { engines } from "../engines.ts";

const later = new Date(Date.now() + 60_000).toISOString();
const now = () => new Date().toISOString();

const cases: Record<string, (store: IdentityStore) => Promise<void>> = {
  async "a name is given to the first key only"(store) {
    const [one, two] = [makeIdentityKey(), makeIdentityKey()];
    await store.enrol("p", one.publicKey, "seen");
    await store.enrol("p", two.publicKey, "pin");

    const known = await store.find("p");
    strictEqual(known?.publicKey, one.publicKey);
    strictEqual(known?.fingerprint, one.fingerprint);
    strictEqual(known?.origin, "seen");
    strictEqual(await store.find("q"), undefined);
    strictEqual(await store.forgetKey("p"), true);
    strictEqual(await store.forgetKey("p"), false);
    await store.enrol("p", two.publicKey, "pin");
    strictEqual((await store.find("p"))?.publicKey, two.publicKey);
  },

  async "a revoked peer is known by key and by all names of it, until it is restored"(store) {
    const key = makeIdentityKey();
    await store.enrol("p", key.publicKey, "pin");
    await store.enrol("p too", key.publicKey, "seen");
    await store.enrol("another", makeIdentityKey().publicKey, "seen");
    const started = now();

    deepStrictEqual((await store.revoke("p", now())).sort(), ["p", "p too"]);
    deepStrictEqual(await store.revoke("p", now()), []);
    deepStrictEqual(await store.revoke("never-seen", now()), ["never-seen"]);
    await store.enrol("p again", key.publicKey, "seen");

    strictEqual(await store.isRevoked(key.publicKey), true);
    strictEqual(await store.isRevoked(makeIdentityKey().publicKey), false);
    const names = ["p", "p again", "p too"];
    deepStrictEqual((await store.namesOf("p too")).sort(), names);
    deepStrictEqual(await store.namesOf("never-seen"), ["never-seen"]);
    deepStrictEqual((await store.revokedSince(started)).sort(), ["never-seen", ...names]);
    deepStrictEqual(await store.revokedSince(later), []);
    deepStrictEqual((await store.restore("p too")).sort(), ["p", "p too"]);
    deepStrictEqual(await store.restore("p"), []);
    strictEqual(await store.isRevoked(key.publicKey), false);
    deepStrictEqual((await store.among(["p", "x"])).map(({ peerId }) => peerId), ["p"]);
  },

  async "an invitation is used once, also by two at once, and by its own edge only"(store) {
    const times = { createdAt: now(), expiresAt: later };
    const base = { kind: "token" as const, attempts: 0, ...times, selector: "123" };
    strictEqual(await store.addEnrolment({ ...base, id: "one", secret: "aa" }), true);
    strictEqual(await store.addEnrolment({ ...base, id: "two", secret: "bb" }), false);
    const other = new IdentityStore(store.state, "another-edge");
    strictEqual(await other.attempt("123", 5, now()), undefined);

    const tries = await Promise.all(
      Array.from({ length: 8 }, () => store.attempt("123", 5, now())),
    );
    strictEqual(tries.filter((it) => it?.secret === "aa").length, 5);
    const { publicKey } = makeIdentityKey();
    const uses = await Promise.all(
      ["p", "q"].map((peerId) => store.useEnrolment("one", { peerId, publicKey }, now())),
    );

    deepStrictEqual(uses.sort(), [false, true]);
    deepStrictEqual((await store.among(["p", "q"])).map(({ origin }) => origin), ["token"]);
    deepStrictEqual(await store.openEnrolments(now()), []);
    const [row] = await store.state.all<{ secret: string }>("SELECT secret FROM enrolments");
    strictEqual(row?.secret, "");
    strictEqual(await store.addEnrolment({ ...base, id: "three", secret: "cc" }), true);
    strictEqual(await store.removeEnrolment("three", now()), true);
    strictEqual(await store.attempt("123", 5, now()), undefined);
  },
};

for (const { name: engine, ignore, open } of engines) {
  for (const [name, check] of Object.entries(cases)) {
    Deno.test(`${engine}: ${name}`, { ignore }, async () => {
      await using state = await open();
      await check(new IdentityStore(state, "this-edge"));
    });
  }
}

Deno.test("a key is made once, is its owner's alone, and a broken file is not overwritten", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "key.pem");
    const [one, two] = await Promise.all([openIdentityKey(path), openIdentityKey(path)]);
    const again = await openIdentityKey(path);

    strictEqual(one.fingerprint, two.fingerprint);
    strictEqual(one.fingerprint, again.fingerprint);
    notStrictEqual(one.fingerprint, makeIdentityKey().fingerprint);
    match(showFingerprint(one.fingerprint), /^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    match(await Deno.readTextFile(path), /^-----BEGIN PRIVATE KEY-----/);
    if (Deno.build.os !== "windows") strictEqual((await Deno.stat(path)).mode! & 0o777, 0o600);
    deepStrictEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), ["key.pem"]);

    await Deno.writeTextFile(path, "not a key");
    await rejects(
      openIdentityKey(path),
      (error) => error instanceof FatalError && /Restore it from a backup/.test(error.message),
    );
    strictEqual(await Deno.readTextFile(path), "not a key");
    ok(one.sign(new Uint8Array(1)).length === 86);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
