/**
 * Pages of items in SQLite: which come next in an order, and all of those few that a filter leaves.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import { type Item, itemColumns, itemJoins, type ItemRow, toItem, WATCH_KEY } from "../row.ts";
import type { ListQuery, Order } from "./list.ts";

/** Where an item stands in an order; `tie` tells apart those of one key. */
export interface Place {
  key: string | number;
  tie: string | number;
}

/** The key of what has no year or rating. */
export const UNKNOWN = 0;

export interface Key extends Place {
  seq: number;
}

interface Walk {
  found: Key[];
  /** How far it has looked; absent: to the end. */
  end?: Place;
}

interface Narrowing extends Clause {
  /** About as many rows, faster. */
  counted: Clause;
}

interface Clause {
  sql: string;
  values: (string | number)[];
}

/** What each order sorts by: columns of one index each. UNKNOWN comes last, both ways. */
const sortKeys: Record<Order, { key: string; tie: string }> = {
  title: { key: "i.sort_title", tie: "i.seq" },
  added: { key: "i.seq", tie: "i.seq" },
  year: { key: "ifnull(i.year, 0)", tie: "i.seq" },
  rating: { key: "ifnull(r.halves, 0)", tie: "i.id" },
};

export function createListStore(db: Database) {
  /** The next `limit` in order, and whether the filters leave them. */
  function look(query: ListQuery): (Key & { fits: number })[] {
    const seen: (Key & { fits: number })[] = [];
    const { sql, values: asked } = conditions(query);
    for (
      const { from, where, values, order, key = sortKeys[query.sort].key, fits } of steps(query)
    ) {
      seen.push(...db.all<Key & { fits: number }>(
        `SELECT i.seq, ${key} AS key, ${sortKeys[query.sort].tie} AS tie,
           ${sql} AND ${fits ?? "true"} AS fits
         FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT ?`,
        ...asked,
        ...values,
        query.limit - seen.length,
      ));
      if (seen.length >= query.limit) break;
    }
    return seen;
  }

  return {
    /** All that a filter leaves, where that is at most `most`; undefined: it leaves more. */
    few(query: ListQuery, most: number): Key[] | undefined {
      const narrow = narrowing(query).find(({ counted }) =>
        db.get<{ count: number }>(
          `SELECT count(*) AS count FROM (${counted.sql} LIMIT ${most + 1})`,
          ...counted.values,
        )!.count <= most
      );
      if (!narrow) return undefined;
      const { sql, values } = conditions(query);
      const { key, tie } = sortKeys[query.sort];
      return db.all<Key>(
        `SELECT i.seq, ${key} AS key, ${tie} AS tie FROM (SELECT DISTINCT id FROM (${narrow.sql})) n
           CROSS JOIN items i ON i.id = n.id ${itemJoins} WHERE ${sql}`,
        ...narrow.values,
        query.user,
        query.user,
        ...values,
      );
    },

    /**
     * The next of one kind, or of all, from just after the place: `limit` of those that all filters
     * leave, or as many as are found until a time (of performance.now()).
     */
    walk(query: ListQuery, until: number): Walk {
      const found: Key[] = [];
      let window = query.limit;
      for (let { after } = query;;) {
        const seen = look({ ...query, after, limit: window });
        found.push(...seen.filter(({ fits }) => fits));
        const last = seen.at(-1);
        if (seen.length < window || !last) return { found };
        if (found.length >= query.limit || performance.now() > until) return { found, end: last };
        after = last;
        window = Math.min(2 * window, WINDOW);
      }
    },

    /** The items of these keys, in their order. */
    read(keys: readonly Key[], { user }: Pick<ListQuery, "user">): Item[] {
      const rows = db.all<ItemRow>(
        `SELECT ${itemColumns} FROM json_each(?) k CROSS JOIN items i ON i.seq = k.value
         ${itemJoins}`,
        JSON.stringify(keys.map(({ seq }) => seq)),
        user,
        user,
      );
      return rows.map(toItem);
    },
  };
}

/** Those filters that may leave few, as the ids that they leave; the first that does is taken. */
function narrowing({ user, series, tags, favorite, watched }: ListQuery): Narrowing[] {
  const all: Narrowing[] = [];
  const add = (clause: Clause, counted = clause) => all.push({ ...clause, counted });
  if (series !== undefined) {
    add({ sql: "SELECT id FROM items WHERE series = ?", values: [series] });
  }
  if (tags) {
    add({
      sql: "SELECT item_id AS id FROM json_each(?) t JOIN item_tags ON tag_id = t.value",
      values: [JSON.stringify(tags)],
    });
  }
  for (const [name, wanted] of [["favorite", favorite], ["watched", watched]] as const) {
    if (!wanted) continue;
    add({
      sql: `SELECT i.id FROM watch_states w CROSS JOIN media m ON m.identity = w.content_key
          CROSS JOIN items i ON i.media_id = m.id WHERE w.user = ? AND w.${name} = 1
        UNION ALL SELECT substr(content_key, 6) AS id FROM watch_states
          WHERE user = ? AND ${name} = 1 AND content_key LIKE 'item:%'`,
      values: [user, user],
    }, { sql: `SELECT 1 FROM watch_states WHERE user = ? AND ${name} = 1`, values: [user] });
  }
  return all;
}

