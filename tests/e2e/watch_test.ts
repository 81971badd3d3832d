/**
 * What is put into a media folder is in the library some seconds later, nobody having asked.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import {
  listAll,
  type MediaItem,
  type RunningAgent,
  startAgent,
  untilScanned,
} from "../helpers/agent.ts";
import { samples } from "../helpers/clips.ts";
import { tempDir } from "../helpers/temp.ts";

Deno.test("a film that is put into a media folder, renamed or deleted there is noticed", async () => {
  await using data = await tempDir();
  await using films = await tempDir();
  await Deno.copyFile(samples.mp4, join(films.path, "first.mp4"));
  await using agent = await startAgent({
    dataDir: data.path,
    args: ["--media-dir", films.path],
    env: { SCAN_INTERVAL_MINUTES: "0", WATCH_FOLDERS: "auto" },
  });
  await untilScanned(agent);
  await untilWatching(agent);
  const before = await files(agent);

  await Deno.mkdir(join(films.path, "shows"));
  await Deno.copyFile(samples.webm, join(films.path, "shows", "second.webm"));
  const added = await until(
    agent,
    (all) => all.find((it) => it.relative_path === "shows/second.webm"),
  );
  await Deno.rename(join(films.path, "first.mp4"), join(films.path, "shows", "renamed.mp4"));
  const moved = await until(
    agent,
    (all) => all.find((it) => it.relative_path === "shows/renamed.mp4"),
  );
  await Deno.remove(join(films.path, "shows", "second.webm"));
  await until(agent, (all) => all.find((it) => it.id === added.id && it.status === "missing"));

  strictEqual(before.length, 1);
  strictEqual(moved.id, before[0]!.id, "it is the same film elsewhere");
});

async function files(agent: RunningAgent): Promise<MediaItem[]> {
  return await listAll<MediaItem>(agent, "/api/media/");
}

async function untilWatching(agent: RunningAgent): Promise<void> {
  const limit = AbortSignal.timeout(20_000);
  for (;;) {
    limit.throwIfAborted();
    const { parts } = await agent.get<{ parts: { watch: { folders: { mode: string }[] } } }>(
      "/api/health/",
    );
    if (parts.watch.folders[0]?.mode === "watching") return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function until<T>(
  agent: RunningAgent,
  look: (all: MediaItem[]) => T | undefined,
): Promise<T> {
  const started = performance.now();
  for (;;) {
    const all = await files(agent);
    const found = look(all);
    if (found !== undefined) return found;
    ok(
      performance.now() - started < 30_000,
      `still ${JSON.stringify(all.map((it) => [it.relative_path, it.status]))}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
