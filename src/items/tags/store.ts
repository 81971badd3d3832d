/**
 * Tags, their synonyms and groups in SQLite. Every method is one short synchronous step.
 *
 * @module
 */
import { changeOrAdd, type Database, likeText } from "../../db/mod.ts";
import type { Rewrite, TagGroup, TagRow } from "./tag.ts";

const columns = `id, parent_id AS parentId, group_id AS groupId, name, slug, path, depth,
  description, items AS itemCount, version, created_at AS createdAt, updated_at AS updatedAt`;

/**
 * The ids of a tag and of all below it, by the links between them: also right while paths are
 * being rewritten. One parameter: the tag's id. `tag_id IN (${BRANCH})` finds what has one of them.
 */
export const BRANCH = `WITH RECURSIVE branch (id) AS (
  SELECT id FROM tags WHERE id = ?
  UNION ALL SELECT tags.id FROM tags JOIN branch ON tags.parent_id = branch.id
) SELECT id FROM branch`;

export interface TagFilter {
  /** Only children of this tag; null: only roots; undefined: any. */
  parentId?: string | null | undefined;
  groupId?: string | undefined;
  /** Part of the name. */
  q?: string | undefined;
  maxDepth?: number | undefined;
  /** Where the page begins: just after this slug where a parent is given, else this stored path. */
  after: string;
  limit: number;
}

export type TagStore = ReturnType<typeof createTagStore>;

