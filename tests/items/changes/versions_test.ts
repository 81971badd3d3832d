/** A version names one state of a thing for ever: also when it is deleted and brought back. @module */
import { deepStrictEqual, ok } from "node:assert/strict";
import { StaleError } from "../../../src/base/errors.ts";
import { openSearch } from "../../../src/items/search/mod.ts";
import { addFilm, openRig } from "../exchange/rig.ts";

const owner = { user: "owner" };

Deno.test("what is deleted and brought back has a version that nothing ever had", async (t) => {
  await using rig = openRig();
  addFilm(rig.db, "film");
  using search = openSearch({ ...rig, isBusy: () => false });
  const { people, tags, collections, notes, customFields, by, changes } = rig;

  interface Kind {
    make(): { id: string; version: number } | Promise<{ id: string; version: number }>;
    edit(
      id: string,
      text: string,
      expected?: number,
    ): { version: number } | Promise<{ version: number }>;
    remove(id: string, batch: string): void | Promise<void>;
  }
  const kinds: Record<string, Kind> = {
    person: {
      make: () => people.create({ name: "Somebody" }, by()),
      edit: (id, notes, expected) => people.update(id, { notes }, by(), expected),
      remove: (id, batch) => people.remove(id, { ...owner, batch }),
    },
    collection: {
      make: () => collections.create({ name: "Best" }, by()),
      edit: (id, description, expected) => collections.update(id, { description }, by(), expected),
      remove: (id, batch) => collections.remove(id, { ...owner, batch }),
    },
    tag: {
      make: () => tags.create({ name: "Noir" }, by()),
      edit: (id, description, expected) => tags.update(id, { description }, by(), expected),
      remove: (id, batch) => tags.remove(id, { recursive: false }, { ...owner, batch }),
    },
    "tag group": {
      make: () => tags.groups.create({ name: "Quality" }, by()),
      edit: (id, description, expected) => tags.groups.update(id, { description }, by(), expected),
      remove: (id, batch) => tags.groups.remove(id, { ...owner, batch }),
    },
    note: {
      make: () => notes.create("film", "text", owner),
      edit: (id, text, expected) => notes.edit(id, text, { ...owner, expected }),
      remove: (id, batch) => notes.remove(id, { ...owner, batch }),
    },
    "custom field": {
      make: () => {
        const field = { key: "shelf", name: "Shelf", type: "text" as const, choices: [] };
        return { ...customFields.create(field, owner), id: "shelf" };
      },
      edit: (id, name, expected) => customFields.edit(id, { name }, { ...owner, expected }),
      remove: (id, batch) => customFields.remove(id, { ...owner, batch }),
    },
    "saved search": {
      make: () => search.saved.create({ name: "New", query: "year>2020" }, owner),
      edit: (id, name, expected) => search.saved.edit(id, { name }, { ...owner, expected }),
      remove: (id, batch) => search.saved.remove(id, { ...owner, batch }),
    },
    item: {
      make: () => rig.items.create({ title: "One" }, owner),
      edit: (id, title, expected) => rig.items.edit(id, { title }, { ...owner, expected }),
      remove: (id, batch) => rig.items.remove(id, { ...owner, batch }),
    },
  };

  for (const [name, { make, edit, remove }] of Object.entries(kinds)) {
    await t.step(name, async () => {
      const { id, version } = await make();
      const seen = [version, (await edit(id, "two")).version, (await edit(id, "three")).version];
      for (const batch of [`${name} 1`, `${name} 2`]) {
        await remove(id, batch);
        await changes.undo(batch, "owner");
        for (const old of new Set(seen)) {
          const late = async () => await edit(id, `late ${old}`, old);
          ok(await late().then(() => false, (error) => error instanceof StaleError), `${old}`);
        }
        seen.push((await edit(id, `after ${batch}`)).version);
      }
      deepStrictEqual(seen.toSorted((one, other) => one - other), [...new Set(seen)]);
    });
  }
});
