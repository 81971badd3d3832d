/** @module */
import { match, ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import { createPasswords } from "../../src/people/mod.ts";
import { createPeople } from "../../src/people/mod.ts";
import { silent } from "../../src/base/log.ts";
import { join, PASSWORD, sqliteRig } from "./rig.ts";

const cheap = createPasswords({ ln: 4, r: 1, p: 1 });

Deno.test("a hash says how it was made, and another one of the same password is another", async () => {
  const [one, other] = await Promise.all([1, 2].map(() => cheap.hash(PASSWORD, "Ann")));

  match(one!, /^\$scrypt\$ln=4,r=1,p=1\$[\w-]{22}\$[\w-]{43}$/);
  ok(one !== other);
  strictEqual(await cheap.matches(PASSWORD, one), true);
  strictEqual(await cheap.matches(`${PASSWORD} `, one), false);
  strictEqual(await cheap.matches(PASSWORD, undefined), false);
  strictEqual(
    await cheap.matches("\u0041\u030angstroms here", await cheap.hash("\u00c5ngstroms here", "x")),
    true,
  );
});

Deno.test("passwords that say nothing are refused", async () => {
  for (
    const password of [
      "",
      "123456789",
      "aaaaaaaaaaaaaaa",
      "abababababab",
      "annabella-ann",
      "x".repeat(1001),
    ]
  ) {
    const name = password.startsWith("anna") ? "annabella" : "Ann";
    await rejects(cheap.hash(password, name), InvalidError, password.slice(0, 20));
  }
});

Deno.test("the hash is made anew at a sign-in when its parameters have risen", async () => {
  await using rig = sqliteRig();
  await join(rig, "Ann");
  const hash = async () =>
    (await rig.state.get<{ it: string }>("SELECT password_hash AS it FROM users"))!.it;
  const better = createPeople({
    state: rig.state,
    publish: () => {},
    log: silent,
    cost: { ln: 5, r: 2, p: 1 },
  });
  match(await hash(), /ln=4,r=1/);
  await rejects(better.signIn({ name: "Ann", password: "wrong" }, {}));
  match(await hash(), /ln=4,r=1/);

  await better.signIn({ name: "Ann", password: PASSWORD }, {});
  match(await hash(), /ln=5,r=2/);
  await rig.people.signIn({ name: "Ann", password: PASSWORD }, {});
  match(await hash(), /ln=5,r=2/, "and never with less");
});

Deno.test("a real hash does not hold up the event loop, and nobody's takes as long as a wrong one", async () => {
  const passwords = createPasswords({ ln: 14, r: 8, p: 1 });
  const hash = await passwords.hash(PASSWORD, "Ann");
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const times = { somebody: Infinity, nobody: Infinity };
  const measure = async (who: keyof typeof times, known: string | undefined) => {
    const [began, before] = [performance.now(), turns];
    strictEqual(await passwords.matches("not the password", known), false);
    ok(turns > before + 1, "others had their turn meanwhile");
    times[who] = Math.min(times[who], performance.now() - began);
  };
  for (let count = 0; count < 3; count++) {
    await measure("somebody", hash);
    await measure("nobody", undefined);
  }
  clearInterval(timer);

  ok(times.somebody > 10, `it is work: ${times.somebody} ms`);
  const ratio = times.nobody / times.somebody;
  ok(ratio > 0.5 && ratio < 2, `nobody ${times.nobody} ms, somebody ${times.somebody} ms`);
});
