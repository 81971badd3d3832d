import { strictEqual } from "node:assert/strict";
import { extensionOf, mediaTypes, titleOf } from "../../src/media/media.ts";
import { settings } from "../../src/config/mod.ts";

Deno.test("titleOf() makes a title of a file name", () => {
  const cases = [
    ["Big.Buck_Bunny.mp4", "Big Buck Bunny"],
    ["films/1927/Metropolis.mkv", "Metropolis"],
    ["Se7en (1995).avi", "Se7en (1995)"],
    ["a  b__c..d.webm", "a b c d"],
    ["line\nbreak\x1b[2J.mp4", "line break [2J"],
    ["🎬 film – été.mkv", "🎬 film – été"],
    [".mp4", ".mp4"],
    ["....mp4", "....mp4"],
    ["-x.avi", "-x"],
    ["no extension", "no extension"],
    ["folder.with.dots/x.mp4", "x"],
    ["a\\b.mp4", "a\\b"],
  ] as const;

  for (const [path, title] of cases) strictEqual(titleOf(path), title, JSON.stringify(path));
});

Deno.test("extensionOf() is in lower case, with its dot, of the last part only", () => {
  const cases = [["a.MKV", ".mkv"], ["a.b/c", ""], ["a.tar.gz", ".gz"], ["a.", ""], [
    "",
    "",
  ]] as const;

  for (const [path, extension] of cases) strictEqual(extensionOf(path), extension, path);
});

Deno.test("every extension that counts as media by default has a MIME type", () => {
  for (const extension of settings.includeExtensions.default) {
    strictEqual(mediaTypes[extension]?.kind, "video", extension);
  }
});
