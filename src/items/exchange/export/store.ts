/**
 * What an export asks of the database: pages of each kind, in the order of a key.
 *
 * @module
 */

/** One kind of line: the page after a key, at most `limit` rows, each a line as JSON in parts. */
export interface Section {
  sql: string;
  /** Where the first page begins: the parameters before the limit. */
  start: (string | number)[];
  /** The last row's, for the next page. */
  key(row: Row): (string | number)[];
  /** Columns that hold JSON. */
  json: readonly string[];
  /** Columns that are only keys. */
  hidden?: readonly string[];
  rows: number;
}

export type Row = Record<string, string | number | null>;

/** A path as it will be, while a branch is on its way: see src/items/tags/. */
const SHOWN_PATH = `ifnull((SELECT to_path || substr(t.path, length(from_path) + 1)
  FROM tag_rewrites WHERE t.path > from_path || '/' AND t.path < from_path || '0'), t.path)`;

const WATCH = `user, position_ms, plays, watched, favorite, last_played_at, updated_at`;

const many = (object: string, from: string) =>
  `(SELECT json_group_array(json_object(${object})) FROM ${from})`;

/** In this order: what others speak of comes before them. */
export const sections: Section[] = [
  {
    sql: `SELECT 'tag_group' AS type, key, name, cardinality, description FROM tag_groups
      WHERE key > ? ORDER BY key LIMIT ?`,
    start: [""],
    key: (row) => [row.key!],
    json: [],
    rows: 500,
  },
  {
    sql: `SELECT 'tag' AS type, ${SHOWN_PATH} AS path, t.name,
        (SELECT key FROM tag_groups WHERE id = t.group_id) AS "group", t.description,
        (SELECT json_group_array(name) FROM tag_synonyms WHERE tag_id = t.id) AS synonyms,
        t.depth AS _depth, t.path AS _path
      FROM tags t WHERE t.path > ? ORDER BY t.path LIMIT ?`,
    start: [""],
    key: (row) => [row._path!],
    json: ["synonyms"],
    hidden: ["_depth", "_path"],
    rows: 500,
  },
  {
    sql: `SELECT 'person' AS type, id, name, notes,
        (SELECT json_group_array(alias) FROM person_aliases WHERE person_id = p.id) AS aliases,
        (SELECT json(iif(count(*) > 0, 'true', 'false')) FROM people o
          WHERE o.normalized_name = p.normalized_name AND o.id <> p.id) AS has_namesake
      FROM people p WHERE id > ? ORDER BY id LIMIT ?`,
    start: [""],
    key: (row) => [row.id!],
    json: ["aliases", "has_namesake"],
    rows: 500,
  },
  {
    sql: `SELECT 'custom_field' AS type, key, name, type AS field_type, choices FROM custom_fields
      WHERE key > ? ORDER BY key LIMIT ?`,
    start: [""],
    key: (row) => [row.key!],
    json: ["choices"],
    rows: 500,
  },
  {
    sql: `SELECT 'collection' AS type, id, kind, name, description FROM collections
      WHERE id > ? ORDER BY id LIMIT ?`,
    start: [""],
    key: (row) => [row.id!],
    json: [],
    rows: 500,
  },
  {
    sql: `SELECT 'saved_search' AS type, name, query, sort, created_by FROM saved_searches
      WHERE name > ? ORDER BY name LIMIT ?`,
    start: [""],
    key: (row) => [row.name!],
    json: [],
    rows: 500,
  },
  {
    sql: `SELECT 'item' AS type, i.id, i.seq AS _seq, i.own AS _own,
        i.title, i.kind, i.original_title, i.series, i.season, i.episode, i.year, i.description,
        i.source, i.language, i.custom, i.created_at,
        iif(m.id IS NULL, NULL, json_object('identity', m.identity, 'size_bytes', m.size_bytes,
          'modified_ms', m.modified_ms, 'volume_id', m.volume_id, 'volume_path', m.volume_path,
          'root', m.root, 'path', m.relative_path, 'hashes', json((
            SELECT json_group_object(algorithm, digest) FROM hashes
            WHERE media_id = m.id)))) AS media,
        (SELECT json_group_array(${SHOWN_PATH}) FROM item_tags JOIN tags t ON t.id = tag_id
          WHERE item_id = i.id) AS tags,
        ${
      many(
        "'person', person_id, 'name', name, 'role', role, 'credited_as', credited_as, 'position', position",
        "item_people JOIN people p ON p.id = person_id WHERE item_id = i.id",
      )
    } AS people,
        ${
      many(
        "'user', user, 'stars', halves / 2.0, 'rated_at', rated_at",
        "ratings WHERE item_id = i.id",
      )
    } AS ratings,
        ${
      many(
        "'user', user, 'stars', halves / 2.0, 'rated_at', rated_at",
        "rating_history WHERE item_id = i.id",
      )
    } AS rating_history,
        ${
      many(
        "'id', id, 'user', user, 'text', text, 'created_at', created_at",
        "notes WHERE item_id = i.id",
      )
    } AS notes,
        ${
      many(
        "'collection', c.id, 'kind', c.kind, 'name', c.name, 'position', position",
        "collection_items JOIN collections c ON c.id = collection_id WHERE item_id = i.id",
      )
    } AS collections,
        ${
      many(
        WATCH.split(", ").map((it) =>
          ["watched", "favorite"].includes(it)
            ? `'${it}', json(iif(${it}, 'true', 'false'))`
            : `'${it}', ${it}`
        ).join(", "),
        "watch_states WHERE content_key = 'item:' || i.id",
      )
    } AS watch,
        ${
      many(
        "'kind', kind, 'label', label, 'origin', origin, 'path', path, 'mime_type', mime_type",
        "assets WHERE item_id = i.id AND origin <> 'cache'",
      )
    } AS assets
      FROM items i LEFT JOIN media m ON m.id = i.media_id
      WHERE i.seq > ? AND i.deleted_at IS NULL ORDER BY i.seq LIMIT ?`,
    start: [0],
    key: (row) => [row._seq!],
    json: [
      "custom",
      "media",
      "tags",
      "people",
      "ratings",
      "rating_history",
      "notes",
      "collections",
      "watch",
      "assets",
    ],
    hidden: ["_seq"],
    rows: 100,
  },
  {
    sql: `SELECT 'watch' AS type, content_key, user, position_ms, plays,
        iif(watched, 'true', 'false') AS watched, iif(favorite, 'true', 'false') AS favorite,
        last_played_at, updated_at
      FROM watch_states WHERE (user, content_key) > (?, ?) AND content_key NOT LIKE 'item:%'
      ORDER BY user, content_key LIMIT ?`,
    start: ["", ""],
    key: (row) => [row.user!, row.content_key!],
    json: ["watched", "favorite"],
    rows: 500,
  },
];

/** Lines of items whose files are not here yet: they go out as they came in. */
export const WAITING =
  "SELECT id, line FROM import_waiting WHERE id > ? AND is_rest = 0 ORDER BY id LIMIT 200";
