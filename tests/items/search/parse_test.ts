/** The language of searches: read into a tree, or refused with the place. @module */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../../src/base/errors.ts";
import { type Node, parseQuery } from "../../../src/items/search/query/parse.ts";
import { openRig } from "./rig.ts";

/** The tree as a short text. */
function told(node: Node): string {
  if (node.type === "text") return `${node.text}${node.isPrefix ? "~" : ""}`;
  if (node.type === "filter") return `${node.name}${node.operator}${node.value}`;
  if (node.type === "not") return `!${told(node.node)}`;
  return `${node.type}(${node.nodes.map(told).join(" ")})`;
}

Deno.test("parseQuery() reads words, phrases, filters, groups and what shall not be", () => {
  const cases = [
    ["", "all()"],
    ["alien", "alien"],
    ["blade  runner", "all(blade runner)"],
    ['"blade runner" 2049', "all(blade runner 2049)"],
    ["run*", "run*~"],
    ['"blade run"*', "blade run~"],
    ["-trailer", "!trailer"],
    ["alien -trailer NOT cam", "all(alien !trailer !cam)"],
    ["spider-man", "spider-man"],
    ["mad - max", "all(mad - max)"],
    ["alien OR predator", "any(alien predator)"],
    ["a b OR c d", "any(all(a b) all(c d))"],
    ["a (b OR c) -(d e)", "all(a any(b c) !all(d e))"],
    ["ORDER NOTHING", "all(ORDER NOTHING)"],
    ["codec:hevc", "codec:hevc"],
    ["Year>=1990", "year>=1990"],
    ['person:"Greta Gerwig" x', "all(person:Greta Gerwig x)"],
    ["-tag:genre/horror", "!tag:genre/horror"],
    ["field.shelf:attic", "field.shelf:attic"],
    ["2001: odyssey", "all(2001: odyssey)"],
    ["alien: covenant", "all(alien: covenant)"],
    ['"alien: covenant"', "alien: covenant"],
    ["(codec:av1)", "codec:av1"],
  ];

  deepStrictEqual(cases.map(([query]) => [query, told(parseQuery(query!))]), cases);
  const isTyping = true;
  strictEqual(told(parseQuery("blade run", { isTyping })), "all(blade run~)");
  strictEqual(told(parseQuery("blade run ", { isTyping })), "all(blade run)");
});

Deno.test("parseQuery() says where a query is wrong, and what to do", () => {
  const cases = [
    ['say "cheese', 5, /no other end/],
    ["a (b c", 3, /no "\)"/],
    ["a b) c", 4, /too many/],
    ["a OR", 3, /between two/],
    ["OR b", 1, /between two/],
    ["a ( )", 3, /nothing in these brackets/],
    ["a -", undefined, undefined],
    ["a NOT", 3, /not be found/],
    ["(".repeat(30) + "a", 18, /brackets/],
    ["a ".repeat(65), 129, /more than 64/],
  ] as const;

  for (const [query, position, message] of cases) {
    if (position === undefined) parseQuery(query);
    else {throws(() => parseQuery(query), {
        constructor: InvalidError,
        message,
        details: { position },
      });}
  }
  throws(() => parseQuery("a".repeat(1001)), InvalidError);
});

Deno.test("a filter that is none, or that is given what it cannot read, is refused with its place", async () => {
  using rig = openRig();
  const cases = [
    ["alien colour:red", 7, /no filter "colour".*codec.*field\.KEY.*quotes/],
    ["duration>90", 1, /duration: expected a time.*duration>1h30m/],
    ["x size>big", 3, /expected a size/],
    ["year:199x", 1, /expected a number/],
    ["year:1999..1990..", 1, /expected|range/],
    ["rating>=6", 1, /stars/],
    ["rating:3.7", 1, /stars/],
    ["watched:perhaps", 1, /yes or no/],
    ["codec>hevc", 1, /":" only/],
    ["kind:song", 1, /none of video, audio, image/],
    ["resolution:900p", 1, /none of 8k/],
    ["added:2026-13", 1, /a day such as/],
    ["has:nothing", 1, /subtitles, nfo/],
    ["title:!!!", 1, /say a word/],
    ["codec:|", 1, /say a value/],
    ["tag:", 1, /tag: say a value, for example tag:genre\/sci-fi.*quotes/],
    ["alien (tag: x)", 8, /tag: say a value/],
    ["year>", 1, /year: expected a number/],
    ["field.nothing:", 1, /no custom field/],
    ["???", 1, /"\?\?\?" has no letter and no digit.*nothing to find everything/],
    ["--", 1, /signs are not searched/],
    ['  ! OR "?!"', 3, /"!" has no letter/],
    ["-🎬", 2, /signs/],
    ["*", 1, /nothing to find everything/],
  ] as const;

  for (const [query, position, message] of cases) {
    const failure = await rig.find(query).then(() => undefined, (error) => error);
    ok(failure instanceof InvalidError, query);
    strictEqual(failure.details.position, position, query);
    ok(message.test(failure.message), `${query}: ${failure.message}`);
  }
});

Deno.test("10,000 random queries are answered or refused, never a mistake of the program's", async () => {
  using rig = openRig();
  for (let n = 0; n < 50; n++) {
    rig.add({ id: `f${n}`, title: `alien ${n} the "return"`, tags: ["a/b"] });
  }
  rig.index();
  const pieces =
    `alien the a* " ( ) - OR NOT AND NEAR NEAR( : = < > <= >= | .. * ' '' ; -- /* */ \\ \0 \u{E000}e \u{E000}
    codec: codec:hevc year:1990..1999 year> size>4GB rating>=4 tag:a/b tag: field.x:y field.: path:" person:x
    { } {title}: title: ^ + , ~ % _ ? ?1 $x @ # & \t \n \u00e9 \u0301 七 侍 ไทย 🎬 \ud800 \u202e DROP TABLE
    item_search rowid 1=1 null -- has:poster watched:no duration<1h added<7d added:2026 -( (( )) "" "*"`
      .split(/ +/);
  let state = 7;
  const random = (below: number) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (state >>> 8) % below;
  };
  const outcomes = { answered: 0, refused: 0 };

  for (let n = 0; n < 10_000; n++) {
    const query = Array.from(
      { length: 1 + random(8) },
      () => pieces[random(pieces.length)]! + (random(3) > 0 ? " " : ""),
    ).join("");
    try {
      await rig.find(query, { limit: 3, isTyping: random(2) === 0 });
      outcomes.answered++;
    } catch (error) {
      if (!(error instanceof InvalidError)) {
        throw new Error(JSON.stringify(query), { cause: error });
      }
      outcomes.refused++;
    }
  }

  ok(outcomes.answered > 1000 && outcomes.refused > 1000, JSON.stringify(outcomes));
  strictEqual(rig.db.get<{ n: number }>("SELECT count(*) n FROM items")!.n, 50, "nothing was lost");
});
