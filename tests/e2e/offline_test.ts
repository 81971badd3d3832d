/** A running agent whose mounts hang, go and come back. Root and bindfs only. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type MediaItem, type RunningAgent, startAgent, untilScanned } from "../helpers/agent.ts";
import {
  canMount,
  hasProgram,
  makeImage,
  mountHanging,
  tool,
  unmountLater,
} from "../helpers/mounts.ts";
import { noise, tempDir } from "../helpers/temp.ts";
import { within } from "../helpers/wait.ts";

interface Why {
  chain: string[];
}

/** Waits for a state that only REST shows. */
async function untilSeen(what: string, test: () => Promise<boolean>, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!await test()) {
    if (performance.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function item(agent: RunningAgent, name: string): Promise<MediaItem | undefined> {
  const { items } = await agent.get<{ items: MediaItem[] }>("/api/media/");
  return items.find(({ relative_path }) => relative_path.endsWith(name));
}

const status = async (agent: RunningAgent, name: string) => (await item(agent, name))?.status;

Deno.test({
  name: "an agent goes on while a mount hangs, shows its files as offline, and has them back",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await dir.file("stick/film.mkv", noise(50_000));
    await dir.file("media/home.mkv", noise(40_000, 2));
    await Deno.mkdir(join(dir.path, "media/usb"));
    await using mount = await mountHanging(join(dir.path, "stick"), join(dir.path, "media/usb"));
    await using agent = await startAgent({
      dataDir: join(dir.path, "data"),
      env: { MEDIA_DIRS: join(dir.path, "media") },
    });
    await untilScanned(agent);
    const before = await item(agent, "film.mkv");
    strictEqual(before?.status, "ready");

    mount.hang();
    await untilSeen(
      "the file is offline",
      async () => await status(agent, "film.mkv") === "offline",
    );
    const { id } = before;
    const refused = await within("a refusal", fetch(`${agent.url}/api/media/${id}/file`), 1000);
    strictEqual(refused.status, 503);
    match((await refused.json()).detail, /is not mounted|does not answer/);
    const path = encodeURIComponent(join(mount.at, "film.mkv"));
    const why = await within("why", agent.get<Why>(`/api/drives/why/?path=${path}`), 1000);
    match(why.chain.join("\n"), /not answering since/);

    await dir.file("media/new.mkv", noise(30_000, 3));
    const scan = await within(
      "a scan of the rest",
      fetch(`${agent.url}/api/media/scan/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ wait: true }),
      }),
      20_000,
    );
    const report = await scan.json();
    deepStrictEqual([report.new, report.gone], [1, 0]);
    strictEqual(await status(agent, "new.mkv"), "ready");
    const offline = await agent.get<{ items: MediaItem[] }>("/api/media/?status=offline");
    deepStrictEqual(offline.items.map((one) => one.id), [id]);

    mount.goOn();
    await untilSeen("the file is back", async () => await status(agent, "film.mkv") === "ready");
    const played = await fetch(`${agent.url}/api/media/${id}/file`);
    strictEqual((await played.arrayBuffer()).byteLength, 50_000);
  },
});

Deno.test({
  name: "an agent starts and answers while a media folder hangs",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await dir.file("stick/film.mkv", noise(50_000));
    await dir.file("media/home.mkv", noise(40_000, 2));
    await Deno.mkdir(join(dir.path, "usb"));
    await using mount = await mountHanging(join(dir.path, "stick"), join(dir.path, "usb"));
    mount.hang();

    await using agent = await startAgent({
      dataDir: join(dir.path, "data"),
      env: { MEDIA_DIRS: `${join(dir.path, "media")},${mount.at}` },
      limitMs: 15_000,
    });
    await untilScanned(agent, 20_000);
    strictEqual(await status(agent, "home.mkv"), "ready");
    strictEqual(await item(agent, "film.mkv"), undefined);

    mount.goOn();
    await untilSeen(
      "its file is found by itself",
      async () => await status(agent, "film.mkv") === "ready",
    );
  },
});

Deno.test({
  name: "an unmounted folder is no deletion, and its files are the same at another mount point",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await dir.file("stick/film.mkv", noise(50_000));
    const [one, two] = [join(dir.path, "media/one"), join(dir.path, "media/two")];
    await Deno.mkdir(one, { recursive: true });
    await Deno.mkdir(two);
    await using _one = unmountLater(one);
    await using _two = unmountLater(two);
    await tool("bindfs", join(dir.path, "stick"), one);
    await using agent = await startAgent({
      dataDir: join(dir.path, "data"),
      env: { MEDIA_DIRS: join(dir.path, "media") },
    });
    await untilScanned(agent);
    const before = await item(agent, "film.mkv");
    ok(before?.catalog_id ?? true);

    await tool("umount", one);
    await untilSeen(
      "it is offline",
      async () => await status(agent, "film.mkv") === "offline",
      5000,
    );
    await tool("bindfs", join(dir.path, "stick"), two);
    await untilSeen(
      "it is back elsewhere",
      async () => await status(agent, "film.mkv") === "ready",
    );

    const { items } = await agent.get<{ items: MediaItem[] }>("/api/media/");
    deepStrictEqual(items.map(({ id, relative_path }) => [id, relative_path]), [
      [before!.id, "two/film.mkv"],
    ]);
    const scan = await untilScanned(agent);
    strictEqual((scan.last as { bytes_read?: number } | null)?.bytes_read, 0);
  },
});

Deno.test({
  name:
    "an image that is detached is offline, and the same volume by another loop device elsewhere",
  ignore: !canMount || !hasProgram("mkfs.ext4") || !hasProgram("losetup"),
  async fn() {
    await using dir = await tempDir();
    const at = (name: string) => join(dir.path, name);
    for (const name of ["media/one", "media/two"]) await Deno.mkdir(at(name), { recursive: true });
    await makeImage(at("stick.img"), "ext4");
    await makeImage(at("other.img"), "ext4");
    await tool("mount", "-o", "loop", at("stick.img"), at("media/one"));
    await using _one = unmountLater(at("media/one"));
    await using _two = unmountLater(at("media/two"));
    await dir.file("media/one/film.mkv", noise(50_000));
    await using agent = await startAgent({
      dataDir: at("data"),
      env: { MEDIA_DIRS: at("media") },
    });
    await untilScanned(agent);
    const is = (wanted: string) => async () => await status(agent, "film.mkv") === wanted;
    await untilSeen("it is ready", is("ready"));
    const volumes = () =>
      agent.get<{ items: Record<string, unknown>[] }>("/api/volumes/").then(({ items }) =>
        items.find(({ mount_points }) => String(mount_points).includes(at("media")))
      );
    await untilSeen("its volume", async () => await volumes() !== undefined);
    const [before, volume] = [await item(agent, "film.mkv"), await volumes()];

    await tool("umount", at("media/one"));
    await untilSeen("it is offline", is("offline"));
    const loop = await tool("losetup", "--find", "--show", at("other.img")); // its number is taken
    await tool("mount", "-o", "loop", at("stick.img"), at("media/two"));
    await untilSeen("it is back", is("ready"));

    const { items } = await agent.get<{ items: MediaItem[] }>("/api/media/");
    deepStrictEqual(items.map(({ id, relative_path }) => [id, relative_path]), [
      [before!.id, "two/film.mkv"],
    ]);
    await untilSeen("its volume", async () => await volumes() !== undefined);
    const now = await volumes();
    strictEqual(now?.["id"], volume?.["id"]);
    deepStrictEqual(now?.["mount_points"], [at("media/two")]);
    await tool("losetup", "-d", loop);
  },
});

Deno.test({
  name: "a media folder that is a mount point is found where its volume is mounted now",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    await using dir = await tempDir();
    await dir.file("stick/films/film.mkv", noise(50_000));
    const [set, other] = [join(dir.path, "set"), join(dir.path, "other")];
    await Deno.mkdir(set);
    await Deno.mkdir(other);
    await using _set = unmountLater(set);
    await using _other = unmountLater(other);
    const stick = join(dir.path, "stick");
    await tool("bindfs", stick, set);
    await using agent = await startAgent({
      dataDir: join(dir.path, "data"),
      env: { MEDIA_DIRS: join(set, "films") },
    });
    await untilScanned(agent);
    const { id } = (await item(agent, "film.mkv"))!;
    const isAt = (folder: string) => async () => {
      const found = await item(agent, "film.mkv");
      return found?.status === "ready" && found.root === join(folder, "films");
    };

    await tool("umount", set);
    await untilSeen("it is offline", async () => await status(agent, "film.mkv") === "offline");
    await tool("bindfs", stick, other);
    await untilSeen("it is found elsewhere", isAt(other));
    const played = await fetch(`${agent.url}/api/media/${id}/file`);
    strictEqual((await played.arrayBuffer()).byteLength, 50_000);

    await tool("umount", other);
    await tool("bindfs", stick, set);
    await untilSeen("it is back where it was", isAt(set));
    const { items } = await agent.get<{ items: MediaItem[] }>("/api/media/");
    deepStrictEqual(items.map((one) => one.id), [id]);
  },
});
