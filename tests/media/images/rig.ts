/** Pictures over a library of real files, with a count of what ffmpeg was run for. @module */
import { join } from "node:path";
import { run } from "../../../src/base/command.ts";
import type { Run } from "../../../src/base/command.ts";
import { silent } from "../../../src/base/log.ts";
import { type Artwork, openArtwork } from "../../../src/media/mod.ts";
import { openRig } from "../rig.ts";
import { type ClipName, makeFilmClip } from "./clips.ts";

export interface ArtworkRigOptions {
  clips?: ClipName[];
  cacheBytes?: number;
  /** ffmpeg reads no faster than a film plays: so there is time to do something meanwhile. */
  slow?: boolean;
  without?: boolean;
}

export async function openArtworkRig(options: ArtworkRigOptions = {}) {
  await using held = new AsyncDisposableStack();
  const events: { type: string; data: Record<string, unknown> }[] = [];
  const missing: Run = (program) => run(`no-such-${program}`, []);
  const rig = held.use(
    await openRig({
      run: options.without ? missing : run,
      onPublish: (type, data) => events.push({ type, data }),
    }),
  );
  rig.settings.extensions = [".mp4", ".mkv", ".avi", ".m4a", ".png", ".jpg", ".ts"];
  for (const name of options.clips ?? []) await makeFilmClip(rig.root, name);
  const settings = { cacheBytes: options.cacheBytes ?? 1e9, slow: options.slow ?? false };
  const films: string[][] = [];
  const folder = join(rig.dir.path, "artwork");
  let looks = 0;
  const counting: Run = (program, args, more) => {
    if (args.includes("ffprobe") || program === "ffprobe" && !args.includes("-version")) looks++;
    const isFilm = args.includes("-filter_complex_threads");
    if (isFilm) films.push(args);
    const at = args.indexOf("-i");
    const slowly = isFilm && settings.slow ? args.toSpliced(at, 0, "-re") : args;
    return rig.tools.run(program, slowly, more);
  };
  const open = (): Artwork =>
    openArtwork({
      db: rig.db,
      folder,
      run: counting,
      lanes: rig.lanes,
      jobs: rig.jobs,
      touch: (_, work) => work(),
      silence: () => Promise.resolve(new AbortController().signal),
      roots: () => rig.settings.roots,
      whyAway: () => "plug it in",
      publish: (type, data) => events.push({ type, data }),
      log: silent,
      find: rig.library.find,
      settings: () => settings,
    });
  let artwork = open();
  held.defer(() => artwork[Symbol.dispose]());
  if (options.clips?.length) await rig.scan();
  const stack = held.move();
  return {
    ...rig,
    settings: rig.settings,
    limits: settings,
    folder,
    films,
    events,
    get artwork() {
      return artwork;
    },
    /** How often ffprobe was asked about a file so far. */
    looks: () => looks,
    /** As after a restart of the program. */
    reopen(): Artwork {
      artwork[Symbol.dispose]();
      return artwork = open();
    },
    /** All files in the folder of artwork, from there. */
    async cached(): Promise<string[]> {
      const found: string[] = [];
      const walk = async (at: string) => {
        for await (const entry of Deno.readDir(join(folder, at))) {
          const path = join(at, entry.name);
          if (entry.isDirectory) await walk(path);
          else found.push(path);
        }
      };
      await walk("").catch(() => {});
      return found.sort();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
