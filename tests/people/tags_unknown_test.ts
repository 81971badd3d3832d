/** Where no title has tags, a rule for one would do nothing: it is refused. @module */
import { rejects, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState } from "../../src/db/mod.ts";
import { createPeople, ownerBy } from "../../src/people/mod.ts";

Deno.test("an edge that knows no tags refuses rules for them, and invitations with them", async () => {
  using db = openDatabase(":memory:", migrations.edge);
  const people = createPeople({
    state: openSqliteState(db),
    publish: () => {},
    log: silent,
    knowsTags: false,
  });
  const machine = ownerBy("local");
  const tag = { effect: "deny", action: "see", kind: "tag", value: "genre/horror" } as const;
  const refused = (error: unknown) =>
    error instanceof InvalidError && /knows no title's tags.*Share by peer or by title/.test(
      error.message,
    );

  await rejects(people.sharing.create(machine, { ...tag, role: "guest" }), refused);
  await rejects(
    people.invitations.create(machine, {
      role: "guest",
      uses: 1,
      expiresInHours: 1,
      shares: [tag],
    }),
    refused,
  );
  const title = { ...tag, kind: "title", value: "c-1", role: "guest" } as const;
  strictEqual((await people.sharing.create(machine, title)).kind, "title");
});
