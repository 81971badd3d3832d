/**
 * Notes: what people write down about an item, several each.
 *
 * @module
 */
import { ConflictError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import { type Changes, type Fields, newBatch } from "../changes/changes.ts";
import { cleanText, refuse } from "../items/item.ts";
import type { EditBy } from "../items/items.ts";
import { refuseUnknownItem, showsItem } from "../items/presence/store.ts";
import { refuseStale } from "../stale.ts";
import { createNoteStore } from "./store.ts";

export interface Note {
  id: string;
  itemId: string;
  user: string;
  text: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface NotesDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export type Notes = ReturnType<typeof createNotes>;

export const MAX_NOTE = 20_000;
const MAX_NOTES = 500;

export function createNotes({ db, changes, publish }: NotesDeps) {
  const store = createNoteStore(db);

  const announce = (itemIds: string[]) => publish("note.changed", { itemIds });

  // In the history of the item: notes by their ids.
  changes.register("item.note", {
    read: (itemId) => {
      if (!showsItem(db, itemId)) return null;
      const notes = store.ofItem(itemId, { createdAt: "", id: "" }, MAX_NOTES);
      return Object.fromEntries(notes.map((note) => [note.id, toFields(note)]));
    },
    write: (itemId, fields) => {
      for (const [id, note] of Object.entries(fields ?? {})) {
        if (note) store.put({ ...note as Fields, id, itemId });
        else store.remove(id);
      }
    },
    announce,
  });

  function find(id: string): Note {
    const note = store.find(id);
    if (!note) throw new NotFoundError(`Cannot find note "${id}"`, { id });
    return note;
  }

  /** In a transaction; without `after` it is deleted. */
  function write(note: Note, by: EditBy, change: { before?: Note; after?: Note }): void {
    if (change.after) store.put(change.after);
    else store.remove(note.id);
    const { user, batch = newBatch() } = by;
    changes.record({
      batch,
      user,
      entity: "item.note",
      entityId: note.itemId,
      before: { [note.id]: toFields(change.before) },
      after: { [note.id]: toFields(change.after) },
    });
  }

  return {
    find,

    /** A page of an item's notes, the first made first. @throws {NotFoundError} no such item */
    list(itemId: string, after: { createdAt: string; id: string }, limit: number): Note[] {
      refuseUnknownItem(db, itemId);
      return store.ofItem(itemId, after, limit);
    },

    /** @throws {ConflictError} it has 500 notes */
    create(itemId: string, text: string, by: EditBy): Note {
      const at = new Date().toISOString();
      const id = crypto.randomUUID();
      const own = { id, itemId, user: by.user, text: cleaned(text), version: 1 };
      const note = { ...own, createdAt: at, updatedAt: at };
      db.transaction(() => {
        refuseUnknownItem(db, itemId);
        if (store.count(itemId) >= MAX_NOTES) {
          throw new ConflictError(`Cannot add a note: the item has ${MAX_NOTES}`, { id: itemId });
        }
        write(note, by, { after: note });
      });
      announce([itemId]);
      return find(id);
    },

    /** @throws {StaleError} */
    edit(id: string, text: string, by: EditBy): Note {
      const clean = cleaned(text);
      db.transaction(() => {
        const note = find(id);
        refuseStale(`note "${id}"`, note.version, by.expected);
        if (note.text === clean) return;
        write(note, by, { before: note, after: { ...note, text: clean } });
      });
      const note = find(id);
      announce([note.itemId]);
      return note;
    },

    /** @throws {StaleError} */
    remove(id: string, by: EditBy): void {
      const note = db.transaction(() => {
        const note = find(id);
        refuseStale(`note "${id}"`, note.version, by.expected);
        write(note, by, { before: note });
        return note;
      });
      announce([note.itemId]);
    },
  };
}

function cleaned(text: string): string {
  if (text.length > MAX_NOTE) refuse("text", `it is longer than ${MAX_NOTE} characters`);
  const clean = cleanText(text, true);
  if (clean === "") refuse("text", "it is empty");
  return clean;
}

function toFields(note: Note | undefined): Fields | null {
  if (!note) return null;
  const { user, text, createdAt } = note;
  return { user, text, createdAt };
}
