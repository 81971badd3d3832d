/**
 * What `.giggityignore` passes over, beside what git itself says of the same patterns.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { IgnoreRules } from "../../../src/media/ignore/rules.ts";

Deno.test("without a file nothing is passed over", () => {
  strictEqual(IgnoreRules.none.ignores("a/b.mkv", false), false);
});

Deno.test("patterns count from the folder of their file on", () => {
  const rules = IgnoreRules.none.below("shows", "/extras/\n*.sample.mkv");

  strictEqual(rules.ignores("shows/extras", true), true);
  strictEqual(rules.ignores("shows/extras", false), false, "a file of that name is no folder");
  strictEqual(rules.ignores("shows/one/extras", true), false);
  strictEqual(rules.ignores("shows/one/a.sample.mkv", false), true);
});

Deno.test("a deeper file takes back what one above passes over", () => {
  const above = IgnoreRules.none.below("", "*.avi");
  const rules = above.below("old", "!keep.avi");

  strictEqual(above.ignores("x.avi", false), true);
  strictEqual(rules.ignores("old/keep.avi", false), false);
  strictEqual(rules.ignores("old/other.avi", false), true);
});

Deno.test("names that mean something to the package are names all the same", () => {
  const rules = IgnoreRules.none.below("", "gone.mkv");

  strictEqual(rules.ignores("..a/film.mkv", false), false);
  strictEqual(rules.ignores("./gone.mkv".slice(2), false), true);
  for (let at = 0; at < 12_000; at++) rules.ignores(`film ${at}.mkv`, false);
  strictEqual(rules.ignores("gone.mkv", false), true, "also after its memory was emptied");
});

const git = await new Deno.Command("git", { args: ["--version"] }).output().then(
  ({ success }) => success,
  () => false,
);

Deno.test({ name: "patterns mean what they mean to git", ignore: !git }, async () => {
  const patterns = [
    "# films that nobody watches",
    "*.tmp.mkv",
    "/top.mkv",
    "deep/**/hidden.mkv",
    "folder/",
    "!folder.mkv",
    "space\\ name.mkv",
    "[abc]-*.mkv",
    "**/any/one.mkv",
    "trailing.mkv   ",
    "!b-kept.mkv",
  ].join("\n");
  const paths = [
    "x.tmp.mkv",
    "top.mkv",
    "sub/top.mkv",
    "deep/hidden.mkv",
    "deep/1/2/hidden.mkv",
    "folder/in.mkv",
    "folder.mkv",
    "space name.mkv",
    "a-1.mkv",
    "b-kept.mkv",
    "d-1.mkv",
    "q/any/one.mkv",
    "trailing.mkv",
    "# films that nobody watches",
  ];
  const root = await Deno.makeTempDir();
  try {
    await new Deno.Command("git", { args: ["init", "-q", root] }).output();
    await Deno.writeTextFile(join(root, ".gitignore"), patterns);
    const asked = new Deno.Command("git", {
      args: ["-C", root, "check-ignore", "--no-index", "--stdin"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = asked.stdin.getWriter();
    await writer.write(new TextEncoder().encode(paths.join("\n")));
    await writer.close();
    const said = new TextDecoder().decode((await asked.output()).stdout).split("\n").filter(
      Boolean,
    );
    const rules = IgnoreRules.none.below("", patterns);
    const ours = paths.filter((path) =>
      path.split("/").some((_, at, parts) =>
        rules.ignores(parts.slice(0, at + 1).join("/"), at + 1 < parts.length)
      )
    );

    ok(said.length > 5);
    deepStrictEqual(ours, said);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
