import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { openFilmReader } from "../../src/media/film_reader.ts";
import { Lanes } from "../../src/pool/mod.ts";
import { noise } from "../helpers/temp.ts";
import { settle, within } from "../helpers/wait.ts";

const content = noise(100_000);
const PIECE = 1000;

function openFilm() {
  const lanes = new Lanes(() => "hdd");
  const reads: [offset: number, length: number][] = [];
  const film = openFilmReader((offset, length) => {
    reads.push([offset, length]);
    return Promise.resolve(content.slice(offset, offset + length));
  }, { lanes, driveIds: ["disk"] });
  /** Somebody reads from the disk, as a person does: between any two reads of a film. */
  const disturb = async () => {
    (await lanes.acquire(["disk"], { priority: "interactive" }))[Symbol.dispose]();
    await settle();
  };
  return { lanes, reads, film, disturb };
}

Deno.test("a film whose disk is its own is read when it is asked for, and not ahead", async () => {
  const { film, reads, lanes } = openFilm();
  using _film = film;

  for (const offset of [0, PIECE, 2 * PIECE]) {
    deepStrictEqual(await film.read(offset, PIECE), content.slice(offset, offset + PIECE));
  }
  await settle();

  strictEqual(reads.length, 3);
  strictEqual(lanes.list()[0]?.bytesRead, 3 * PIECE);
});

Deno.test("the next piece is fetched once somebody else has moved the head, and given from memory", async () => {
  const { film, reads, disturb } = openFilm();
  using _film = film;
  await film.read(0, PIECE);
  await film.read(PIECE, PIECE);

  await disturb();
  deepStrictEqual(reads.at(-1), [2 * PIECE, PIECE]);
  const piece = await film.read(2 * PIECE, PIECE);

  deepStrictEqual(piece, content.slice(2 * PIECE, 3 * PIECE));
  strictEqual(reads.length, 3);
  await disturb();
  deepStrictEqual(await film.read(3 * PIECE, 10), content.slice(3 * PIECE, 3 * PIECE + 10));
  strictEqual(reads.length, 4);
});

Deno.test("what was fetched ahead is dropped where something else is wanted", async () => {
  const { film, reads, disturb } = openFilm();
  using _film = film;
  await film.read(0, PIECE);
  await film.read(PIECE, PIECE);
  await disturb();

  deepStrictEqual(await film.read(50_000, PIECE), content.slice(50_000, 50_000 + PIECE));
  await disturb(); // it has jumped: nobody knows where it goes on
  deepStrictEqual(await film.read(2 * PIECE, PIECE), content.slice(2 * PIECE, 3 * PIECE));
  deepStrictEqual(await film.read(3 * PIECE, 2 * PIECE), content.slice(3 * PIECE, 5 * PIECE));

  strictEqual(reads.length, 6);
});

Deno.test("the end of a film, read ahead, is the end", async () => {
  const { film, disturb } = openFilm();
  using _film = film;
  await film.read(98_000, PIECE);
  await film.read(99_000, 900);
  await disturb();

  deepStrictEqual(await film.read(99_900, 900), content.slice(99_900));
});

Deno.test("a film that is closed fetches nothing more, and its waiting read gives up", async () => {
  const { film, reads, lanes } = openFilm();
  await film.read(0, PIECE);
  await film.read(PIECE, PIECE);
  const person = await lanes.acquire(["disk"], { priority: "interactive" });
  const stop = new AbortController();
  const reading = film.read(2 * PIECE, PIECE, stop.signal);
  await settle();
  stop.abort(new Error("enough"));
  film[Symbol.dispose]();

  await rejects(within("the end", reading), { message: "enough" });
  person[Symbol.dispose]();
  await settle();

  strictEqual(reads.length, 2);
  strictEqual(lanes.list()[0]?.waiting.playback, 0);
});
