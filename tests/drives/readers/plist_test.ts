import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { UnavailableError } from "../../../src/base/errors.ts";
import { hasPlist, plistsIn } from "../../../src/drives/readers/plist.ts";

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`;
const list = (body: string) => `${head}<plist version="1.0">\n${body}\n</plist>\n`;

Deno.test("plistsIn() reads every type of value", () => {
  const text = list(`<dict>
    <key>name</key><string>NO NAME</string>
    <key>nothing</key><string></string>
    <key>empty</key><string/>
    <key>size</key><integer>512110190592</integer>
    <key>stick</key><real>1.5682240512E10</real>
    <key>huge</key><integer>18446744073709551615</integer>
    <key>yes</key><true/><key>no</key><false/>
    <key>when</key><date>2017-05-31T09:52:15Z</date>
    <key>bytes</key><data>
      AAEC
      Aw==
    </data>
    <key>list</key><array><string>a</string><integer>2</integer><array/><dict/></array>
    <key>dict</key><dict><key>in</key><dict><key>deep</key><integer>-1</integer></dict></dict>
  </dict>`);

  deepStrictEqual(plistsIn(text), [{
    name: "NO NAME",
    nothing: "",
    empty: "",
    size: 512110190592,
    stick: 15682240512,
    huge: 2 ** 64,
    yes: true,
    no: false,
    when: "2017-05-31T09:52:15Z",
    bytes: "AAECAw==",
    list: ["a", 2, [], {}],
    dict: { in: { deep: -1 } },
  }]);
});

Deno.test("plistsIn() reads entities, CDATA and comments", () => {
  const text = list(
    `<dict><!-- <key>not</key> --><key>A &amp; B</key>` +
      `<string>&lt;x&gt; &quot;y&quot; &apos;z&apos; &#38; &#x2013; &unknown; <![CDATA[<&amp;>]]></string></dict>`,
  );

  deepStrictEqual(plistsIn(text), [{ "A & B": `<x> "y" 'z' & – &unknown; <&amp;>` }]);
});

Deno.test("plistsIn() reads several lists after each other, and passes over other lines", () => {
  const text = `Started diskutil\n${list("<array/>")}\nmore words\n${list("<dict/>")}bye\n`;

  deepStrictEqual(plistsIn(text), [[], {}]);
});

Deno.test("plistsIn() takes __proto__ for a key like any other", () => {
  const [value] = plistsIn(list("<dict><key>__proto__</key><string>x</string></dict>"));

  deepStrictEqual(Object.entries(value!), [["__proto__", "x"]]);
});

Deno.test("plistsIn() refuses a binary list, and says how to convert it", () => {
  strictEqual(hasPlist("bplist00\u0001"), true);
  throws(() => plistsIn("bplist00\u0001"), /binary; convert it with `plutil/);
});

Deno.test("plistsIn() refuses what ends in the middle, and what is no list", () => {
  throws(() => plistsIn(list("<dict><key>a</key>").slice(0, -12)), UnavailableError);
  throws(() => plistsIn("<html></html>"), UnavailableError);
});
