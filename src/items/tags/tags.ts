/**
 * Tags: a tree of names that people give to items, kept in order.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { ConflictError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import type { Changes, Fields } from "../changes/changes.ts";
import { isKnown, refuseStale } from "../stale.ts";
import { createGroups } from "./groups.ts";
import { createTagLinks } from "./links/links.ts";
import { createMerge } from "./merge.ts";
import { pathParts, slugify, slugifyPath } from "./slug.ts";
import { createGroupStore, createTagStore, type TagFilter } from "./store.ts";
import { type By, shownPath, type Tag, type TagRow } from "./tag.ts";
import { createTagTree } from "./tree.ts";

export interface TagsDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export interface TagInput {
  name: string;
  /** Made of the name where it is not given. */
  slug?: string | undefined;
  parentId?: string | null | undefined;
  groupId?: string | null | undefined;
  description?: string | null | undefined;
  synonyms?: string[] | undefined;
}

export type TagEdit = Omit<TagInput, "parentId" | "name"> & { name?: string | undefined };

/** Leaves deleted before anybody else has a turn. */
const DELETED_AT_ONCE = 200;

export type Tags = ReturnType<typeof openTags>;

/** Opens the tags in `db`. Methods that change the tree are async: a large branch moves in steps. */
export function openTags({ db, changes, publish }: TagsDeps) {
  const store = createTagStore(db);
  const groupStore = createGroupStore(db);
  const onChanged = (ids: string[]) => publish("tag.changed", { ids });
  const tree = createTagTree(store, db.transaction.bind(db), onChanged);
  const links = createTagLinks({
    db,
    changes,
    tags: store,
    groups: groupStore,
    onTagged: (itemIds) => publish("item.tagged", { itemIds }),
  });
  const groups = createGroups({
    db,
    changes,
    store: groupStore,
    tags: store,
    links,
    onChanged: (ids) => publish("taggroup.changed", { ids }),
  });
  changes.register("tag", tree.writer);

  /** Writes fields of one tag, or makes or deletes it, with its history. In a transaction. */
  function put(id: string, fields: Fields | null, by: By): void {
    const before = tree.writer.read(id);
    if (isKnown(before, fields)) return;
    tree.writer.write(id, fields);
    const after = fields === null ? null : tree.writer.read(id);
    changes.record({ ...by, entity: "tag", entityId: id, before, after });
  }

  async function change(id: string, fields: Fields | null, by: By, expected?: number) {
    await tree.settled();
    db.transaction(() => {
      const row = tree.get(id);
      refuseStale(`tag "${row.path}"`, row.version, expected);
      put(id, fields, by);
    });
    await tree.settled();
    onChanged([id]);
  }

  function make(input: TagInput, by: By): string {
    const { name, parentId = null, groupId = null, description = null, synonyms = [] } = input;
    const trimmed = name.trim();
    if (trimmed === "") throw new InvalidError("Cannot make a tag without a name");
    const id = crypto.randomUUID();
    const slug = slugify(input.slug ?? trimmed);
    refuseUnknownGroup(groupId);
    put(id, { name: trimmed, slug, parentId, groupId, description, synonyms }, by);
    return id;
  }

  function refuseUnknownGroup(id: string | null | undefined): void {
    if (id === null || id === undefined || groupStore.find(id)) return;
    throw new InvalidError(`Cannot find tag group "${id}"`, { id });
  }

  /** To be called in a transaction; what it has made is added to `made`. */
  function walkPath(path: string, by: By, made: string[] = []): TagRow {
    const names = pathParts(path);
    if (names.length === 0) throw new InvalidError(`Cannot find the tag "${path}": it has no name`);
    let at: TagRow | undefined;
    for (const name of names) {
      const slug = slugify(name);
      const next: TagRow | undefined = store.child(at?.id ?? null, slug) ?? tree.bySynonym(slug);
      const id = next?.id ?? make({ name, parentId: at?.id ?? null }, by);
      if (!next) made.push(id);
      at = tree.get(id);
    }
    return at!;
  }

  const merge = createMerge({ db, store, tree, links, put, onChanged });

  return {
    /** Paths of the tags of films, by the names that the edge has given them. */
    pathsOfTitles(catalogIds: readonly string[]): Map<string, string[]> {
      const paths = new Map<string, string[]>();
      const rewrite = store.rewrite();
      for (const { catalogId, path } of store.pathsOfTitles(JSON.stringify(catalogIds))) {
        paths.set(catalogId, [...paths.get(catalogId) ?? [], shownPath(path, rewrite)]);
      }
      return paths;
    },

    groups,
    links,
    merge,
    settled: tree.settled,
    /** To be called in a transaction, with the tree settled where much is to be done. */
    findOrMakeNow: (path: string, by: By): TagRow => walkPath(path, by),
    /** Both to be called in a transaction, with the tree settled. */
    makeNow: make,
    putNow: put,

    /** Its fields as the history keeps them. */
    fieldsOf: tree.writer.read,

    /** The tag that has this very path. */
    atPath: tree.atPath,

    /** Whether a tag has no such name yet. */
    isFree: (name: string): boolean =>
      !store.bySlug(slugify(name)) && !store.synonym(slugify(name)),

    get: (id: string): Tag => tree.toTag(tree.get(id)),

    /** Looks a path up, and where nothing has it, the synonyms. */
    find(path: string): Tag | undefined {
      const slugs = slugifyPath(path);
      const row = tree.atPath(slugs) ?? tree.bySynonym(slugs.split("/").at(-1)!);
      return row && tree.toTag(row);
    },

    /** A page of tags, and after what the next one begins. */
    list(filter: TagFilter): { tags: Tag[]; next: string | undefined } {
      const rows = store.list({ ...filter, limit: filter.limit + 1 });
      const some = rows.slice(0, filter.limit);
      const last = rows.length > filter.limit ? some.at(-1) : undefined;
      const next = filter.parentId === undefined ? last?.path : last?.slug;
      return { tags: some.map(tree.toTag), next };
    },

    /** The ids of a tag and of all below it; for a path that no tag has, none. */
    branch(path: string): string[] {
      const slugs = slugifyPath(path);
      const row = tree.atPath(slugs) ?? tree.bySynonym(slugs.split("/").at(-1)!);
      return row ? store.branch(row.id) : [];
    },

    async create(input: TagInput, by: By): Promise<Tag> {
      await tree.settled();
      const id = db.transaction(() => make(input, by));
      onChanged([id]);
      return tree.toTag(tree.get(id));
    },

    /** The tag at "Genre/Film Noir"; it and those above it are made where they are not there. */
    async findOrCreate(path: string, by: By): Promise<Tag & { isNew: boolean }> {
      await tree.settled();
      const made: string[] = [];
      const row = db.transaction(() => walkPath(path, by, made));
      if (made.length > 0) onChanged(made);
      return { ...tree.toTag(row), isNew: made.includes(row.id) };
    },

    async update(id: string, edit: TagEdit, by: By, expected?: number): Promise<Tag> {
      const { name, slug, groupId, description, synonyms } = edit;
      refuseUnknownGroup(groupId);
      const renamed = name === undefined ? {} : { name: name.trim(), slug: slugify(name) };
      await change(
        id,
        {
          ...renamed,
          ...slug !== undefined && { slug: slugify(slug) },
          ...groupId !== undefined && { groupId },
          ...description !== undefined && { description },
          ...synonyms !== undefined && { synonyms },
        },
        by,
        expected,
      );
      return tree.toTag(tree.get(id));
    },

    /** Hangs a branch elsewhere; null: it becomes a root. */
    async move(id: string, parentId: string | null, by: By, expected?: number): Promise<Tag> {
      if (parentId !== null && !store.find(parentId)) {
        throw new NotFoundError(`Cannot find tag "${parentId}"`, { id: parentId });
      }
      await change(id, { parentId }, by, expected);
      return tree.toTag(tree.get(id));
    },

    async addSynonym(id: string, name: string, by: By, expected?: number): Promise<Tag> {
      const others = store.synonyms(id).filter((it) => slugify(it) !== slugify(name));
      await change(id, { synonyms: [...others, name.trim()] }, by, expected);
      return tree.toTag(tree.get(id));
    },

    async removeSynonym(id: string, name: string, by: By, expected?: number): Promise<void> {
      const known = store.synonyms(tree.get(id).id);
      const others = known.filter((it) => slugify(it) !== slugify(name));
      if (others.length === known.length) {
        throw new NotFoundError(`Cannot find the synonym "${name}" of tag "${id}"`, { id, name });
      }
      await change(id, { synonyms: others }, by, expected);
    },

    /** Takes it from its items and deletes it; with `recursive`, all below it first. */
    async remove(
      id: string,
      { recursive = false }: { recursive?: boolean },
      by: By,
      expected?: number,
    ): Promise<void> {
      await tree.settled();
      const row = tree.get(id);
      refuseStale(`tag "${row.path}"`, row.version, expected);
      const children = store.childCount(id);
      if (children > 0 && !recursive) {
        const message = `Cannot delete tag "${row.path}": it has ${children} below it. ` +
          "Delete those first, or all of them with it (--recursive, ?recursive=true)";
        throw new ConflictError(message, { children });
      }
      for (;;) {
        await tree.settled();
        const below = store.lowest(tree.get(id).path, DELETED_AT_ONCE);
        const some = below.length > 0 ? below : [id];
        for (const tagId of some) await links.replaceEverywhere(tagId, undefined, by);
        db.transaction(() => {
          for (const tagId of some) if (store.find(tagId)) put(tagId, null, by);
        });
        publish("tag.deleted", { ids: some });
        if (below.length === 0) return;
        await yieldToOthers();
      }
    },
  };
}
