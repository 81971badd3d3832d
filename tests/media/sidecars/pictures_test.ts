/** Pictures of films are no items, also where pictures are looked for. @module */
import { deepStrictEqual } from "node:assert/strict";
import { picturesOfFilms } from "../../../src/media/mod.ts";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

Deno.test("picturesOfFilms() knows the art of films and folders, and leaves photographs", () => {
  const cases: [names: string[], art: string[]][] = [
    [["Heat.mkv", "Heat-poster.jpg", "heat.fanart2.png"], ["Heat-poster.jpg", "heat.fanart2.png"]],
    [["Heat.mkv", "folder.jpg", "season01-poster.jpg"], ["folder.jpg", "season01-poster.jpg"]],
    [["tvshow.nfo", "poster.jpg", "us.jpg"], ["poster.jpg"]],
    [["song.flac", "cover.jpg"], ["cover.jpg"]],
    // A camera gives a film and its picture one name.
    [["IMG_1.mov", "IMG_1.jpg"], []],
    [["Heat.mkv", "Other-poster.jpg", "my-poster.jpg", "posters.jpg"], []],
    [["poster.jpg", "cover.jpg", "a-thumb.jpg"], []],
  ];
  for (const [names, art] of cases) deepStrictEqual([...picturesOfFilms(names)], art, `${names}`);
});

Deno.test("a scan for pictures takes photographs, and no posters; what was taken is so no more", async () => {
  await using rig = await openRig();
  rig.settings.extensions = [".jpg", ".wav"];
  await rig.file("photos/beach.jpg", "a");
  await rig.file("photos/poster.jpg", "b");
  await rig.file("films/Heat-poster.jpg", "c");
  await rig.file("films/folder.jpg", "d");
  await rig.scan();
  deepStrictEqual(Object.keys(rig.statuses()).length, 4);

  await rig.file("films/Heat.wav", wav(1));
  await rig.scan();

  deepStrictEqual(rig.statuses(), {
    "films/Heat-poster.jpg": "missing",
    "films/Heat.wav": "ready",
    "films/folder.jpg": "missing",
    "photos/beach.jpg": "ready",
    "photos/poster.jpg": "ready",
  });
});
