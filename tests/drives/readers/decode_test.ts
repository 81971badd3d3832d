import { strictEqual } from "node:assert/strict";
import { decodeText } from "../../../src/drives/readers/decode.ts";

const text = "/dev/disk0 (internal):\r\n  1: APFS Volume Fäden – neu\r\n";
const plain = "/dev/disk0 (internal):\n  1: APFS Volume Fäden – neu\n";

const utf8 = new TextEncoder().encode(text);
const utf16 = (order: "le" | "be") => {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  [...text].forEach((char, at) => view.setUint16(at * 2, char.charCodeAt(0), order === "le"));
  return new Uint8Array(view.buffer);
};
const after = (mark: number[], bytes: Uint8Array) => new Uint8Array([...mark, ...bytes]);

const cases: [string, Uint8Array][] = [
  ["UTF-8", utf8],
  ["UTF-8 with a mark", after([0xef, 0xbb, 0xbf], utf8)],
  ["UTF-16LE with a mark", after([0xff, 0xfe], utf16("le"))],
  ["UTF-16BE with a mark", after([0xfe, 0xff], utf16("be"))],
  ["UTF-16LE without a mark", utf16("le")],
  ["UTF-16BE without a mark", utf16("be")],
  ["UTF-8 padded with NULs", after([], new Uint8Array([...utf8, 0, 0, 0]))],
];
for (const [encoding, bytes] of cases) {
  Deno.test(`decodeText() reads ${encoding}`, () => strictEqual(decodeText(bytes), plain));
}

Deno.test("decodeText() reads what is no UTF-8 as Windows-1252", () => {
  strictEqual(decodeText(new Uint8Array([0x46, 0xe4, 0x64, 0x65, 0x6e])), "Fäden");
});

Deno.test("decodeText() reads nothing as nothing", () => {
  strictEqual(decodeText(new Uint8Array()), "");
});
