import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { UnavailableError } from "../../../src/base/errors.ts";
import { noise } from "../../helpers/temp.ts";
import { openRig } from "../rig.ts";

/** A stick: its files in a folder that is moved to where it is "mounted". */
interface Stick {
  id: string;
  /** Where it is mounted now; undefined while it is away. */
  at?: string | undefined;
  hangs?: boolean;
}

/** A rig whose folders below the root are mount points of sticks. */
async function openSticks(...sticks: Stick[]) {
  const touched: string[] = [];
  const rig = await openRig({
    deps: (root) => ({
      locate: (path) => {
        const stick = sticks.find(({ at }) => at && `${path}/`.startsWith(`${root}/${at}/`));
        if (!stick) return Promise.resolve({ driveIds: ["disk"] });
        const folder = path.slice(`${root}/${stick.at}`.length) || "/";
        return Promise.resolve({
          driveIds: [stick.id],
          placeId: stick.id,
          pathInVolume: folder,
        });
      },
      places: () =>
        Promise.resolve(
          sticks.filter(({ at, hangs }) => at && !hangs).map(({ id, at }) => ({
            placeId: id,
            mountPoint: `${root}/${at}`,
            rootInPlace: "/",
          })),
        ),
      touch: (path, work) => {
        touched.push(path);
        const hung = sticks.find(({ at, hangs }) => hangs && path.startsWith(`${root}/${at}`));
        return hung
          ? Promise.reject(new UnavailableError(`Cannot read "${path}": it is not answering`))
          : work(() => {});
      },
      whyAway: (id) => `its drive (${id}) is away: plug it in`,
    }),
  });
  const path = (name: string) => join(rig.root, name);
  return {
    ...rig,
    touched,
    path,
    /** Pulls a stick: what is left of it is an empty mount point. */
    async pull(stick: Stick) {
      await Deno.rename(path(stick.at!), join(rig.dir.path, stick.id));
      await Deno.mkdir(path(stick.at!));
      stick.at = undefined;
    },
    /** Plugs it in again, at any mount point. */
    async plug(stick: Stick, at: string) {
      await Deno.remove(path(at)).catch(() => {});
      await Deno.rename(join(rig.dir.path, stick.id), path(at));
      stick.at = at;
    },
    all: () => rig.files().map(({ id, status, relativePath }) => ({ id, status, relativePath })),
  };
}

Deno.test("a drive that is away makes its files offline, and they come back without a read", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  await rig.file("usb/a/film.wav", noise(5000));
  await rig.file("home.wav", noise(3000, 2));
  await rig.scan();
  const before = rig.find("film.wav");
  const hashes = rig.library.hashesOf(before.id);
  rig.library.assign([{ relativePath: "usb/a/film.wav", catalogId: "cat-1" }]);
  strictEqual(before.volumeId, "vol-stick");

  await rig.pull(stick);
  await rig.library.settle(); // at once, no scan needed
  strictEqual(rig.find("film.wav").status, "offline");
  ok(rig.find("film.wav").offlineSince);
  strictEqual(rig.find("home.wav").status, "ready");
  const gone = await rig.scan();
  deepStrictEqual([gone.gone, rig.find("film.wav").status], [0, "offline"]);
  deepStrictEqual(rig.library.hashesOf(before.id), hashes);
  deepStrictEqual(rig.library.catalogPage("", 10), [], "it is not announced");
  strictEqual(rig.library.counts().byStatus.offline, 1);
  strictEqual(rig.library.counts().files, 1);
  deepStrictEqual(
    rig.library.list({ after: "", limit: 9, status: "offline" }).map(({ id }) => id),
    [before.id],
  );
  await rejects(rig.library.open(rig.find("film.wav")), (error: Error) => {
    ok(error instanceof UnavailableError);
    match(error.message, /its drive \(vol-stick\) is away: plug it in/);
    return true;
  });

  await rig.plug(stick, "usb");
  await rig.library.settle();
  strictEqual(rig.find("film.wav").status, "ready");
  strictEqual(rig.library.catalogPage("", 10)[0]?.catalogId, "cat-1");
  const back = await rig.scan();
  deepStrictEqual([back.new, back.changed, back.bytesRead], [0, 0, 0]);
});

Deno.test("files of a drive that comes back elsewhere are the same, and not read again", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  await rig.file("usb/a/film.wav", noise(5000));
  await rig.scan();
  const { id } = rig.find("film.wav");
  rig.library.assign([{ relativePath: "usb/a/film.wav", catalogId: "cat-1" }]);

  await rig.pull(stick);
  await rig.scan();
  await rig.plug(stick, "other");
  await rig.library.settle();
  strictEqual(rig.find("film.wav").status, "offline", "nobody has looked there yet");
  const report = await rig.scan();

  deepStrictEqual(rig.all(), [{ id, status: "ready", relativePath: "other/a/film.wav" }]);
  strictEqual(rig.find("film.wav").catalogId, "cat-1");
  deepStrictEqual([report.new, report.moved, report.gone, report.bytesRead], [0, 1, 0, 0]);
});

