/** What plays in which browser, and what is said of what does not. @module */
import { deepStrictEqual, ok } from "node:assert/strict";
import type { CatalogItem, Track } from "../../src/http/schemas.ts";
import { judge } from "../../src/web/playable.ts";
import { planPlayback } from "../../src/web/player/plan.ts";

/** As Chromium without licensed codecs beyond H.264 and AAC. */
const chromium = (mimeType: string) =>
  /^(video|audio)\/mp4; codecs="(avc1|mp4a|vp09|av01|opus|flac)[^,]*"$/.test(mimeType) ||
  /^(video|audio)\/webm; codecs="(vp8|vp09|av01|opus|vorbis)[^,]*"$/.test(mimeType);

const video = (codec: string): Track => ({ kind: "video", codec });
const audio = (codec: string): Track => ({ kind: "audio", codec });

function item(container: string, tracks: Track[], changes: Partial<CatalogItem> = {}): CatalogItem {
  return {
    "catalog_id": "1",
    title: "Film",
    "size_bytes": 1,
    online: true,
    "available_peer_count": 1,
    replicas: [{ "peer_id": "p", "relative_path": "a/Film.wmv", online: true }],
    media: { container, tracks },
    ...changes,
  };
}

Deno.test("planPlayback() chooses the output that holds picture and sound", () => {
  const cases: [Track[], string][] = [
    [[video("avc"), audio("aac")], 'video/mp4; codecs="avc1.640028, mp4a.40.2"'],
    [[video("vp9"), audio("opus")], 'video/mp4; codecs="vp09.00.31.08, opus"'],
    [[video("vp9"), audio("vorbis")], 'video/webm; codecs="vp09.00.31.08, vorbis"'],
    [[video("vp8"), audio("vorbis")], 'video/webm; codecs="vp8, vorbis"'],
    [[audio("flac")], 'audio/mp4; codecs="flac"'],
    [[video("avc"), audio("dts"), audio("aac")], 'video/mp4; codecs="avc1.640028, mp4a.40.2"'],
  ];

  for (const [tracks, expected] of cases) {
    const verdict = planPlayback(tracks, chromium);
    ok("plan" in verdict);
    deepStrictEqual(verdict.plan.mimeType, expected);
  }
});

Deno.test("judge() plays what it can and says why it cannot", () => {
  const subtitle: Track = { kind: "subtitle", codec: "subrip" };
  const unknown = item("", [], {});
  delete unknown.media;
  const cases: [CatalogItem, boolean, string | undefined][] = [
    [item("matroska", [video("avc"), audio("aac"), subtitle]), true, undefined],
    [
      item("matroska", [video("avc"), audio("ac3")]),
      true,
      "Plays without sound: audio codec ac3 is not supported by this browser.",
    ],
    [
      item("avi", [video("mpeg4"), audio("mp3")]),
      false,
      "This browser cannot read AVI files. Video codec mpeg4 is not supported by this browser.",
    ],
    [item("avi", [video("avc"), audio("aac")]), false, "This browser cannot read AVI files."],
    [
      item("mp4", [video("hevc"), audio("aac")]),
      false,
      "Video codec hevc is not supported by this browser.",
    ],
    [item("mp4", [subtitle]), false, "It has neither picture nor sound."],
    [
      unknown,
      false,
      "The peer could not find out what is in this WMV file, so it cannot be played here.",
    ],
    [
      item("mp4", [video("avc")], { online: false }),
      false,
      "No peer that holds this film is connected now.",
    ],
  ];

  for (const [film, canPlay, why] of cases) {
    deepStrictEqual(judge(film, chromium), why === undefined ? { canPlay } : { canPlay, why });
  }
});
