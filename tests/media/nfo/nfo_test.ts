/** NFO files as Kodi, TinyMediaManager and people write them, and as nobody should. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { MAX_NFO_BYTES, openNfoReader } from "../../../src/media/nfo/read_nfo.ts";
import { type NfoToWrite, writeNfo } from "../../../src/media/nfo/write_nfo.ts";

const readBytes = await openNfoReader();
const read = (text: string) => readBytes(new TextEncoder().encode(text));

const movie = `\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<!-- made by Kodi -->
<movie>
    <title>Cité &amp; Désert</title>
    <originaltitle>The &#34;City&#x22;</originaltitle>
    <sorttitle>City</sorttitle>
    <ratings>
        <rating name="imdb" max="10" default="true"><value>8.1</value><votes>1,234</votes></rating>
        <rating name="metacritic" max="100"><value>74</value><votes></votes></rating>
    </ratings>
    <userrating>9</userrating>
    <plot><![CDATA[He said <no>.
Then yes.]]></plot>
    <runtime>123 min</runtime>
    <uniqueid type="imdb" default="true">tt0123456</uniqueid>
    <uniqueid type="tmdb">603</uniqueid>
    <genre>Action / Drama</genre>
    <genre>Sci-Fi</genre>
    <tag>watched with Ann</tag>
    <set><name>City Collection</name><overview>All of them</overview></set>
    <credits>Anna Writer</credits>
    <director>Lena Director</director>
    <premiered>1999-03-31</premiered>
    <studio>Some Studio</studio>
    <actor><name>B Second</name><role>Other</role><order>1</order></actor>
    <actor><name>A First</name><role>Hero</role><order>0</order><thumb>http://x/y.jpg</thumb></actor>
    <fileinfo><streamdetails><video><codec>h264</codec></video></streamdetails></fileinfo>
</movie>
https://www.imdb.com/title/tt0123456/
`;

Deno.test("A film's NFO is read with all that is asked of it", () => {
  deepStrictEqual(read(movie), {
    kind: "movie",
    title: "Cité & Désert",
    originalTitle: 'The "City"',
    sortTitle: "City",
    year: 1999,
    premiered: "1999-03-31",
    plot: "He said <no>.\nThen yes.",
    runtimeMinutes: 123,
    genres: ["Action", "Drama", "Sci-Fi"],
    tags: ["watched with Ann"],
    actors: [
      { name: "A First", role: "Hero", order: 0, thumb: "http://x/y.jpg" },
      { name: "B Second", role: "Other", order: 1 },
    ],
    directors: ["Lena Director"],
    credits: ["Anna Writer"],
    studios: ["Some Studio"],
    set: "City Collection",
    userRating: 9,
    ratings: [
      { name: "imdb", value: 8.1, max: 10, votes: 1234 },
      { name: "metacritic", value: 74, max: 100 },
    ],
    uniqueIds: [
      { type: "imdb", value: "tt0123456", default: true },
      { type: "tmdb", value: "603" },
    ],
    urls: ["https://www.imdb.com/title/tt0123456/"],
  });
});

Deno.test("Episodes and series are read; of several episodes in one file, the first", () => {
  const episode = (number: number) =>
    `<episodedetails><title>Part ${number}</title><season>1</season><episode>${number}</episode>
     <showtitle>The Show</showtitle><aired>2010-01-02</aired></episodedetails>`;

  deepStrictEqual(read(episode(1) + "\n" + episode(2)), {
    kind: "episodedetails",
    title: "Part 1",
    season: 1,
    episode: 1,
    showTitle: "The Show",
    year: 2010,
    premiered: "2010-01-02",
  });
  const series = read("<tvshow><title>The Show</title><year>2009</year></tvshow>");
  deepStrictEqual(series, { kind: "tvshow", title: "The Show", year: 2009 });
});

Deno.test("An address alone, or behind the XML, is told, and whose it is", () => {
  deepStrictEqual(read("https://www.themoviedb.org/movie/603-the-matrix\n"), {
    kind: "unknown",
    urls: ["https://www.themoviedb.org/movie/603-the-matrix"],
    uniqueIds: [{ type: "tmdb", value: "603" }],
  });
  const both = read("<movie><title>T</title></movie>\nhttp://www.imdb.com/title/tt0133093/");
  deepStrictEqual(both.uniqueIds, [{ type: "imdb", value: "tt0133093" }]);
  strictEqual(both.title, "T");
});

Deno.test("NFO files in other encodings are read", () => {
  const latin = '<?xml version="1.0" encoding="iso-8859-1"?><movie><title>Caf\xe9</title></movie>';
  const bytes = Uint8Array.from(latin, (letter) => letter.charCodeAt(0));
  const wide = new Uint8Array(
    new Uint16Array(
      Array.from("\ufeff<movie><title>Café</title></movie>", (letter) => letter.charCodeAt(0)),
    ).buffer,
  );

  strictEqual(readBytes(bytes).title, "Café");
  strictEqual(readBytes(wide).title, "Café");
});

Deno.test("Hostile NFO files are refused in words, at once", () => {
  const lols = Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
  ).join("");
  const bombs: Record<string, string> = {
    laughs:
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">${lols}]><movie><title>&l9;</title></movie>`,
    outside:
      '<!DOCTYPE movie [<!ENTITY x SYSTEM "file:///etc/passwd">]><movie><title>&x;</title></movie>',
    deep: `<movie>${"<a>".repeat(200_000)}${"</a>".repeat(200_000)}</movie>`.slice(
      0,
      MAX_NFO_BYTES,
    ),
    open: `<movie>${"<a>".repeat(200_000)}</movie>`,
    unclosed: "<movie><title>x",
    art: "░▒▓ SCENE ▓▒░\n".repeat(100),
    zeros: "<movie>\0\0\0</movie>",
    empty: "",
    attributes: `<movie ${'a="b" '.repeat(50_000)}></movie>`,
    prototype: "<movie><__proto__><title>x</title></__proto__><constructor>y</constructor></movie>",
    many: `<movie>${"<actor><name>x</name></actor>".repeat(30_000)}</movie>`,
    ampersands: `<movie><title>${"&amp;".repeat(100_000)}</title></movie>`,
  };
  for (const [name, text] of Object.entries(bombs)) {
    const began = performance.now();
    const found = read(text);
    const tookMs = performance.now() - began;

    ok(tookMs < 1500, `${name} took ${tookMs} ms`);
    ok(JSON.stringify(found).length < 100_000, name);
    if (!["many", "ampersands", "attributes", "prototype", "deep"].includes(name)) {
      ok(found.problem, `${name}: ${JSON.stringify(found)}`);
    }
  }
  strictEqual(({} as Record<string, unknown>).title, undefined);
  ok(readBytes(new Uint8Array(MAX_NFO_BYTES + 1)).problem?.includes("larger"));
});

Deno.test("readNfo() never throws, whatever it is given", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    strictEqual(typeof readBytes(bytes).kind, "string");
  }));
  const parts = fc.constantFrom(
    "<movie>",
    "</movie>",
    "<title>",
    "</title>",
    "&",
    "x",
    "<",
    "]]>",
    "<![CDATA[",
    "<!--",
  );
  fc.assert(fc.property(fc.array(parts, { maxLength: 30 }), (texts) => {
    strictEqual(typeof read(texts.join("")).kind, "string");
  }));
});

Deno.test("What writeNfo() writes says the same when it is read", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .map((it) => it.toWellFormed().replaceAll(/[\p{Cc}\ufffe\uffff|/]|\s+/gu, " ").trim() || "x");
  const nfo = fc.record({
    kind: fc.constantFrom("movie" as const, "episodedetails" as const, "tvshow" as const),
    title: text,
    originalTitle: text,
    plot: text,
    year: fc.integer({ min: 1900, max: 2100 }),
    season: fc.integer({ min: 0, max: 50 }),
    genres: fc.uniqueArray(text, { minLength: 1, maxLength: 5 }),
    actors: fc.array(fc.record({ name: text, role: text }), { minLength: 1, maxLength: 5 }),
    set: text,
    userRating: fc.integer({ min: 1, max: 10 }),
    uniqueIds: fc.array(fc.record({ type: text, value: text }), { minLength: 1, maxLength: 3 }),
  });

  fc.assert(
    fc.property(nfo, (it: NfoToWrite) => deepStrictEqual(read(writeNfo(it)), structuredClone(it))),
  );
  const { problem: _, ...again } = { problem: undefined, ...read(movie) };
  deepStrictEqual(read(writeNfo(again)), again);
});