export function createTagStore(db: Database) {
  const now = () => new Date().toISOString();

  return {
    find: (id: string): TagRow | undefined =>
      db.get(`SELECT ${columns} FROM tags WHERE id = ?`, id),
    /** The tags of films by their names at the edge, which are given as a JSON list. */
    pathsOfTitles: (catalogIds: string) =>
      db.all<{ catalogId: string; path: string }>(
        `SELECT media.catalog_id AS catalogId, tags.path FROM json_each(?) AS title
         JOIN media ON media.catalog_id = title.value JOIN items ON items.media_id = media.id
         JOIN item_tags ON item_tags.item_id = items.id JOIN tags ON tags.id = item_tags.tag_id
         -- Looked at first: of a million films that have none, none is looked for.
         WHERE EXISTS (SELECT 1 FROM item_tags)`,
        catalogIds,
      ),

    atPath: (path: string): TagRow | undefined =>
      db.get(`SELECT ${columns} FROM tags WHERE path = ?`, path),

    child: (parentId: string | null, slug: string): TagRow | undefined =>
      db.get(`SELECT ${columns} FROM tags WHERE parent_id IS ? AND slug = ?`, parentId, slug),

    bySlug: (slug: string): TagRow | undefined =>
      db.get(`SELECT ${columns} FROM tags WHERE slug = ? LIMIT 1`, slug),

    children: (parentId: string, limit: number): TagRow[] =>
      db.all(`SELECT ${columns} FROM tags WHERE parent_id = ? LIMIT ?`, parentId, limit),

    childCount: (id: string): number =>
      db.get<{ n: number }>("SELECT count(*) AS n FROM tags WHERE parent_id = ?", id)!.n,

    /** Links of all tags below a stored path. */
    countBelow: (path: string): number =>
      db.get<{ n: number }>(
        "SELECT ifnull(sum(items), 0) AS n FROM tags WHERE path > ? || '/' AND path < ? || '0'",
        path,
        path,
      )!.n,

    /** In the order of their paths; children of one tag in that of their slugs, which is the same. */
    list({ parentId, groupId, q, maxDepth, after, limit }: TagFilter): TagRow[] {
      const order = parentId === undefined ? "path" : "slug";
      const terms: string[] = [`${order} > ?`];
      const values: (string | number)[] = [after];
      const also = (term: string, value: string | number) => {
        terms.push(term);
        values.push(value);
      };
      if (parentId === null) terms.push("parent_id IS NULL");
      else if (parentId !== undefined) also("parent_id = ?", parentId);
      if (groupId !== undefined) also("group_id = ?", groupId);
      if (q !== undefined) also("name LIKE ? ESCAPE '!'", `%${likeText(q)}%`);
      if (maxDepth !== undefined) also("depth <= ?", maxDepth);
      return db.all(
        `SELECT ${columns} FROM tags WHERE ${terms.join(" AND ")} ORDER BY ${order} LIMIT ?`,
        ...values,
        limit,
      );
    },

    /** The tag and all below it. */
    branch: (id: string): string[] => db.all<{ id: string }>(BRANCH, id).map((it) => it.id),

    /** Some of those below a stored path, none before those below it. */
    lowest: (path: string, limit: number): string[] =>
      db.all<{ id: string }>(
        `SELECT id FROM tags WHERE path > ? || '/' AND path < ? || '0' ORDER BY path DESC LIMIT ?`,
        path,
        path,
        limit,
      ).map((it) => it.id),

    insert(it: Omit<TagRow, "itemCount" | "version" | "createdAt" | "updatedAt">): void {
      db.run(
        `INSERT INTO tags (id, parent_id, group_id, name, slug, path, depth, description,
           created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        it.id,
        it.parentId,
        it.groupId,
        it.name,
        it.slug,
        it.path,
        it.depth,
        it.description,
        now(),
        now(),
      );
    },

    update(it: Omit<TagRow, "itemCount" | "version" | "createdAt" | "updatedAt">): void {
      db.run(
        `UPDATE tags SET parent_id = ?, group_id = ?, name = ?, slug = ?, path = ?, depth = ?,
           description = ?, version = version + 1, updated_at = ? WHERE id = ?`,
        it.parentId,
        it.groupId,
        it.name,
        it.slug,
        it.path,
        it.depth,
        it.description,
        now(),
        it.id,
      );
    },

    delete: (id: string) => db.run("DELETE FROM tags WHERE id = ?", id),

    rewrite: (): Rewrite | undefined =>
      db.get(
        `SELECT from_path AS fromPath, to_path AS toPath, depth_change AS depthChange
         FROM tag_rewrites`,
      ),

    beginRewrite: ({ fromPath, toPath, depthChange }: Rewrite) =>
      db.run("INSERT INTO tag_rewrites VALUES (1, ?, ?, ?)", fromPath, toPath, depthChange),

    endRewrite: () => db.run("DELETE FROM tag_rewrites"),

    /** Rewrites up to `limit` paths below `fromPath`; returns how many there were. */
    rewriteSome: ({ fromPath, toPath, depthChange }: Rewrite, limit: number): number =>
      db.run(
        `UPDATE tags SET path = ? || substr(path, length(?) + 1), depth = depth + ?
         WHERE id IN (SELECT id FROM tags WHERE path > ? || '/' AND path < ? || '0' LIMIT ?)`,
        toPath,
        fromPath,
        depthChange,
        fromPath,
        fromPath,
        limit,
      ),

    synonyms: (id: string): string[] =>
      db.all<{ name: string }>("SELECT name FROM tag_synonyms WHERE tag_id = ? ORDER BY slug", id)
        .map(({ name }) => name),

    synonymSlugs: (id: string): { slug: string; name: string }[] =>
      db.all("SELECT slug, name FROM tag_synonyms WHERE tag_id = ?", id),

    synonym: (slug: string): { tagId: string; name: string } | undefined =>
      db.get("SELECT tag_id AS tagId, name FROM tag_synonyms WHERE slug = ?", slug),

    addSynonym: (slug: string, name: string, tagId: string) =>
      db.run("INSERT INTO tag_synonyms (slug, name, tag_id) VALUES (?, ?, ?)", slug, name, tagId),

    removeSynonym: (slug: string) => db.run("DELETE FROM tag_synonyms WHERE slug = ?", slug),
  };
}

const groupColumns = `id, key, name, cardinality, description, version, created_at AS createdAt,
  updated_at AS updatedAt`;

export function createGroupStore(db: Database) {
  const now = () => new Date().toISOString();
  return {
    find: (id: string): TagGroup | undefined =>
      db.get(`SELECT ${groupColumns} FROM tag_groups WHERE id = ?`, id),

    byKey: (key: string): TagGroup | undefined =>
      db.get(`SELECT ${groupColumns} FROM tag_groups WHERE key = ?`, key),

    list: (after: string, limit: number): TagGroup[] =>
      db.all(
        `SELECT ${groupColumns} FROM tag_groups WHERE key > ? ORDER BY key LIMIT ?`,
        after,
        limit,
      ),

    save({ id, key, name, cardinality, description }: Partial<TagGroup> & { id: string }): void {
      changeOrAdd(db, [
        `UPDATE tag_groups SET key = ?, name = ?, cardinality = ?, description = ?,
           version = version + 1, updated_at = ? WHERE id = ?`,
        key!,
        name!,
        cardinality!,
        description ?? null,
        now(),
        id,
      ], [
        `INSERT INTO tag_groups (id, key, name, cardinality, description, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        id,
        key!,
        name!,
        cardinality!,
        description ?? null,
        now(),
        now(),
      ]);
    },

    delete: (id: string) => db.run("DELETE FROM tag_groups WHERE id = ?", id),

    /** The tags at which the branches of a group begin. */
    tagsOf: (id: string): string[] =>
      db.all<{ id: string }>("SELECT id FROM tags WHERE group_id = ?", id).map((it) => it.id),

    /** Links of items and tags in the order of items, from just after a pair. */
    links: (after: { itemId: string; tagId: string }, limit: number) =>
      db.all<{ itemId: string; tagId: string }>(
        `SELECT item_id AS itemId, tag_id AS tagId FROM item_tags
         WHERE (item_id, tag_id) > (?, ?) ORDER BY item_id, tag_id LIMIT ?`,
        after.itemId,
        after.tagId,
        limit,
      ),
  };
}
