import { deepStrictEqual } from "node:assert/strict";
import { z } from "zod";
import { inWords, type Issue } from "../../../src/base/text/issue.ts";

Deno.test("inWords() says what a schema has refused, and leaves to zod what it does not know", () => {
  const cases = [
    [z.string(), undefined, "it is missing"],
    [z.string(), 1, "expected a text"],
    [z.string().min(1), "", "it is empty"],
    [z.string().max(3), "abcd", "it is longer than 3 characters"],
    [z.coerce.number(), "abc", "expected a number"],
    [z.number().int(), 1.5, "expected a whole number"],
    [z.int().max(9999), 1e20, "it is too large a number"],
    [z.int().min(0), -1e20, "it is too small a number"],
    [z.number().max(9999).int(), 1e20, "it is more than 9999"],
    [z.number().min(1), 0, "it is less than 1"],
    [z.number().positive(), 0, "it is not more than 0"],
    [z.number().max(500), 501, "it is more than 500"],
    [z.number().multipleOf(0.5), 0.3, "expected steps of 0.5"],
    [z.boolean(), "yes", "expected true or false"],
    [z.array(z.string()).min(1), [], "it is empty"],
    [z.array(z.string()).max(1), ["a", "b"], "there are more than 1"],
    [z.enum(["title", "-title"]), "name", "expected title, -title"],
    [z.iso.datetime(), "today", "expected a time such as 2026-01-31T20:15:00Z"],
    [z.strictObject({}), { a: 1 }, "there is no such field here"],
    [z.union([z.string(), z.number()]), true, "expected a text, or expected a number"],
    [z.string().refine(() => false, "it is no cursor"), "a", "it is no cursor"],
  ] as const;

  const told = cases.map(([schema, value]) =>
    inWords(schema.safeParse(value).error!.issues[0] as Issue)
  );

  deepStrictEqual(told, cases.map(([, , expected]) => expected));
});