Deno.test("a drive that moved while nobody looked is found again by the next scan", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  await rig.file("usb/film.wav", noise(5000));
  await rig.scan();
  const { id } = rig.find("film.wav");

  await rig.pull(stick);
  await rig.plug(stick, "a-first-in-the-walk");
  const report = await rig.scan();

  deepStrictEqual(rig.all(), [{
    id,
    status: "ready",
    relativePath: "a-first-in-the-walk/film.wav",
  }]);
  strictEqual(report.bytesRead, 0);
});

Deno.test("what was deleted is missing, and what changed is read, on a drive that came back", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  for (const name of ["kept", "deleted", "changed"]) await rig.file(`usb/${name}.wav`, noise(900));
  await rig.scan();

  await rig.pull(stick);
  await rig.scan();
  await Deno.remove(join(rig.dir.path, "vol-stick/deleted.wav"));
  await rig.plug(stick, "usb");
  await rig.file("usb/changed.wav", noise(1000, 3));
  const report = await rig.scan();

  deepStrictEqual(rig.statuses(), {
    "usb/changed.wav": "ready",
    "usb/deleted.wav": "missing",
    "usb/kept.wav": "ready",
  });
  deepStrictEqual([report.changed, report.gone], [1, 1]);
});

Deno.test("another drive at the same mount point takes nobody's files away", async () => {
  const one: Stick = { id: "vol-one", at: "usb" };
  const two: Stick = { id: "vol-two" };
  await using rig = await openSticks(one, two);
  await rig.file("usb/film.wav", noise(900));
  await rig.scan();
  const { id } = rig.find("film.wav");
  await rig.pull(one);
  await rig.dir.file("vol-two/film.wav", noise(1200, 5));

  await rig.plug(two, "usb");
  await rig.scan();
  const other = rig.files().find((file) => file.id !== id)!;
  deepStrictEqual([other.status, other.volumeId], ["ready", "vol-two"]);
  strictEqual(rig.library.find(id)?.status, "offline");

  await rig.pull(two);
  await rig.plug(one, "usb2");
  const report = await rig.scan();
  strictEqual(rig.library.find(id)?.relativePath, "usb2/film.wav");
  deepStrictEqual([report.new, report.bytesRead], [0, 0]);
  strictEqual(rig.library.find(other.id)?.status, "offline");
});

Deno.test("a mount that hangs holds up no scan of the others, and loses no file", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  await rig.file("usb/film.wav", noise(900));
  await rig.scan();

  stick.hangs = true;
  await rig.library.settle();
  await rig.file("new.wav", noise(900, 2));
  const report = await rig.scan();
  deepStrictEqual(rig.statuses(), { "new.wav": "ready", "usb/film.wav": "offline" });
  deepStrictEqual([report.new, report.gone], [1, 0]);
  ok(report.issues.some(({ problem }) => /not answering/.test(problem)));

  stick.hangs = false;
  await rig.library.settle();
  strictEqual(rig.find("film.wav").status, "ready");
});

Deno.test("a whole media folder that is away is offline, not missing", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  await rig.file("usb/film.wav", noise(900));
  rig.settings.roots = [rig.path("usb")];
  await rig.scan();

  await rig.pull(stick);
  await Deno.remove(rig.path("usb")); // desktops remove the mount point as well
  await rig.scan();
  strictEqual(rig.find("film.wav").status, "offline");
});

Deno.test("a drive that is away, and whose folder is no media folder any more, is not asked for", async () => {
  const stick: Stick = { id: "vol-stick", at: "usb" };
  await using rig = await openSticks(stick);
  await rig.file("usb/film.wav", noise(5000));
  await rig.file("home/home.wav", noise(3000, 2));
  rig.settings.roots = [rig.path("usb"), rig.path("home")];
  await rig.scan();
  await rig.pull(stick);
  await rig.library.settle();
  strictEqual(rig.library.offlineRootOf("vol-stick"), rig.path("usb"));

  rig.settings.roots = [rig.path("home")];
  const report = await rig.scan();

  deepStrictEqual([report.gone, report.offline], [1, 0]);
  strictEqual(rig.find("film.wav").status, "missing");
  strictEqual(rig.library.offlineRootOf("vol-stick"), undefined);
  rig.settings.roots = [rig.path("usb"), rig.path("home")];
  await rig.plug(stick, "usb");
  await rig.library.settle();
  const back = await rig.scan();
  deepStrictEqual([back.bytesRead, rig.find("film.wav").status], [0, "ready"]);
});
