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

export interface Key extends Place {
  seq: number;
}

interface Narrowing extends Clause {
  /** About as many rows, faster. */
  counted: Clause;
}

interface Clause {
  sql: string;
  values: (string | number)[];
}

/** What each order sorts by: columns of one index each. What has none has 0, and so comes first. */
const sortKeys: Record<Order, { key: string; tie: string }> = {
  title: { key: "i.sort_title", tie: "i.seq" },
  added: { key: "i.seq", tie: "i.seq" },
  year: { key: "ifnull(i.year, 0)", tie: "i.seq" },
  rating: { key: "ifnull(r.halves, 0)", tie: "i.id" },
};

export function createListStore(db: Database) {
  const keys = (sort: Order) => {
    const { key, tie } = sortKeys[sort];
    return `i.seq, ${key} AS key, ${tie} AS tie`;
  };

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
      return db.all<Key>(
        `SELECT ${keys(query.sort)} FROM (SELECT DISTINCT id FROM (${narrow.sql})) n
           CROSS JOIN items i ON i.id = n.id ${itemJoins} WHERE ${sql}`,
        ...narrow.values,
        query.user,
        query.user,
        ...values,
      );
    },

    /** The next of one kind, or of all, from just after the place. */
    walk(query: ListQuery): Key[] {
      const found: Key[] = [];
      for (const { from, where, values, order } of steps(query)) {
        const { sql, values: more } = conditions(query);
        found.push(...db.all<Key>(
          `SELECT ${keys(query.sort)} FROM ${from} WHERE ${where} AND ${sql}
           ORDER BY ${order} LIMIT ?`,
          query.user,
          query.user,
          ...values,
          ...more,
          query.limit - found.length,
        ));
        if (found.length >= query.limit) break;
      }
      return found;
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
}

/**
 * One after the other these give all that follows a place: the rest of those of the same key, then
 * those of the keys after it. Each is a range of one index.
 */
function steps({ sort, descending, after, kind }: ListQuery): Step[] {
  const { key, tie } = sortKeys[sort];
  const [than, way] = descending ? ["<", "DESC"] : [">", "ASC"];
  const from = `items i ${
    kind && sort !== "rating" ? `INDEXED BY ${indexes[sort]}` : ""
  } ${itemJoins}`;
  if (sort === "rating") return ratingSteps({ descending, after });
  if (sort === "added") {
    const where = after ? [`i.seq ${than} ?`, after.tie] as const : ["true"] as const;
    return [{ from, where: where[0], values: after ? [after.tie] : [], order: `i.seq ${way}` }];
  }
  if (!after) return [{ from, where: "true", values: [], order: `${key} ${way}, ${tie} ${way}` }];
  return [
    {
      from,
      where: `${key} = ? AND ${tie} ${than} ?`,
      values: [after.key, after.tie],
      order: `${tie} ${way}`,
    },
    { from, where: `${key} ${than} ?`, values: [after.key], order: `${key} ${way}, ${tie} ${way}` },
  ];
}

const indexes = {
  title: "items_by_kind_title",
  added: "items_by_kind",
  year: "items_by_kind_year",
};

/** Those rated by the index of ratings, those not rated in order of their ids. */
function ratingSteps({ descending, after }: Pick<ListQuery, "descending" | "after">): Step[] {
  const [than, way] = descending ? ["<", "DESC"] : [">", "ASC"];
  const rated = `ratings r CROSS JOIN items i ON i.id = r.item_id
    LEFT JOIN media m ON m.id = i.media_id
    LEFT JOIN watch_states w ON w.user = ? AND w.content_key = ${WATCH_KEY}`;
  const order = `r.halves ${way}, r.item_id ${way}`;
  const unrated: Step = {
    from: `items i INDEXED BY sqlite_autoindex_items_1 ${itemJoins}`,
    where: "r.halves IS NULL",
    values: [],
    order: `i.id ${way}`,
  };
  const all: Step = { from: rated, where: "r.user = ?", values: [], order };
  const inOrder = (steps: Step[], rest: Step) => descending ? [...steps, rest] : [rest, ...steps];
  if (!after) return inOrder([all], unrated);
  if (after.key === 0) {
    const rest = { ...unrated, where: `r.halves IS NULL AND i.id ${than} ?`, values: [after.tie] };
    return descending ? [rest] : [rest, all];
  }
  const same = `r.user = ? AND r.halves = ? AND r.item_id ${than} ?`;
  const steps = [
    { ...all, where: same, values: [after.key, after.tie], order: `r.item_id ${way}` },
    { ...all, where: `r.user = ? AND r.halves ${than} ?`, values: [after.key] },
  ];
  return descending ? [...steps, unrated] : steps;
}
