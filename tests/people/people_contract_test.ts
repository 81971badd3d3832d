/** @module */
import { migrations, openPostgresState } from "../../src/db/mod.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { cases } from "./people_contract.ts";
import { rigOver, sqliteRig } from "./rig.ts";

for (const [name, check] of Object.entries(cases)) {
  Deno.test(`SQLite: ${name}`, async () => {
    await using rig = sqliteRig();
    await check(rig);
  });
}

Deno.test({ name: "PostgreSQL", ignore: !hasPostgres }, async (t) => {
  await using server = await startPostgres();
  await using state = await openPostgresState(server.url, migrations.edge, { max: 3 });
  for (const [name, check] of Object.entries(cases)) {
    await t.step(name, async () => {
      for (const table of ["users", "invitations", "sharing_rules", "audit_log", "sign_in_tries"]) {
        await state.run(`DELETE FROM ${table}`);
      }
      await using rig = rigOver(state);
      await check(rig);
    });
  }
});
