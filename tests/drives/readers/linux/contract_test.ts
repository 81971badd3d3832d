import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { InvalidError } from "../../../../src/base/errors.ts";
import { linuxReaders } from "../../../../src/drives/readers/linux/mod.ts";
import { pictureOf, readers } from "../../../../src/drives/readers/mod.ts";
import { hasShared, sharedPaths, sharedText } from "../../../helpers/shared_fixtures.ts";

/** Which reader each recording is for, by its path; the first that fits counts. */
const expected: [path: RegExp, reader: string | undefined][] = [
  // Columns without a header: which is which, nothing says.
  [/^lvm\/lvs-text/, undefined],
  // A controller without the name of a disk.
  [/^nvme\/id-ctrl/, undefined],
  // Properties of a pool, and none of its devices.
  [/^zpool\/zpool-get/, undefined],
  [/^cryptsetup\//, "cryptsetup status"],
  [/^host-capture\//, "libstorage-ng mockup"],
  [/^lsblk(-derived)?\/json-/, "lsblk --json"],
  [/^lsblk\/pairs-/, "lsblk --pairs"],
  [/^lsblk\/tree-/, "lsblk"],
  [/^lvm\/.*\.json$/, "lvm --reportformat json"],
  [/^md\/mdadm-/, "mdadm --detail"],
  [/^md\/mdstat-/, "/proc/mdstat"],
  [/^mounts\/findmnt-/, "findmnt"],
  [/^mounts\/mountinfo-/, "mountinfo"],
  [/^mounts\/mtab-/, "/proc/mounts"],
  [/^multipath\//, "multipath -ll"],
  [/^nvme\/multipath-nvme-ll/, "multipath -ll"],
  [/^nvme\/nvme-list-subsys/, "nvme list-subsys"],
  [/^nvme\/nvme-list/, "nvme list"],
  [/^probert\//, "probert"],
  [/^udevadm\//, "udevadm info"],
  [/^zpool\/zpool-status/, "zpool status"],
];

const texts = sharedPaths("linux").filter((path) => !/\.(gz|xz)$|^linux\/smartctl\//.test(path));

Deno.test({
  name: "every recording from Linux is claimed by its reader, and by no other",
  ignore: !hasShared,
  fn() {
    for (const path of texts) {
      const text = sharedText(path);
      const rule = expected.find(([pattern]) => pattern.test(path.replace("linux/", "")));
      ok(rule, `${path} is expected`);
      const claimed = readers.filter((one) => one.recognise(text)).map(({ name }) => name);
      deepStrictEqual(claimed, rule[1] === undefined ? [] : [rule[1]], path);
    }
    ok(texts.length > 100);
  },
});

Deno.test({
  name: "no reader of Linux claims what macOS, Windows or another program said",
  ignore: !hasShared,
  fn() {
    const own = new Set(linuxReaders.map(({ name }) => name).filter((name) => name !== "smartctl"));
    for (const path of ["ffprobe", "macos", "packages", "windows"].flatMap(sharedPaths)) {
      if (/\.(gz|xz|zip)$|smartctl/.test(path)) continue;
      const text = sharedText(path);
      const claimed = linuxReaders.filter((one) => own.has(one.name) && one.recognise(text));
      deepStrictEqual(claimed.map(({ name }) => name), [], path);
    }
  },
});

Deno.test({
  name: "every recording that a reader claims gives a sound picture, alone",
  ignore: !hasShared,
  fn() {
    for (const path of texts) {
      const text = sharedText(path);
      if (!readers.some((one) => one.recognise(text))) continue;
      const { drives, partitions, volumes, graph } = pictureOf([{ text, name: path }]);
      const ids = new Set(drives.map(({ id }) => id));
      strictEqual(ids.size, drives.length, path);
      for (const list of [partitions, volumes]) {
        strictEqual(new Set(list.map(({ id }) => id)).size, list.length, path);
        for (const { driveIds } of list) ok(driveIds.every((id) => ids.has(id)), path);
      }
      for (const { name } of [...drives, ...volumes]) ok(!/^(z?ram|loop)\d/.test(name), path);
      const nodes = new Set(graph.nodes.map(({ id }) => id));
      for (const { from, to } of graph.edges) ok(nodes.has(from) && nodes.has(to), path);
      ok(drives.every(({ evidence }) => evidence), path);
    }
  },
});

Deno.test("pictureOf() refuses what no reader knows, by its name", () => {
  for (const text of ["", "nonsense", "{}", "[]", "NAME=Debian\nID=debian\n", "pool tank\n"]) {
    try {
      pictureOf([{ text, name: "letter.txt" }]);
    } catch (error) {
      ok(error instanceof InvalidError, text);
      ok(error.message.includes("letter.txt"));
      continue;
    }
    ok(false, `"${text}" was taken for a recording`);
  }
});

Deno.test({
  name: "readers survive a recording that was cut off anywhere",
  ignore: !hasShared,
  fn() {
    for (const path of texts.filter((_, at) => at % 3 === 0)) {
      const whole = sharedText(path);
      for (const part of [0.1, 0.37, 0.8]) {
        const text = whole.slice(0, Math.floor(whole.length * part));
        for (const reader of readers) {
          if (!reader.recognise(text)) continue;
          try {
            reader.read(text);
          } catch (error) {
            ok(error instanceof Error && error.name.endsWith("Error"), path);
            ok(!(error instanceof TypeError || error instanceof RangeError), `${path}: ${error}`);
          }
        }
      }
    }
  },
});

Deno.test("readers of Linux recognise a long text in a time that does not grow with its square", () => {
  const long = ["\n", " ", "a=b\n", "- ", 'A="b" ', "/dev/x:\n", "NAME ", '{"', "[0:0:0:0] disk "];
  for (const text of long.map((part) => part.repeat(60_000))) {
    for (const { name, recognise } of linuxReaders) {
      const start = performance.now();
      recognise(text);
      const ms = performance.now() - start;
      ok(ms < 1000, `${name} took ${ms.toFixed()} ms for ${JSON.stringify(text.slice(0, 10))}`);
    }
  }
});
