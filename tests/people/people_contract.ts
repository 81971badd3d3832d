/** What people do, on whatever database. @module */
import {
  deepStrictEqual,
  match,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { ConflictError, DeniedError, InvalidError, NotFoundError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import {
  ACCESS_MS,
  createPeople,
  GRACE_MS,
  IDLE_MS,
  TooManyTriesError,
  UnknownCallerError,
} from "../../src/people/mod.ts";
import { createPasskeys } from "../../src/people/passkeys/passkeys.ts";
import { softwareAuthenticator } from "./authenticator.ts";
import { join, machine, PASSWORD, type PeopleRig } from "./rig.ts";

const types = ({ events }: PeopleRig) => events.map(({ type }) => type);

export const cases: Record<string, (rig: PeopleRig) => Promise<void>> = {
  "the set-up link makes one owner, once, and only while there is none": async (rig) => {
    const { people } = rig;
    const stale = await people.invitations.createSetup({ name: "start" });
    const { token } = await people.invitations.createSetup({ name: "asked for" });
    const one = { token, name: "Ann", password: PASSWORD };

    await rejects(people.invitations.setUp({ ...one, token: stale.token }, {}), UnknownCallerError);
    await rejects(people.invitations.accept(one, {}), UnknownCallerError, "it is no invitation");
    const signedIn = await people.invitations.setUp(one, {});

    strictEqual(signedIn.user.role, "owner");
    strictEqual((await people.authenticate(signedIn.accessToken))?.libraryUser, "owner");
    await rejects(people.invitations.setUp({ ...one, name: "Eve" }, {}), UnknownCallerError);
    await rejects(people.invitations.createSetup({ name: "start" }), ConflictError);
  },

  "each edge's set-up link is good beside the others', until one of them is used": async (rig) => {
    const { people } = rig;
    const start = () => people.invitations.createSetup({ name: "start" }, { keepOthers: true });
    const links = [await start(), await start(), await start()];
    const use = (at: number, name: string) =>
      people.invitations.setUp({ token: links[at]!.token, name, password: PASSWORD }, {});

    const used = await Promise.allSettled([use(0, "Ann"), use(1, "Eve")]);
    deepStrictEqual(used.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await rejects(use(2, "Dan"), UnknownCallerError);
  },

  "however often an edge starts, some of its set-up links are kept": async (rig) => {
    const { people } = rig;
    const links: string[] = [];
    for (let starts = 0; starts < 25; starts++) {
      rig.pass(1);
      const { token } = await people.invitations.createSetup({ name: "s" }, { keepOthers: true });
      links.push(token);
    }
    const use = (token: string) =>
      people.invitations.setUp({ token, name: "Ann", password: PASSWORD }, {});

    await rejects(use(links[4]!), UnknownCallerError);
    strictEqual((await use(links[5]!)).user.role, "owner");
  },

  "a set-up link is good for a day, and not beside an owner made otherwise": async (rig) => {
    const { people } = rig;
    const first = await people.invitations.createSetup({ name: "start" });
    rig.pass(24 * 3_600_000);
    const one = { name: "Ann", password: PASSWORD };
    await rejects(people.invitations.setUp({ token: first.token, ...one }, {}), UnknownCallerError);
    const second = await people.invitations.createSetup({ name: "start" });
    await people.accounts.create(machine, { name: "Bob", password: PASSWORD, role: "owner" });

    await rejects(
      people.invitations.setUp({ token: second.token, ...one }, {}),
      UnknownCallerError,
    );
    strictEqual((await people.accounts.list({ after: "", limit: 9 })).length, 1);
  },

  "two who follow one set-up link at once make one owner": async (rig) => {
    const { token } = await rig.people.invitations.createSetup({ name: "start" });

    const ends = await Promise.allSettled(
      ["Ann", "Eve"].map((name) =>
        rig.people.invitations.setUp({ token, name, password: PASSWORD }, {})
      ),
    );

    deepStrictEqual(ends.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  },

  "a name belongs to one, however it is typed": async (rig) => {
    const { accounts } = rig.people;
    const { user } = await join(rig, "Ann");
    await join(rig, "Bob");

    for (const name of ["Ann", "ANN", " ann ", "ａｎｎ"]) {
      const made = accounts.create(machine, { name, password: PASSWORD, role: "guest" });
      await rejects(made, name.startsWith("ａ") ? /Cannot/ : ConflictError);
    }
    await rejects(accounts.change(machine, user.id, { name: "bob" }), ConflictError);
    strictEqual((await accounts.change(machine, user.id, { name: "ANN" })).name, "ANN");
    for (const name of ["", " ", "\u202eAnn", "a\nb", "x".repeat(65), "../x", "<b>"]) {
      const made = accounts.create(machine, { name, password: PASSWORD, role: "guest" });
      await rejects(made, InvalidError, name);
    }
  },

  "there is always an owner": async (rig) => {
    const { accounts } = rig.people;
    const { user: ann, signedIn } = await join(rig, "Ann", "owner");

    await rejects(accounts.change(machine, ann.id, { role: "member" }), ConflictError);
    await rejects(accounts.change(machine, ann.id, { isDisabled: true }), ConflictError);
    await rejects(accounts.delete(machine, ann.id), ConflictError);
    ok(await rig.people.authenticate(signedIn.accessToken), "who stays is not signed out");
    const { user: bob } = await join(rig, "Bob", "owner");
    await accounts.delete(machine, ann.id);
    await rejects(accounts.delete(machine, bob.id), ConflictError);
  },

  "nobody makes more of themselves, or touches another": async (rig) => {
    const { accounts, tokens, sessions } = rig.people;
    const ann = await join(rig, "Ann", "owner");
    const bob = await join(rig, "Bob");

    await rejects(accounts.change(bob.caller, bob.user.id, { role: "owner" }), DeniedError);
    await rejects(accounts.change(bob.caller, bob.user.id, { isDisabled: false }), DeniedError);
    await rejects(accounts.change(bob.caller, ann.user.id, { name: "Bobby" }), NotFoundError);
    await rejects(accounts.change(bob.caller, ann.user.id, { password: "1234567890ab" }));
    const wanted = { name: "t", scopes: ["admin" as const], expiresInDays: 1 };
    await rejects(tokens.create(bob.caller, bob.user.id, wanted), DeniedError);
    await rejects(sessions.end(bob.caller, ann.signedIn.sessionId, bob.user.id), NotFoundError);
    ok(await rig.people.authenticate(ann.signedIn.accessToken));
  },

  "a password is changed by who knows it, and ends the other sessions": async (rig) => {
    const { people } = rig;
    const { user, caller, signedIn } = await join(rig, "Ann");
    const other = await people.signIn({ name: "ann", password: PASSWORD }, {});
    const password = "another one of mine";
    const change = (currentPassword: string) =>
      people.accounts.change(caller, user.id, { password, currentPassword });

    await rejects(change("not that one"), DeniedError);
    await rejects(people.accounts.change(caller, user.id, { password: "short" }), DeniedError);
    await change(PASSWORD);

    ok(await people.authenticate(signedIn.accessToken), "who changes it stays");
    strictEqual(await people.authenticate(other.accessToken), undefined);
    await rejects(people.sessions.refresh(other.refreshToken, {}), UnknownCallerError);
    await rejects(people.signIn({ name: "Ann", password: PASSWORD }, {}), UnknownCallerError);
    await people.signIn({ name: "Ann", password }, {});
  },

  "a role, a disabled account and a deleted one hold at once": async (rig) => {
    const { people } = rig;
    const ann = await join(rig, "Ann", "owner");
    await join(rig, "Root", "owner");
    const { token } = await people.tokens.create(ann.caller, ann.user.id, {
      name: "t",
      scopes: ["read", "admin"],
      expiresInDays: null,
    });
    deepStrictEqual((await people.authenticate(token))?.scopes, ["read", "admin"]);

    await people.accounts.change(machine, ann.user.id, { role: "member" });
    strictEqual(await people.authenticate(ann.signedIn.accessToken), undefined);
    deepStrictEqual((await people.authenticate(token))?.scopes, ["read"]);

    const again = await people.signIn({ name: "Ann", password: PASSWORD }, {});
    await people.accounts.change(machine, ann.user.id, { isDisabled: true });
    strictEqual(await people.authenticate(again.accessToken), undefined);
    strictEqual(await people.authenticate(token), undefined);
    await rejects(people.signIn({ name: "Ann", password: PASSWORD }, {}), UnknownCallerError);

    await people.accounts.change(machine, ann.user.id, { isDisabled: false });
    ok(await people.authenticate(token));
    await people.accounts.delete(machine, ann.user.id);
    strictEqual(await people.authenticate(token), undefined);
  },

  "an access token is good for minutes, a refresh token for its next pair": async (rig) => {
    const { people } = rig;
    const { signedIn } = await join(rig, "Ann");

    rig.pass(ACCESS_MS - 1);
    ok(await people.authenticate(signedIn.accessToken));
    rig.pass(1);
    strictEqual(await people.authenticate(signedIn.accessToken), undefined);
    const next = await people.sessions.refresh(signedIn.refreshToken, {});
    ok(await people.authenticate(next.accessToken));
    strictEqual(next.sessionId, signedIn.sessionId);
    rig.pass(IDLE_MS);
    await rejects(people.sessions.refresh(next.refreshToken, {}), UnknownCallerError);
  },

  "a refresh token used again ends its whole session, and tells": async (rig) => {
    const { people } = rig;
    const { signedIn, user } = await join(rig, "Ann");
    const other = await people.signIn({ name: "Ann", password: PASSWORD }, {});
    const second = await people.sessions.refresh(signedIn.refreshToken, {});
    rig.pass(GRACE_MS);

    await rejects(people.sessions.refresh(signedIn.refreshToken, {}), UnknownCallerError);

    strictEqual(await people.authenticate(second.accessToken), undefined);
    await rejects(people.sessions.refresh(second.refreshToken, {}), UnknownCallerError);
    ok(await people.authenticate(other.accessToken), "another sign-in is another family");
    const reused = rig.events.find(({ type }) => type === "session.reused");
    deepStrictEqual(reused?.data, { sessionId: signedIn.sessionId, userId: user.id });
    ok(rig.entries.some(({ level, message }) => level === "warn" && /used twice/.test(message)));
    const [noted] = await people.audit.list({ before: "", limit: 1 });
    strictEqual(noted?.details.reason, "refresh token used twice");
  },

  "two tabs that refresh at once both go on; a thief who does so is found later": async (rig) => {
    const { people } = rig;
    const { signedIn } = await join(rig, "Ann");

    const [one, other] = await Promise.all(
      [1, 2].map(() => people.sessions.refresh(signedIn.refreshToken, {})),
    );
    ok(await people.authenticate(one!.accessToken));
    ok(await people.authenticate(other!.accessToken));

    rig.pass(60_000);
    await people.sessions.refresh(one!.refreshToken, {});
    rig.pass(60_000);
    await rejects(people.sessions.refresh(other!.refreshToken, {}), UnknownCallerError);
    strictEqual(types(rig).includes("session.reused"), true);
  },

  "tokens are not taken for each other": async (rig) => {
    const { people } = rig;
    const { signedIn, caller, user } = await join(rig, "Ann");
    const { token } = await people.tokens.create(caller, user.id, {
      name: "t",
      scopes: ["read"],
      expiresInDays: 1,
    });

    for (const shown of [signedIn.refreshToken, "", "gfa_", `${signedIn.accessToken}x`]) {
      strictEqual(await people.authenticate(shown), undefined, shown);
    }
    for (const shown of [signedIn.accessToken, token, "gfr_x"]) {
      await rejects(people.sessions.refresh(shown, {}), UnknownCallerError);
    }
    ok(await people.authenticate(token));
    rig.pass(24 * 3_600_000);
    strictEqual(await people.authenticate(token), undefined, "it was for a day");
  },

  "one signs out, of one session or of all": async (rig) => {
    const { people } = rig;
    const { user, caller, signedIn } = await join(rig, "Ann");
    const second = await people.signIn({ name: "Ann", password: PASSWORD }, { agent: "Firefox" });
    const third = await people.signIn({ name: "Ann", password: PASSWORD }, {});
    const ids = async () =>
      (await people.sessions.list(user.id, { before: "", limit: 9 })).map(({ id }) => id).sort();

    deepStrictEqual(
      await ids(),
      [signedIn, second, third].map(({ sessionId }) => sessionId).sort(),
    );
    await people.sessions.end(caller, second.sessionId, user.id);
    await people.sessions.signOut(third.refreshToken, {});
    deepStrictEqual(await ids(), [signedIn.sessionId]);
    await people.sessions.endAll(caller, user.id, "signed out");
    deepStrictEqual(await ids(), []);
    for (const { accessToken } of [signedIn, second, third]) {
      strictEqual(await people.authenticate(accessToken), undefined);
    }
    strictEqual(types(rig).filter((it) => it === "session.ended").length, 3);
  },

  "the fifty-first session ends the first": async (rig) => {
    const { people } = rig;
    const { signedIn, user } = await join(rig, "Ann");
    for (let count = 0; count < 50; count++) {
      rig.pass(1000);
      await people.sessions.begin({ id: user.id, name: "Ann", role: "member" }, "password", {});
    }

    strictEqual(await people.authenticate(signedIn.accessToken), undefined);
    strictEqual((await people.sessions.list(user.id, { before: "", limit: 100 })).length, 50);
  },

  "an invitation is good as often and as long as it says, and brings its rules": async (rig) => {
    const { people } = rig;
    const { caller } = await join(rig, "Ann", "owner");
    const shares = [{ effect: "allow", action: "play", kind: "tag", value: "kids" } as const];
    const made = await people.invitations.create(caller, {
      role: "guest",
      uses: 2,
      expiresInHours: 1,
      shares,
    });
    // Of those who may see all already one would believe that they may see no more.
    for (const role of ["member", "owner"] as const) {
      const link = { role, uses: 1, expiresInHours: 1, shares };
      await rejects(people.invitations.create(caller, link), /invite a guest/);
    }
    const accept = (name: string, password = PASSWORD) =>
      people.invitations.accept({ token: made.token, name, password }, {});

    await rejects(accept("Bob", "short"), InvalidError);
    await rejects(accept("ann"), ConflictError);
    const ends = await Promise.allSettled(["Bob", "Cid", "Dan"].map((name) => accept(name)));
    deepStrictEqual(ends.map(({ status }) => status).sort(), [
      "fulfilled",
      "fulfilled",
      "rejected",
    ]);
    const joined = ends.find((it) => it.status === "fulfilled")!.value;
    strictEqual(joined.user.role, "guest");
    const sight = await people.sharing.sightOf({ role: "guest", userId: joined.user.id });
    const tagged = (...paths: string[]) => new Map([["p", { paths, isComplete: true }]]);
    ok(sight.mayPlay({ catalogId: "c", peerIds: ["p"], tags: tagged("kids/old") }));
    ok(!sight.visible({ catalogId: "c", peerIds: ["p"], tags: tagged() }));
    strictEqual((await people.invitations.find(made.made.id)).state, "used");

    const late = await people.invitations.create(caller, {
      role: "member",
      uses: 1,
      expiresInHours: 1,
    });
    const gone = await people.invitations.create(caller, {
      role: "member",
      uses: 1,
      expiresInHours: 9,
    });
    await people.invitations.revoke(caller, gone.made.id);
    rig.pass(3_600_000);
    for (const { token } of [late, gone]) {
      const accepted = people.invitations.accept({ token, name: "Eve", password: PASSWORD }, {});
      await rejects(accepted, UnknownCallerError);
    }
  },

  "an invitation is void while its maker may not invite": async (rig) => {
    const { accounts, invitations } = rig.people;
    const { caller: ann } = await join(rig, "Ann", "owner");
    const { user, caller: bob } = await join(rig, "Bob", "owner");
    const terms = { role: "owner", uses: 9, expiresInHours: 9 } as const;
    const { token, made } = await invitations.create(bob, terms);
    const own = await invitations.create(machine, terms);
    const accept = (name: string, link = token) =>
      invitations.accept({ token: link, name, password: PASSWORD }, {});
    const states = async () =>
      (await invitations.list({ before: "", limit: 9 }))
        .filter(({ id }) => id === made.id).map(({ state }) => state);

    strictEqual((await accept("Cid")).user.role, "owner");
    const lost = [{ role: "guest" }, { role: "owner", isDisabled: true }] as const;
    for (const change of lost) {
      await accounts.change(ann, user.id, change);
      await rejects(accept("Eve"), UnknownCallerError);
      deepStrictEqual(await states(), ["void"]);
    }
    await accounts.change(ann, user.id, { isDisabled: false });
    deepStrictEqual(await states(), ["open"]);
    await accounts.delete(ann, user.id);
    await rejects(accept("Eve"), UnknownCallerError);
    deepStrictEqual(await states(), ["void"]);
    strictEqual((await invitations.find(made.id)).usesLeft, 8, "what is refused uses nothing up");
    strictEqual((await accept("Dan", own.token)).user.role, "owner", "this machine is no account");
  },

  "rules are made, end by themselves, are revoked, and hold for a role": async (rig) => {
    const { sharing } = rig.people;
    const { user, caller } = await join(rig, "Gus", "guest");
    const { user: owner } = await join(rig, "Ann", "owner");
    const title = { catalogId: "c-1", peerIds: ["p-1"], tags: new Map() };
    const allow = { effect: "allow", action: "play", kind: "peer", value: "p-1" } as const;
    const may = () => sharing.mayPlay(caller, title);

    strictEqual(await may(), false);
    const expiresAt = new Date(rig.now() + 60_000).toISOString();
    await sharing.create(machine, { ...allow, userId: user.id, expiresAt });
    strictEqual(await may(), true);
    rig.pass(60_000);
    strictEqual(await may(), false);
    const forAll = await sharing.create(machine, { ...allow, role: "guest" });
    strictEqual(await may(), true);
    await sharing.setEnd(machine, forAll.id, new Date(rig.now() + 1000).toISOString());
    rig.pass(1000);
    strictEqual(await may(), false);
    await sharing.setEnd(machine, forAll.id, null);
    strictEqual(await may(), true);
    await sharing.delete(machine, forAll.id);
    strictEqual(await may(), false);
    await rejects(sharing.create(machine, { ...allow, userId: owner.id }), DeniedError);
    await rejects(sharing.create(machine, { ...allow, userId: "usr_0" }), NotFoundError);
    await rejects(sharing.create(machine, allow), InvalidError);
    await rejects(sharing.create(machine, { ...allow, userId: user.id, role: "guest" }));
    await rejects(sharing.create(machine, { ...allow, value: "", role: "guest" }), InvalidError);
    await rejects(sharing.create(machine, { ...allow, kind: "all", role: "guest" }), InvalidError);
    await rejects(
      sharing.create(machine, { ...allow, role: "guest", expiresAt: "2020-01-01T00:00:00Z" }),
      InvalidError,
    );
  },

  "what is deleted with an account is gone": async (rig) => {
    const { people } = rig;
    await join(rig, "Ann", "owner");
    const { user, caller } = await join(rig, "Gus", "guest");
    await people.sharing.create(machine, {
      userId: user.id,
      effect: "allow",
      action: "see",
      kind: "all",
      value: "",
    });
    await people.tokens.create(caller, user.id, { name: "t", scopes: ["read"], expiresInDays: 1 });
    await people.accounts.delete(machine, user.id);

    for (const table of ["sharing_rules", "api_tokens"]) {
      strictEqual((await rig.state.all(`SELECT * FROM ${table}`)).length, 0, table);
    }
    strictEqual(await people.sharing.viewerOf(user.id), undefined);
  },

  "no secret stands in the database, in an event, in the log or in the audit log": async (rig) => {
    const { people } = rig;
    const { signedIn, caller, user } = await join(rig, "Ann", "owner");
    const next = await people.sessions.refresh(signedIn.refreshToken, {});
    const { token } = await people.tokens.create(caller, user.id, {
      name: "t",
      scopes: ["read"],
      expiresInDays: 1,
    });
    const invited = await people.invitations.create(caller, {
      role: "guest",
      uses: 1,
      expiresInHours: 1,
    });
    await people.signIn({ name: "correct horse", password: PASSWORD }, {}).catch(() => {});
    const changed = { password: "another one of mine", currentPassword: PASSWORD };
    await people.accounts.change(caller, user.id, changed);
    const tables = ["users", "user_sessions", "user_session_tokens", "api_tokens", "invitations"]
      .concat("sharing_rules", "passkeys", "audit_log");
    const rows = await Promise.all(tables.map((it) => rig.state.all(`SELECT * FROM ${it}`)));
    const told = JSON.stringify([rows, rig.events, rig.entries]);

    const secrets = [signedIn, next].flatMap((it) => [it.accessToken, it.refreshToken])
      .concat(token, invited.token, PASSWORD, changed.password);
    for (const secret of secrets) ok(!told.includes(secret), secret.slice(0, 4));
    ok(!/gf[a-z]_[\w-]{43}/.test(told));
  },

  "the audit log says who did what, in its order, and for whom it is asked": async (rig) => {
    const { people } = rig;
    const { user, caller } = await join(rig, "Ann", "owner");
    for (let count = 0; count < 5; count++) {
      await people.invitations.create({ ...caller, address: "192.0.2.1" }, {
        role: "guest",
        uses: count + 1,
        expiresInHours: 1,
      });
    }
    const first = await people.audit.list({ before: "", limit: 3, action: "invitation.create" });
    const rest = await people.audit.list({
      before: first.at(-1)!.id,
      limit: 9,
      action: "invitation.create",
    });

    deepStrictEqual([...first, ...rest].map(({ details }) => details.uses), [5, 4, 3, 2, 1]);
    const [entry] = first;
    strictEqual(entry?.actor, user.id);
    strictEqual(entry?.actorName, "Ann");
    strictEqual(entry?.address, "192.0.2.1");
    match(entry?.target ?? "", /^inv_/);
    const mine = await people.audit.list({ before: "", limit: 99, actor: "local" });
    deepStrictEqual(mine.map(({ action }) => action), ["user.create"]);
  },

  "who begins to sign in with a passkey again and again keeps nobody else out": async (rig) => {
    const site = { rpId: "localhost", origin: "http://localhost:8080" };
    const { passkeys } = rig.people;
    const begin = async (address: string) =>
      (await passkeys.beginAuthentication(site, { address })).challengeId;
    /** Why an answer to that challenge is refused. */
    const refusal = async (challengeId: string) => {
      const credential = { id: "x", rawId: "x", type: "public-key", response: {} } as never;
      await rejects(passkeys.signIn({ challengeId, credential }, site, {}), UnknownCallerError);
      return rig.entries.at(-1)?.fields.why;
    };
    await rig.state.run("DELETE FROM passkey_challenges");
    const other = await begin("198.51.100.1");
    const first = await begin("2001:db8::1");
    for (let n = 0; n < 30; n++) {
      rig.pass(1);
      await begin(`2001:db8::${n}`);
    }
    const last = await begin("2001:db8::1");

    const rows = await rig.state.all("SELECT * FROM passkey_challenges");
    strictEqual(rows.length, 21);
    strictEqual(await refusal(first), "no such challenge");
    strictEqual(await refusal(other), "no such passkey");
    strictEqual(await refusal(last), "no such passkey");
  },

  "of too many challenges those go first of whoever has the most": async (rig) => {
    const site = { rpId: "localhost", origin: "http://localhost:8080" };
    const { state, now, people: { sessions, audit } } = rig;
    const knows = () => Promise.resolve(true);
    const deps = { state, now, knows, audit, sessions, publish: () => {}, log: silent };
    const passkeys = createPasskeys({ ...deps, maxChallenges: 6 });
    await state.run("DELETE FROM passkey_challenges");
    for (const [from, times] of [["192.0.2.1", 1], ["192.0.2.2", 5], ["192.0.2.3", 4]] as const) {
      for (let n = 0; n < times; n++) await passkeys.beginAuthentication(site, { address: from });
    }
    const rows = await state.all(
      `SELECT asked_by AS "askedBy", CAST(count(*) AS INTEGER) AS n FROM passkey_challenges
       GROUP BY asked_by ORDER BY asked_by`,
    );
    deepStrictEqual(rows.map((it) => ({ ...it as object })), [
      { askedBy: "address 192.0.2.1", n: 1 },
      { askedBy: "address 192.0.2.2", n: 2 },
      { askedBy: "address 192.0.2.3", n: 3 },
    ]);
  },

  "a passkey is kept, counted, and gone with its account": async (rig) => {
    const { people } = rig;
    const { user, caller } = await join(rig, "Ann");
    const site = { rpId: "localhost", origin: "http://localhost:8080" };
    const key = softwareAuthenticator();
    const begun = await people.passkeys.beginRegistration(user, site);
    const answering = { ...site, challenge: begun.options.challenge };
    const answer = { challengeId: begun.challengeId, credential: key.create(answering) };
    await people.passkeys.register(caller, user.id, { ...answer, name: "Phone" }, site);
    const signIn = async () => {
      const { challengeId, options } = await people.passkeys.beginAuthentication(site, {});
      const credential = key.get({ ...site, challenge: options.challenge });
      return await people.passkeys.signIn({ challengeId, credential }, site, {});
    };

    strictEqual((await signIn()).user.name, "Ann");
    strictEqual((await signIn()).user.name, "Ann");
    const [kept] = await people.passkeys.list(user.id, { before: "", limit: 9 });
    strictEqual(kept?.name, "Phone");
    const late = await people.passkeys.beginAuthentication(site, {});
    rig.pass(5 * 60_000);
    const credential = key.get({ ...site, challenge: late.options.challenge });
    const tooLate = { challengeId: late.challengeId, credential };
    await rejects(people.passkeys.signIn(tooLate, site, {}), UnknownCallerError);
    await people.accounts.delete(machine, user.id);
    await rejects(signIn(), UnknownCallerError);
    strictEqual((await rig.state.all("SELECT * FROM passkeys")).length, 0);
  },

  "the audit log keeps the newest": async (rig) => {
    const people = createPeople({
      state: rig.state,
      publish: () => {},
      log: silent,
      now: rig.now,
      maxAuditRows: 150,
    });
    for (let count = 0; count < 300; count++) {
      await people.audit.note({ name: "test" }, { action: `test.${count}` });
    }

    const rows = await people.audit.list({ before: "", limit: 1000 });
    strictEqual(rows.length, 150);
    deepStrictEqual([rows[0]?.action, rows.at(-1)?.action], ["test.299", "test.150"]);
  },

  "what is over is forgotten": async (rig) => {
    const { people } = rig;
    const { caller, user } = await join(rig, "Ann", "owner");
    await people.tokens.create(caller, user.id, { name: "t", scopes: ["read"], expiresInDays: 1 });
    await people.invitations.create(caller, { role: "guest", uses: 1, expiresInHours: 1 });
    await people.sharing.create(machine, {
      role: "guest",
      effect: "allow",
      action: "see",
      kind: "all",
      value: "",
      expiresAt: new Date(rig.now() + 1000).toISOString(),
    });
    const token = (await people.tokens.list(user.id, { before: "", limit: 1 }))[0]!;
    const areOn = () => Promise.all([caller.sessionId!, token.id, "ses_0"].map(people.isOn));
    deepStrictEqual(await areOn(), [true, true, false]);
    rig.pass(400 * 86_400_000);
    deepStrictEqual(await areOn(), [false, false, false]);
    const { sessions, tokens, sharing, invitations, passkeys } = people;
    const told = () => rig.events.filter(({ type }) => type === "sharing.changed").length;
    const before = told();
    for (const part of [sessions, tokens, sharing, invitations, passkeys]) await part.forget();
    // A rule that ends by itself ends what plays by it, as one does that somebody deletes.
    await sharing.forget();
    strictEqual(told(), before + 1);
    // So does a token.
    strictEqual(rig.events.filter(({ type }) => type === "token.deleted").length, 1);

    const tables = ["user_sessions", "user_session_tokens", "api_tokens", "invitations"]
      .concat("sharing_rules");
    for (const table of tables) {
      strictEqual((await rig.state.all(`SELECT * FROM ${table}`)).length, 0, table);
    }
    notStrictEqual(await people.accounts.find(user.id), undefined);
  },

  "wrong passwords are counted at all edges together": async (rig) => {
    const { state, people, now, pass } = rig;
    await people.accounts.create(machine, { name: "ann", password: PASSWORD, role: "member" });
    const deps = { state, publish: () => {}, log: silent, now, cost: { ln: 4, r: 1, p: 1 } };
    const edges = [people, createPeople(deps), createPeople(deps)];
    const from = { address: "198.51.100.7" };
    const guess = (n: number) =>
      edges[n % edges.length]!.signIn({ name: "ann", password: `guess number ${n}` }, from)
        .then(() => "in", (error) => error.constructor.name);

    const guesses = await Promise.all(Array.from({ length: 30 }, (_, n) => guess(n)));

    // The first eight of an address, whichever edge they come to.
    const wrong = guesses.filter((it) => it === UnknownCallerError.name).length;
    ok(wrong > 0 && wrong <= 8, `${wrong} were looked at`);
    strictEqual(guesses.filter((it) => it === TooManyTriesError.name).length, 30 - wrong);
    for (let n = 0; n < 8; n++) await guess(n);
    const right = { name: "ann", password: PASSWORD };
    for (const edge of edges) await rejects(edge.signIn(right, from), TooManyTriesError);
    pass(3_600_000);
    strictEqual((await edges[2]!.signIn(right, from)).user.name, "ann");
    strictEqual((await state.all("SELECT key FROM sign_in_tries")).length, 0);
  },

  "whoever guesses elsewhere keeps nobody out who is signed in at home": async (rig) => {
    const { people } = rig;
    const [right, home] = [{ name: "Ann", password: PASSWORD }, "192.0.2.9"];
    await join(rig, "Ann");
    for (let n = 0; n < 20; n++) {
      const wrong = { name: "Ann", password: `guess number ${n}` };
      await people.signIn(wrong, { address: `198.51.100.${n}` }).catch(() => {});
    }

    await rejects(people.signIn(right, { address: "203.0.113.1" }), TooManyTriesError);
    strictEqual((await people.signIn(right, { address: home })).user.name, "Ann");

    // Guesses from there are counted all the same, by their address.
    for (let n = 0; n < 8; n++) {
      const wrong = { name: "Ann", password: `guess number ${n}` };
      await rejects(people.signIn(wrong, { address: home }), UnknownCallerError);
    }
    await rejects(people.signIn(right, { address: home }), TooManyTriesError);
  },
};
