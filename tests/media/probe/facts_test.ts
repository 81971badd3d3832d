/** What a file is called, and what it is: by NFO, container and name, in this order. @module */
import { deepStrictEqual } from "node:assert/strict";
import type { Details, Facts } from "../../../src/media/details.ts";
import { factsOf } from "../../../src/media/probe/facts.ts";
import type { MediaKind } from "../../../src/media/media.ts";

const nfo = { path: "a.nfo", modifiedMs: 0, kind: "movie" as const };

Deno.test("factsOf() believes the NFO first, then sensible tags, then the name", () => {
  const cases: [string, MediaKind, Details, Facts][] = [
    ["nothing is known", "video", {}, { title: "fallback" }],
    ["by name", "video", { name: { title: "Film", year: 1999, release: true } }, {
      title: "Film",
      year: 1999,
    }],
    ["tags over name", "video", { tags: { title: "The Film" }, name: { title: "flm" } }, {
      title: "The Film",
      sort_title: "film",
    }],
    ["NFO over all", "video", {
      nfo: {
        ...nfo,
        title: "Real",
        year: 2001,
        plot: "P",
        sortTitle: "Real, The",
        originalTitle: "Echt",
      },
      tags: { title: "Tag", description: "D" },
      name: { title: "Name", year: 1999 },
    }, {
      title: "Real",
      sort_title: "real, the",
      original_title: "Echt",
      year: 2001,
      description: "P",
    }],
    ["a release name in tags is no title", "video", {
      tags: { title: "The.Film.1999.1080p.BluRay.x264-GRP" },
      name: { title: "The Film" },
    }, { title: "The Film", sort_title: "film" }],
    ["nor is an address", "video", { tags: { title: "www.site.com" }, name: { title: "F" } }, {
      title: "F",
    }],
    ["nor a file", "video", { tags: { title: "VIDEO0001.mp4" }, name: { title: "Holiday" } }, {
      title: "Holiday",
    }],
    ["nor what programs write", "video", { tags: { title: "Untitled" }, name: { title: "F" } }, {
      title: "F",
    }],
    ["nor marks", "video", { tags: { title: " -- " }, name: { title: "F" } }, { title: "F" }],
    ["the same in another spelling", "video", {
      tags: { title: "the film" },
      name: { title: "The Film" },
    }, {
      title: "The Film",
      sort_title: "film",
    }],
    ["letters beyond ASCII have a lower case, too", "video", { name: { title: "Ärger" } }, {
      title: "Ärger",
      sort_title: "ärger",
    }],
    ["a year in tags is that of the encoding", "video", {
      tags: { date: "2015-01-01" },
      name: { title: "F", year: 1999 },
    }, { title: "F", year: 1999 }],
    ["of a song it is right", "audio", {
      tags: { title: "Song", date: "1971" },
      name: { title: "01 Song", year: 2001 },
    }, {
      title: "Song",
      year: 1971,
    }],
    ["episodes", "video", {
      seriesNfo: { ...nfo, kind: "tvshow", title: "The Show" },
      tags: { show: "show", season: "2", episode: "3" },
      name: { title: "E", series: "S", season: 1, episode: 1 },
    }, { title: "E", series: "The Show", season: 2, episode: 3 }],
    ["a broken NFO", "video", {
      nfo: { ...nfo, kind: "unknown", problem: "It is damaged" },
      name: { title: "F" },
    }, {
      title: "F",
    }],
    ["an empty title", "video", { nfo: { ...nfo, title: "" }, name: { title: "" } }, {
      title: "fallback",
    }],
  ];
  for (const [what, kind, details, expected] of cases) {
    deepStrictEqual(factsOf(kind, details, "fallback"), expected, what);
  }
});
