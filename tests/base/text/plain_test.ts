/** Text as it is compared. @module */
import { strictEqual } from "node:assert/strict";
import { plain } from "../../../src/base/text/plain.ts";

Deno.test("plain() takes capitals and accents away, however they are written, and nothing else", () => {
  const cases = [
    ["Amélie", "amelie"],
    ["Ame\u0301lie", "amelie"],
    ["ÉLAN 100%", "elan 100%"],
    ["İstanbul", "istanbul"],
    ["Spider-Man_2!", "spider-man_2!"],
    ["Ｆｕｌｌ ①", "full 1"],
    ["Ørsted 七人の侍", "ørsted 七人の侍"],
    ["", ""],
  ] as const;
  for (const [text, expected] of cases) strictEqual(plain(text), expected);
});
