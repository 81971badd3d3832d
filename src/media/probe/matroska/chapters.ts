/**
 * Chapters of a Matroska file, RFC 9559, 5.1.7: those of the edition that is played unless somebody
 * asks for another.
 *
 * @module
 */
import type { Chapter } from "../../details.ts";
import { allOf, fieldsOf, textOf, wholeOf } from "./values.ts";

const ids = {
  edition: 0x45b9,
  isHiddenEdition: 0x45bd,
  isDefaultEdition: 0x45db,
  atom: 0xb6,
  start: 0x91,
  end: 0x92,
  isHidden: 0x98,
  isEnabled: 0x4598,
  display: 0x80,
  text: 0x85,
};

const MAX_EDITIONS = 20;
const MAX_CHAPTERS = 500;
const NS_PER_MS = 1e6;

/** @param content Of the element "Chapters". */
export function readChapters(content: Uint8Array): Chapter[] {
  const editions = [...allOf(content, ids.edition, MAX_EDITIONS)];
  const is = (edition: Uint8Array, id: number) => wholeOf(fieldsOf(edition).get(id)) === 1;
  const edition = editions.find((it) => is(it, ids.isDefaultEdition)) ??
    editions.find((it) => !is(it, ids.isHiddenEdition)) ?? editions[0];
  if (!edition) return [];
  return [...allOf(edition, ids.atom, MAX_CHAPTERS)].flatMap(readAtom)
    .sort((one, other) => one.startMs - other.startMs);
}

function readAtom(atom: Uint8Array): Chapter[] {
  const fields = fieldsOf(atom);
  const start = wholeOf(fields.get(ids.start));
  const isShown = wholeOf(fields.get(ids.isHidden)) !== 1 &&
    wholeOf(fields.get(ids.isEnabled)) !== 0;
  if (start === undefined || !isShown) return [];
  const end = wholeOf(fields.get(ids.end));
  const title = textOf(fieldsOf(fields.get(ids.display) ?? new Uint8Array()).get(ids.text), 500);
  return [{
    startMs: Math.round(start / NS_PER_MS),
    ...end !== undefined && end > start && { endMs: Math.round(end / NS_PER_MS) },
    ...title && { title },
  }];
}
