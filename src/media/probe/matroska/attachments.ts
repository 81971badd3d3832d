/**
 * Files within a Matroska file, RFC 9559, 5.1.6: covers and fonts. Only their headers are read.
 *
 * @module
 */
import type { EmbeddedFile } from "../../details.ts";
import type { ReadBytes } from "../byte_reader.ts";
import { type Element, readElement } from "./ebml.ts";
import { idOf, textOf } from "./values.ts";

const ids = {
  attachedFile: 0x61a7,
  name: 0x466e,
  mimeType: 0x4660,
  data: 0x465c,
  uid: 0x46ae,
};

const MAX_FILES = 200;
const MAX_ELEMENTS = 40;
const MAX_FIELD_BYTES = 1000;

/** @param attachments The element "Attachments". */
export function readAttachments(read: ReadBytes, attachments: Element): EmbeddedFile[] {
  const files: EmbeddedFile[] = [];
  for (const element of elementsIn(read, attachments, MAX_FILES)) {
    const file = element.id === ids.attachedFile ? readFile(read, element) : undefined;
    if (file) files.push(file);
  }
  return files;
}

function readFile(read: ReadBytes, element: Element): EmbeddedFile | undefined {
  const fields = new Map<number, Uint8Array>();
  let data: Element | undefined;
  for (const field of elementsIn(read, element, MAX_ELEMENTS)) {
    if (field.id === ids.data) data = field;
    else if (field.size! <= MAX_FIELD_BYTES) fields.set(field.id, read(field.start, field.size!));
  }
  if (!data) return undefined;
  const name = textOf(fields.get(ids.name), 300);
  const uid = fields.get(ids.uid);
  return {
    offset: data.start,
    sizeBytes: data.size!,
    mimeType: idOf(fields.get(ids.mimeType)) || "application/octet-stream",
    ...name && { name },
    ...uid?.length && uid.length <= 8 && { attachmentId: String(BigInt(`0x${uid.toHex()}`)) },
  };
}

/** Those whose size is known. */
function* elementsIn(read: ReadBytes, { start, size }: Element, most: number): Generator<Element> {
  const end = start + (size ?? 0);
  let offset = start;
  for (let count = 0; count < most && offset < end; count++) {
    const element = readElement(read, offset);
    if (element?.size === undefined || element.start + element.size > end) return;
    yield element;
    offset = element.start + element.size;
  }
}

/** Covers are told by what they are called: matroska.org/technical/attachments.html. */
export function isCover({ name = "", mimeType }: EmbeddedFile): boolean {
  return mimeType.startsWith("image/") || /^(small_)?cover(_land)?\.(jpe?g|png|webp)$/i.test(name);
}
