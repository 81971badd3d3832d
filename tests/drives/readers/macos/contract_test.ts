import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { macosReaders } from "../../../../src/drives/readers/macos/mod.ts";
import { pictureOf, readers } from "../../../../src/drives/readers/mod.ts";
import { hasShared, sharedPaths, sharedText } from "../../../helpers/shared_fixtures.ts";
import { told, toPlist } from "./views.ts";

/** Which reader reads which capture, by the beginning of its name. */
const expected: [start: string, reader: string][] = [
  ["diskutil/apfs-list-", "diskutil apfs list -plist"],
  ["diskutil/cs-info-", "diskutil corestorage info -plist"],
  ["diskutil/cs-list-", "diskutil corestorage list -plist"],
  ["diskutil/info-", "diskutil info -plist"],
  ["diskutil/list-", "diskutil list -plist"],
  ["diskutil/text-info-", "diskutil info"],
  ["diskutil/text-list-", "diskutil list"],
  ["mount/df-", "df (macOS)"],
  ["mount/mount-", "mount (macOS)"],
  ["system_profiler/", "system_profiler"],
];

Deno.test({
  name: "each capture of macOS is read by the one reader that is meant, without a failure",
  ignore: !hasShared,
  fn() {
    const paths = sharedPaths("macos");
    ok(paths.length >= 30);
    for (const path of paths) {
      const text = sharedText(path);
      const reader = expected.find(([start]) => path.startsWith(`macos/${start}`))?.[1];

      const claimed = readers.filter((one) => one.recognise(text)).map(({ name }) => name);

      deepStrictEqual(claimed, [reader], path);
      pictureOf([{ text }]);
      pictureOf([{ text: text.replaceAll("\n", "\r\n") }]);
    }
  },
});

Deno.test({
  name: "no reader of macOS takes a capture of another platform for its own",
  ignore: !hasShared,
  fn() {
    const foreign = ["linux", "windows", "ffprobe", "packages"].flatMap(sharedPaths);
    ok(foreign.length > 100);
    for (const path of foreign) {
      const text = sharedText(path);
      const claimed = macosReaders.filter((one) => one.recognise(text)).map(({ name }) => name);

      deepStrictEqual(claimed, [], path);
    }
  },
});

Deno.test("a binary property list is refused with what to do", () => {
  throws(() => told("bplist00\u0001\u0002"), /plutil -convert xml1/);
});

Deno.test("a property list of something else is refused by name", () => {
  const text = toPlist({ CFBundleName: "Finder" });

  throws(() => pictureOf([{ text, name: "Info.plist" }]), /Cannot read "Info.plist"/);
});

Deno.test("every reader of macOS refuses what is not its own, and never crashes on it", () => {
  const wrong = ["", "{}", "[]", "null", "hello", toPlist([]), toPlist({}), toPlist("x")];
  for (const { name, read, recognise } of macosReaders) {
    for (const text of wrong) {
      deepStrictEqual(recognise(text), false, `${name}: ${text}`);
      throws(() => read(text), /^UnavailableError|Cannot read/, `${name}: ${text}`);
    }
  }
});
