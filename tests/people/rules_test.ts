/** Who may see and play what, as properties. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { actions, effects, judge, kinds, type Rule, type Title } from "../../src/people/mod.ts";

const NOW = "2026-01-05T12:00:00.000Z";
const peerId = fc.constantFrom("p-1", "p-2", "p-3");
const tag = fc.constantFrom("a", "a/b", "a/b/c", "ab", "z");
const catalogId = fc.constantFrom("c-1", "c-2");
const values = { all: fc.constant(""), peer: peerId, tag, title: catalogId };
const rule: fc.Arbitrary<Rule> = fc.constantFrom(...kinds).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    value: values[kind],
    effect: fc.constantFrom(...effects),
    action: fc.constantFrom(...actions),
    expiresAt: fc.constantFrom(
      undefined,
      "2026-01-05T11:59:59.999Z",
      NOW,
      "2026-01-06T00:00:00.000Z",
    ),
  })
);
const rules = fc.array(rule, { maxLength: 8 });
const said = fc.record({
  paths: fc.uniqueArray(tag, { maxLength: 3 }),
  isComplete: fc.boolean(),
});
const title: fc.Arbitrary<Title> = fc.record({
  catalogId,
  peerIds: fc.uniqueArray(peerId, { maxLength: 3 }),
  tags: fc.uniqueArray(fc.tuple(peerId, said), { maxLength: 3, selector: ([id]) => id })
    .map((all) => new Map(all)),
});
const complete = (...paths: string[]) => ({ paths, isComplete: true });
const person = fc.constantFrom("guest" as const, "member" as const);
const of = (role: "guest" | "member" | "owner", some: readonly Rule[], it: Title) =>
  judge(role, some, it, NOW);
const holds = ({ expiresAt }: Rule) => expiresAt === undefined || expiresAt > NOW;

Deno.test("an owner may all, whatever the rules say", () => {
  fc.assert(fc.property(rules, title, (some, it) => {
    deepStrictEqual(of("owner", some, it), { see: true, play: true, peerIds: it.peerIds });
  }));
});

Deno.test("whoever may play may see, and from peers that have it", () => {
  fc.assert(fc.property(person, rules, title, (role, some, it) => {
    const { see, play, peerIds } = of(role, some, it);
    ok(!play || see);
    ok(peerIds.every((id) => it.peerIds.includes(id)));
    if (it.peerIds.length > 0) strictEqual(play, peerIds.length > 0);
  }));
});

Deno.test("a guest begins with nothing, a member with everything", () => {
  fc.assert(fc.property(rules, title, (some, it) => {
    const allows = some.filter(({ effect }) => effect === "allow");
    const denies = some.filter(({ effect }) => effect === "deny");
    strictEqual(of("guest", denies, it).see, false);
    strictEqual(of("member", allows, it).play, true);
  }));
});

Deno.test("another rule that denies never shows more, one that allows never less", () => {
  fc.assert(fc.property(person, rules, rule, title, (role, some, more, it) => {
    const [before, after] = [of(role, some, it), of(role, [...some, more], it)];
    const [less, greater] = more.effect === "deny" ? [after, before] : [before, after];
    ok(!less.see || greater.see);
    ok(!less.play || greater.play);
    ok(less.peerIds.every((id) => greater.peerIds.includes(id)));
  }));
});

Deno.test("the order of rules, and rules that are over, are nothing", () => {
  fc.assert(fc.property(person, rules, title, (role, some, it) => {
    const expected = of(role, some, it);
    deepStrictEqual(of(role, some.toReversed(), it), expected);
    deepStrictEqual(of(role, some.filter(holds), it), expected);
    deepStrictEqual(of(role, [...some, ...some], it), expected);
  }));
});

Deno.test("who is denied to see cannot play, and to deny all is to show nothing", () => {
  fc.assert(fc.property(person, rules, title, (role, some, it) => {
    const all = { effect: "deny", action: "see", kind: "all", value: "" } as const;
    deepStrictEqual(of(role, [...some, all], it), { see: false, play: false, peerIds: [] });
    strictEqual(of(role, [...some, { ...all, action: "play" }], it).play, false);
  }));
});

Deno.test("a tag's rule is for all below it, and not for what only begins like it", () => {
  const allow: Rule = { effect: "allow", action: "see", kind: "tag", value: "a/b" };
  const cases = [["a/b", true], ["a/b/c", true], ["a", false], ["ab", false], ["a/bc", false]];
  for (const [path, expected] of cases) {
    const it = {
      catalogId: "c",
      peerIds: ["p"],
      tags: new Map([["p", complete(String(path))]]),
    };
    strictEqual(of("guest", [allow], it).see, expected, String(path));
    strictEqual(of("member", [{ ...allow, effect: "deny" }], it).see, !expected, String(path));
  }
});

Deno.test("who says that a title has a tag opens their own copies, and closes everybody's", () => {
  const it = {
    catalogId: "c",
    peerIds: ["p-1", "p-2"],
    tags: new Map([["p-1", complete("kids")], ["p-2", complete("horror")]]),
  };
  const rule = { action: "see", kind: "tag" } as const;

  const allowed = of("guest", [{ ...rule, action: "play", effect: "allow", value: "kids" }], it);
  deepStrictEqual(allowed, { see: true, play: true, peerIds: ["p-1"] });
  for (const value of ["kids", "horror"]) {
    strictEqual(of("member", [{ ...rule, effect: "deny", value }], it).see, false, value);
  }
  deepStrictEqual(
    of("member", [{ ...rule, effect: "deny", value: "war" }], it).peerIds,
    it.peerIds,
  );
});

Deno.test("where a tag is denied, what might have it is not shown", () => {
  const deny: Rule = { effect: "deny", action: "see", kind: "tag", value: "horror" };
  const seen = (...tags: [string, { paths: string[]; isComplete: boolean }][]) =>
    of("member", [deny], { catalogId: "c", peerIds: ["p-1", "p-2"], tags: new Map(tags) }).see;

  strictEqual(seen(), false, "nobody has said anything");
  strictEqual(seen(["p-1", complete()]), true, "who knows it has said that it has none");
  strictEqual(seen(["p-1", { paths: ["war"], isComplete: false }]), false, "it has others, too");
  strictEqual(of("member", [], { catalogId: "c", peerIds: ["p-1"], tags: new Map() }).see, true);
});

Deno.test("a peer's words about its copies never show more of another's", () => {
  fc.assert(fc.property(person, rules, title, peerId, said, (role, some, it, id, more) => {
    const without = new Map([...it.tags].filter(([other]) => other !== id));
    const others = (tags: Title["tags"]) =>
      of(role, some.filter(({ effect }) => effect === "allow"), { ...it, tags })
        .peerIds.filter((other) => other !== id);
    deepStrictEqual(others(new Map([...without, [id, more]])), others(without));
  }));
});

Deno.test("of a title that two peers have, only the one that is shared plays it", () => {
  const it = { catalogId: "c", peerIds: ["p-1", "p-2"], tags: new Map() };
  const rule = { action: "play", kind: "peer", value: "p-1" } as const;

  deepStrictEqual(of("guest", [{ ...rule, effect: "allow" }], it).peerIds, ["p-1"]);
  deepStrictEqual(of("member", [{ ...rule, effect: "deny" }], it), {
    see: true,
    play: true,
    peerIds: ["p-2"],
  });
});