/** Rows looked at together, at most. */
const WINDOW = 1000;

/** All filters, to be asked of each item. */
function conditions({ kind, series, tags, favorite, watched }: ListQuery): Clause {
  const all: [string, ...(string | number)[]][] = [["i.deleted_at IS NULL"]];
  if (kind !== undefined) all.push(["i.kind = ?", kind]);
  if (series !== undefined) all.push(["i.series = ?", series]);
  if (tags) {
    all.push([
      `EXISTS (SELECT 1 FROM json_each(?) t JOIN item_tags it
         ON it.item_id = i.id AND it.tag_id = t.value)`,
      JSON.stringify(tags),
    ]);
  }
  if (favorite !== undefined) all.push(["ifnull(w.favorite, 0) = ?", Number(favorite)]);
  if (watched !== undefined) all.push(["ifnull(w.watched, 0) = ?", Number(watched)]);
  return {
    sql: all.map(([sql]) => sql).join(" AND "),
    values: all.flatMap(([, ...values]) => values),
  };
}

interface Step {
  from: string;
  where: string;
  values: (string | number)[];
  order: string;
  /** Instead of the order's. */
  key?: string;
  /** A filter of this step's own. */
  fits?: string;
}

/**
 * One after the other these give all that follows a place: the rest of those of the same key, then
 * those of the keys after it. Each is a range of one index, so that none looks at more than it gives.
 */
function steps({ sort, descending, after, kind, ...query }: ListQuery): Step[] {
  const { user, favorite, watched } = query;
  if (sort === "rating") return ratingSteps({ user, descending, after });
  const { key, tie } = sortKeys[sort];
  const [than, way] = descending ? ["<", "DESC"] : [">", "ASC"];
  const isJoined = favorite !== undefined || watched !== undefined;
  const users = isJoined ? [user, user] : [];
  const index = kind ? `INDEXED BY ${indexes[sort]}` : "";
  const from = `items i ${index} ${isJoined ? itemJoins : ""}`;
  // A value of the table, and no text to be bound: it stands where the index wants it.
  const ofKind = kind ? `i.kind = '${kind}'` : "true";
  const order = sort === "added" ? `i.seq ${way}` : `${key} ${way}, ${tie} ${way}`;
  const all: Step = { from, where: ofKind, values: users, order };
  // Downwards it is the last anyway.
  const isApart = sort === "year" && !descending;
  const unknown: Step[] = isApart
    ? [{ ...all, where: `${ofKind} AND ${key} = ${UNKNOWN}`, order: `${tie} ${way}` }]
    : [];
  if (!after) {
    const known = isApart ? `${ofKind} AND ${key} > ${UNKNOWN}` : ofKind;
    return [{ ...all, where: known }, ...unknown];
  }
  const beyond = { ...all, where: `${ofKind} AND ${key} ${than} ?`, values: [...users, after.key] };
  if (sort === "added") return [beyond];
  const same = `${ofKind} AND ${key} = ? AND ${tie} ${than} ?`;
  const values = [...users, after.key, after.tie];
  const rest = { ...all, where: same, values, order: `${tie} ${way}` };
  return isApart && after.key === UNKNOWN ? [rest] : [rest, beyond, ...unknown];
}

const indexes = {
  title: "items_by_kind_title",
  added: "items_by_kind",
  year: "items_by_kind_year",
};

/** Those rated by the index of ratings, then those not rated in order of their ids. */
function ratingSteps(
  { user, descending, after }: Pick<ListQuery, "user" | "descending" | "after">,
): Step[] {
  const [than, way] = descending ? ["<", "DESC"] : [">", "ASC"];
  const rated: Step = {
    from: `ratings r CROSS JOIN items i ON i.id = r.item_id
      LEFT JOIN media m ON m.id = i.media_id
      LEFT JOIN watch_states w ON w.user = ? AND w.content_key = ${WATCH_KEY}`,
    where: "r.user = ?",
    values: [user, user],
    order: `r.halves ${way}, r.item_id ${way}`,
  };
  const unrated: Step = {
    from: `items i INDEXED BY sqlite_autoindex_items_1 ${itemJoins}`,
    where: "true",
    values: [user, user],
    order: `i.id ${way}`,
    key: `${UNKNOWN}`,
    fits: "r.halves IS NULL",
  };
  if (!after) return [rated, unrated];
  if (after.key === UNKNOWN) {
    return [{ ...unrated, where: `i.id ${than} ?`, values: [user, user, after.tie] }];
  }
  const same = {
    ...rated,
    where: `r.user = ? AND r.halves = ? AND r.item_id ${than} ?`,
    values: [user, user, after.key, after.tie],
    order: `r.item_id ${way}`,
  };
  const beyond = {
    ...rated,
    where: `r.user = ? AND r.halves ${than} ?`,
    values: [user, user, after.key],
  };
  return [same, beyond, unrated];
}
