/** Healthy films that our own readers do not know, or know by half: real ones, with and without ffprobe. @module */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { run } from "../../../src/base/command.ts";
import { has, makeClip, samples } from "../../helpers/clips.ts";
import { noFfprobe as without, openRig } from "../rig.ts";

const noFfmpeg = !await has("ffmpeg", "-version") || !await has("ffprobe", "-version");

const clips: Record<string, { options: string[]; tracks: string[]; without: RegExp | undefined }> =
  {
    "silent.ts": {
      options: ["-c:v", "mpeg2video", "-r", "25", "-an"],
      tracks: ["video mpeg2video 64"],
      without: /^This container can only be read with ffprobe/,
    },
    "recording.ts": {
      options: ["-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2", "-ar", "48000"],
      tracks: ["video mpeg2video 64", "audio mp2"],
      without: /^Not all that is in it can be read without ffprobe/,
    },
    "theora.ogv": {
      options: ["-c:v", "libtheora", "-an"],
      tracks: ["video theora 64"],
      without: /^This container can only be read with ffprobe/,
    },
    "sound.ogv": {
      options: ["-c:v", "libtheora", "-c:a", "libvorbis"],
      tracks: ["video theora 64", "audio vorbis"],
      without: /^Not all that is in it can be read without ffprobe/,
    },
    "known.ts": {
      options: ["-c:v", "libx264", "-c:a", "mp2", "-ar", "48000"],
      tracks: ["video avc 64", "audio mp2"],
      without: undefined,
    },
  };

type Rig = Awaited<ReturnType<typeof openRig>>;

function tracksOf(rig: Rig, name: string): string[] {
  return rig.find(name).tracks.map(({ kind, codec, width }) =>
    [kind, codec, width].filter(Boolean).join(" ")
  );
}

Deno.test(
  { name: "what our readers know by half, or not at all, ffprobe tells", ignore: noFfmpeg },
  async () => {
    await using rig = await openRig({ run: without });
    rig.settings.extensions = [".ts", ".ogv", ".mp4"];
    for (const [name, { options }] of Object.entries(clips)) {
      await makeClip(`${rig.root}/${name}`, options);
    }
    const film = await Deno.readFile(samples.mp4);
    await rig.file("cut.mp4", film.subarray(0, 300_000));

    await rig.scan();

    for (const [name, { without }] of Object.entries(clips)) {
      if (without) match(rig.find(name).error ?? "no error", without, name);
    }
    deepStrictEqual(tracksOf(rig, "sound.ogv"), ["audio vorbis"]);
    match(rig.find("cut.mp4").error!, /^The content is damaged or cut off: it has no index/);

    rig.tools.run = run;
    await rig.scan();

    for (const [name, { tracks }] of Object.entries(clips)) {
      strictEqual(rig.find(name).error, undefined, name);
      deepStrictEqual(tracksOf(rig, name), tracks, name);
    }
    // Only what ffprobe says as well is damaged; and it is not asked twice.
    match(rig.find("cut.mp4").error!, /^The content is damaged .* ffprobe cannot read it either$/);
    strictEqual((await rig.scan()).bytesRead, 0);
  },
);
