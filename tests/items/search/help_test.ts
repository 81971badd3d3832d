/**
 * docs/search.md has the filters, orders and facets of the program.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { openSearch } from "../../../src/items/search/mod.ts";

Deno.test("docs/search.md has every filter, order and facet with its help, and no other", () => {
  using db = openDatabase(":memory:", migrations.library);
  const changes = { record() {}, register() {} };
  using search = openSearch({ db, publish() {}, changes, isBusy: () => false });
  const { filters, sorts, facets } = search.help();

  const page = Deno.readTextFileSync("docs/search.md");
  const rows = (title: string) =>
    page.split(`\n## ${title}\n`)[1]!.split("\n## ")[0]!.split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.replaceAll("\\|", "¦").split("|").slice(1, -1).map((it) => it.trim()));
  const code = (text: string) => `\`${text.replaceAll("|", "¦")}\``;

  deepStrictEqual(
    rows("Filters"),
    filters.map(({ name, aliases, help, example }) => [
      [name, ...aliases].map(code).join(", "),
      help,
      code(example),
    ]),
  );
  deepStrictEqual(rows("Order"), sorts.map(({ name, help }) => [code(name), help]));
  const [, told] = /There are ([^.]+)\./.exec(page)!;
  deepStrictEqual(told!.replaceAll("\n", " ").split(", "), facets.map(code));
});
