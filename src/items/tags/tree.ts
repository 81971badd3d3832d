/**
 * The tree of tags as one thing that is read and written back: where a tag stands, what it is called,
 * its synonyms. When a branch moves, its tag moves at once; the paths below it follow a few at a time,
 * and are shown as they will be from the first moment on.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { ConflictError, InvalidError, NotFoundError } from "../../base/errors.ts";
import { counted } from "../../base/text/counted.ts";
import type { Fields, Writer } from "../changes/changes.ts";
import type { TagStore } from "./store.ts";
import { slugify } from "./slug.ts";
import { shownPath, storedPath, type Tag, type TagRow } from "./tag.ts";

/** Paths rewritten before anybody else has a turn: some 15 ms. */
const REWRITTEN_AT_ONCE = 1000;
/** Deeper trees are mistakes. */
const MAX_DEPTH = 31;

export type TagTree = ReturnType<typeof createTagTree>;

/** What a tag is made of, as the history keeps it. */
interface TagFields {
  name: string;
  slug: string;
  parentId: string | null;
  groupId: string | null;
  description: string | null;
  synonyms: string[];
}

export function createTagTree(
  store: TagStore,
  transaction: <T>(work: () => T) => T,
  publish: (ids: string[]) => void,
) {
  let settling: Promise<void> | undefined;

  const shown = (row: TagRow): TagRow => ({ ...row, path: shownPath(row.path, store.rewrite()) });

  const findRow = (id: string): TagRow | undefined => {
    const row = store.find(id);
    return row && shown(row);
  };

  const atPath = (path: string): TagRow | undefined => {
    const rewrite = store.rewrite();
    const row = store.atPath(path);
    if (row && shownPath(row.path, rewrite) === path) return row;
    const stored = storedPath(path, rewrite);
    const waiting = stored === undefined ? undefined : store.atPath(stored);
    return waiting && { ...waiting, path };
  };

  const toTag = (row: TagRow): Tag => ({
    ...shown(row),
    synonyms: store.synonyms(row.id),
    branchCount: row.itemCount + countBelow(row),
    childCount: store.childCount(row.id),
  });

  /** Some paths may be rewritten already, some not. */
  function countBelow(row: TagRow): number {
    const path = shownPath(row.path, store.rewrite());
    const stored = storedPath(path, store.rewrite()) ??
      (store.rewrite()?.toPath === path ? store.rewrite()!.fromPath : undefined);
    return store.countBelow(path) + (stored === undefined ? 0 : store.countBelow(stored));
  }

  /** One step of the rewriting under way; whether it has come to its end. */
  function rewriteStep(): boolean {
    return transaction(() => {
      const rewrite = store.rewrite();
      if (!rewrite) return true;
      const more = store.rewriteSome(rewrite, REWRITTEN_AT_ONCE) === REWRITTEN_AT_ONCE;
      if (!more) store.endRewrite();
      return !more;
    });
  }

  /** Who moves another branch meanwhile waits for the first one, in a step of its own. */
  function finishRewrite(): void {
    while (!rewriteStep());
  }

  const writer: Writer = {
    read: (id) => {
      const row = store.find(id);
      return row ? fieldsOf(row, store.synonyms(id)) : null;
    },

    write(id, fields) {
      const row = findRow(id);
      if (fields === null) return row && remove(row);
      const current = row && fieldsOf(row, store.synonyms(id));
      const wanted = toTagFields({ ...current, ...fields });
      if (!row) insert(id, wanted);
      else update(row, wanted);
      setSynonyms(id, wanted.synonyms);
    },

    announce(ids) {
      publish(ids);
      // An undo may have moved a large branch. Where this fails, whoever changes the tree next goes on.
      settled().catch(() => {});
    },
  };

  function settled(): Promise<void> {
    settling ??= (async () => {
      while (!rewriteStep()) await yieldToOthers();
    })().finally(() => settling = undefined);
    return settling;
  }

  return {
    writer,
    findRow,
    atPath,
    toTag,

    /** @throws {NotFoundError} there is no such tag */
    get(id: string): TagRow {
      const row = findRow(id);
      if (!row) throw new NotFoundError(`Cannot find tag "${id}"`, { id });
      return row;
    },

    /** A tag by the slug of a synonym. */
    bySynonym(slug: string): TagRow | undefined {
      const synonym = store.synonym(slug);
      return synonym && findRow(synonym.tagId);
    },

    /** Until every path stands as it is shown. Whoever changes the tree waits for it, before and after. */
    settled,

    /** Whether `id` is `above` or stands anywhere below it. */
    isBelow,
  };

  function isBelow(id: string | null, above: string): boolean {
    for (let at = id; at !== null; at = store.find(at)?.parentId ?? null) {
      if (at === above) return true;
    }
    return false;
  }

  function insert(id: string, fields: TagFields): void {
    finishRewrite();
    const { path, depth } = placeOf(id, fields);
    store.insert({ ...fields, id, path, depth });
  }

  function update(row: TagRow, fields: TagFields): void {
    const moves = fields.parentId !== row.parentId || fields.slug !== row.slug;
    if (!moves) return void store.update({ ...storedRow(row), ...fields });
    finishRewrite();
    if (fields.parentId !== row.parentId && isBelow(fields.parentId, row.id)) {
      throw new ConflictError(`Cannot move tag "${row.path}" below itself`, { id: row.id });
    }
    const before = store.find(row.id)!;
    const { path, depth } = placeOf(row.id, fields);
    store.update({ id: row.id, ...fields, path, depth });
    if (path === before.path) return;
    const rewrite = { fromPath: before.path, toPath: path, depthChange: depth - before.depth };
    const more = store.rewriteSome(rewrite, REWRITTEN_AT_ONCE) === REWRITTEN_AT_ONCE;
    if (more) store.beginRewrite(rewrite);
  }

  /** As it is stored: an edit that moves nothing leaves the path to the rewriting. */
  function storedRow(row: TagRow): TagRow {
    return store.find(row.id)!;
  }

  function placeOf(id: string, { parentId, slug, name }: TagFields) {
    const parent = parentId === null ? undefined : store.find(parentId);
    if (parentId !== null && !parent) {
      throw new ConflictError(`Cannot put tag "${name}" below "${parentId}": there is no such tag`);
    }
    const path = parent ? `${parent.path}/${slug}` : slug;
    const depth = parent ? parent.depth + 1 : 0;
    if (depth > MAX_DEPTH) {
      throw new InvalidError(`Cannot put tag "${name}" there: trees are ${MAX_DEPTH + 1} deep`);
    }
    const twin = store.atPath(path);
    if (twin && twin.id !== id) {
      const message = `Cannot use the path "${path}": tag "${twin.name}" is there. Merge them`;
      throw new ConflictError(message, { tag_id: twin.id, offer: "merge" });
    }
    const synonym = store.synonym(slug);
    if (synonym && synonym.tagId !== id) {
      const owner = store.find(synonym.tagId)!;
      throw new ConflictError(
        `Cannot call a tag "${name}": it is a synonym of "${owner.path}". Use that, or remove it there`,
        { tag_id: owner.id },
      );
    }
    return { path, depth };
  }

  function remove(row: TagRow): void {
    const children = store.childCount(row.id);
    if (children > 0) {
      const message = `Cannot delete tag "${row.path}": it has ${children} below it. ` +
        "Delete those first, or all of them with it (--recursive, ?recursive=true)";
      throw new ConflictError(message, { children });
    }
    if (row.itemCount > 0) {
      const message = `Cannot delete tag "${row.path}": ${
        counted(row.itemCount, "item has", "items have")
      } it`;
      throw new ConflictError(message, { items: row.itemCount });
    }
    store.delete(row.id);
  }

  function setSynonyms(id: string, names: readonly string[]): void {
    const wanted = new Map(names.map((name) => [slugify(name), name.trim()]));
    const known = new Map(store.synonymSlugs(id).map(({ slug, name }) => [slug, name]));
    for (const slug of known.keys()) if (!wanted.has(slug)) store.removeSynonym(slug);
    for (const [slug, name] of wanted) {
      if (known.get(slug) === name) continue;
      refuseTaken(id, slug, name);
      store.removeSynonym(slug); // its own, in another spelling
      store.addSynonym(slug, name, id);
    }
  }

  function refuseTaken(id: string, slug: string, name: string): void {
    const twin = store.bySlug(slug);
    if (twin) {
      const isOwn = twin.id === id;
      throw new ConflictError(
        `Cannot add the synonym "${name}": ` +
          (isOwn ? "the tag itself is called that" : `"${twin.path}" is a tag. Merge them`),
        isOwn ? {} : { tag_id: twin.id, offer: "merge" },
      );
    }
    const synonym = store.synonym(slug);
    if (!synonym || synonym.tagId === id) return;
    const owner = store.find(synonym.tagId)!;
    const message = `Cannot add the synonym "${name}": "${owner.path}" has it. Merge them`;
    throw new ConflictError(message, { tag_id: owner.id, offer: "merge" });
  }
}

function fieldsOf(row: TagRow, synonyms: string[]): Fields {
  const { name, slug, parentId, groupId, description } = row;
  return { name, slug, parentId, groupId, description, synonyms };
}

function toTagFields(fields: Fields): TagFields {
  const { name, slug, parentId = null, groupId = null, description = null } = fields;
  return {
    name: String(name),
    slug: String(slug),
    parentId: parentId as string | null,
    groupId: groupId as string | null,
    description: description as string | null,
    synonyms: (fields.synonyms ?? []) as string[],
  };
}
