/**
 * People: found by any word of their names, whatever the accents, and kept apart by their aliases.
 *
 * @module
 */
import { ConflictError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import { counted } from "../../base/text/counted.ts";
import type { Database } from "../../db/mod.ts";
import type { Changes, Fields, Writer } from "../changes/changes.ts";
import { isKnown, refuseStale } from "../stale.ts";
import type { By } from "../tags/mod.ts";
import { createCredits } from "./credits/credits.ts";
import { normalizeName, type Person, type PersonRow, wordsOf } from "./person.ts";
import { createPeopleStore } from "./store.ts";

export interface PeopleDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export interface PersonInput {
  /** One is made where it is not given. */
  id?: string | undefined;
  name: string;
  notes?: string | null | undefined;
  aliases?: string[] | undefined;
}

export type PersonEdit = Omit<PersonInput, "name" | "id"> & { name?: string | undefined };

export type People = ReturnType<typeof openPeople>;

export function openPeople({ db, changes, publish }: PeopleDeps) {
  const store = createPeopleStore(db);
  const onChanged = (ids: string[]) => publish("person.changed", { ids });
  const credits = createCredits({
    db,
    changes,
    hasPerson: (id) => store.find(id) !== undefined,
    onCredited: (itemIds) => publish("item.credited", { itemIds }),
  });

  const writer: Writer = {
    read(id) {
      const row = store.find(id);
      return row ? { name: row.name, notes: row.notes, aliases: store.aliases(id) } : null;
    },

    write(id, fields) {
      if (fields === null) {
        const items = credits.creditedIn(id, 1000).length;
        if (items === 0) return void store.delete(id);
        throw new ConflictError(
          `Cannot delete person "${id}": they are credited in ${counted(items, "item")}`,
        );
      }
      const { name, notes = null, aliases = [] } = { ...writer.read(id), ...fields };
      const named = String(name);
      const normalizedName = normalizeName(named);
      store.save({ id, name: named, normalizedName, notes: notes as string | null });
      setAliases(id, aliases as string[], normalizedName);
      store.setWords(id, [named, ...aliases as string[]]);
    },

    announce: onChanged,
  };
  changes.register("person", writer);

  function setAliases(id: string, aliases: readonly string[], ownName: string): void {
    const wanted = new Map(aliases.map((alias) => [normalizeName(alias), alias.trim()]));
    wanted.delete(ownName);
    const known = new Map(store.aliases(id).map((alias) => [normalizeName(alias), alias]));
    for (const [normalized, alias] of known) {
      if (wanted.get(normalized) !== alias) store.removeAlias(normalized);
    }
    for (const [normalized, alias] of wanted) {
      if (known.get(normalized) === alias) continue;
      const owner = store.byAlias(normalized) ?? store.byName(normalized);
      if (owner && owner.id !== id) {
        throw new ConflictError(
          `Cannot use the alias "${alias}": it names "${owner.name}". Merge them`,
          { person_id: owner.id, offer: "merge" },
        );
      }
      store.addAlias(normalized, alias, id);
    }
  }

  /** In a transaction: writes fields, or makes or deletes a person, with the history. */
  function put(id: string, fields: Fields | null, by: By): void {
    const before = writer.read(id);
    if (isKnown(before, fields)) return;
    writer.write(id, fields);
    const after = fields === null ? null : writer.read(id);
    changes.record({ ...by, entity: "person", entityId: id, before, after });
  }

  function find(id: string): PersonRow {
    const row = store.find(id);
    if (!row) throw new NotFoundError(`Cannot find person "${id}"`, { id });
    return row;
  }

  function edit(id: string, fields: Fields, by: By, expected?: number): Person {
    db.transaction(() => {
      const row = find(id);
      refuseStale(`person "${row.name}"`, row.version, expected);
      put(id, fields, by);
    });
    onChanged([id]);
    return toPerson(find(id));
  }

  function make({ id = crypto.randomUUID(), ...input }: PersonInput, by: By): string {
    const { name, notes = null, aliases = [] } = input;
    if (normalizeName(name) === "") throw new InvalidError("Cannot add a person without a name");
    put(id, { name: name.trim(), notes, aliases }, by);
    return id;
  }

  const toPerson = ({ normalizedName: _, ...row }: PersonRow): Person => ({
    ...row,
    aliases: store.aliases(row.id),
    itemCount: credits.itemCount(row.id),
  });

  return {
    credits,
    /** All three to be called in a transaction. */
    makeNow: make,
    putNow: put,
    fieldsOf: writer.read,

    get: (id: string): Person => toPerson(find(id)),

    /** By name or alias. */
    find(name: string): Person | undefined {
      const normalized = normalizeName(name);
      const row = store.byName(normalized) ?? store.byAlias(normalized);
      return row && toPerson(row);
    },

    /** A page of people, by how words of their names or aliases begin, and where the next begins. */
    list(
      { q = "", after, limit }: { q?: string | undefined; after: string; limit: number },
    ): { people: Person[]; next: string | undefined } {
      const words = [...wordsOf([q])];
      if (q.trim() !== "" && words.length === 0) return { people: [], next: undefined };
      const [normalizedName = "", id = ""] = after.split("\n");
      const rows = store.list({ words, after: { normalizedName, id }, limit: limit + 1 });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        people: rows.slice(0, limit).map(toPerson),
        next: last && `${last.normalizedName}\n${last.id}`,
      };
    },

    /** @throws {ConflictError} somebody of that name is there, and no namesake is meant */
    create(input: PersonInput, by: By, { namesake = false } = {}): Person {
      const id = db.transaction(() => {
        const normalized = normalizeName(input.name);
        const known = store.byName(normalized) ?? store.byAlias(normalized);
        if (known && !namesake) {
          throw new ConflictError(
            `Cannot add "${input.name}": "${known.name}" is there. ` +
              "Say allow_namesake (--namesake) if it is somebody else",
            { person_id: known.id },
          );
        }
        return make(input, by);
      });
      onChanged([id]);
      return toPerson(find(id));
    },

    /** In a transaction of the caller's: whoever has that name or alias, else somebody new. */
    findOrMakeNow(name: string, by: By): string {
      const normalized = normalizeName(name);
      const known = store.byName(normalized) ?? store.byAlias(normalized);
      return known?.id ?? make({ name }, by);
    },

    update(id: string, { name, notes, aliases }: PersonEdit, by: By, expected?: number): Person {
      if (name !== undefined && normalizeName(name) === "") {
        throw new InvalidError("Cannot rename a person to nothing");
      }
      return edit(
        id,
        {
          ...name !== undefined && { name: name.trim() },
          ...notes !== undefined && { notes },
          ...aliases !== undefined && { aliases },
        },
        by,
        expected,
      );
    },

    addAlias: (id: string, alias: string, by: By, expected?: number): Person =>
      edit(id, { aliases: [...without(store.aliases(find(id).id), alias), alias] }, by, expected),

    removeAlias(id: string, alias: string, by: By, expected?: number): void {
      const known = store.aliases(find(id).id);
      const others = without(known, alias);
      if (others.length === known.length) {
        throw new NotFoundError(`Cannot find the alias "${alias}" of person "${id}"`, {
          id,
          alias,
        });
      }
      edit(id, { aliases: others }, by, expected);
    },

    /** Takes them from all credits and deletes them. */
    async remove(id: string, by: By, expected?: number): Promise<void> {
      const { name, version } = find(id);
      refuseStale(`person "${name}"`, version, expected);
      await credits.replaceEverywhere(id, undefined, by);
      db.transaction(() => put(id, null, by));
      publish("person.deleted", { ids: [id] });
    },

    /** Makes two one: credits, aliases and the name as an alias go to the one that stays. */
    async merge(sourceId: string, targetId: string, by: By, expected?: number): Promise<Person> {
      const source = find(sourceId);
      const target = find(targetId);
      refuseStale(`person "${source.name}"`, source.version, expected);
      if (sourceId === targetId) {
        throw new ConflictError(`Cannot merge "${source.name}" with themselves`);
      }
      await credits.replaceEverywhere(sourceId, targetId, by);
      db.transaction(() => {
        const aliases = [source.name, ...store.aliases(sourceId)];
        put(sourceId, null, by);
        // A namesake of the source, who is somebody else, keeps that name.
        const free = aliases.filter((alias) => {
          const owner = store.byName(normalizeName(alias));
          return !owner || owner.id === target.id;
        });
        put(targetId, { aliases: [...store.aliases(targetId), ...free] }, by);
      });
      publish("person.deleted", { ids: [sourceId] });
      onChanged([targetId]);
      return toPerson(find(targetId));
    },
  };
}

function without(aliases: readonly string[], alias: string): string[] {
  return aliases.filter((it) => normalizeName(it) !== normalizeName(alias));
}
