/**
 * A search in SQL: who may fit, in which order, and the rest of a long list.
 *
 * @module
 */
import { inTime, type Readers, type ReaderValue } from "../../../db/mod.ts";
import type { Plan } from "../query/plan.ts";
import { allOf, inIndex, lookingUp, type Sql, sql } from "../query/store.ts";
import { orders, SHUFFLED, type Sort } from "./orders.ts";

/** So many are counted, sorted and ranked; of more, only the pages that are asked for. */
export const FEW = 10_000;
/** To list one takes as long as to look three up; of more, those that fit are met soon enough. */
const MOST_LISTED = 60_000;
/** Where each must be looked at. */
const FEW_CHECKED = 3000;
/** To rank one takes some microseconds, and of more nobody looks at the last. */
const MOST_RANKED = 3000;
/**
 * An order is walked beside a list of all that fit (0.3 µs each), or each item of the order is looked
 * at: its row (5 µs), or the index (70 µs). From so many that fit on, the second is cheaper; for a
 * page, and for several.
 */
const MANY = { row: [29_000, 65_000], index: [110_000, 240_000] } as const;
/** What facets are counted over. */
export const FACETED = 5000;
const LIMIT_MS = 5000;

export interface Found {
  seq: number;
  /** What the order compares. */
  key: string | number;
}

export interface Few {
  /** More than that fit: the list is of the newest of them, or empty. */
  more?: number | undefined;
  seqs: number[];
}

export type ResultStore = ReturnType<typeof createResultStore>;

/** Ranks by the columns: title, people, tags, notes, path; facts do not count. */
const RANK = "bm25(item_search, 10.0, 5.0, 4.0, 1.0, 1.0, 0.0)";

export function createResultStore(readers: Readers) {
  const ask = <T>({ text, values }: Sql, signal?: AbortSignal) =>
    readers.query<T>(text, values, { signal, limitMs: LIMIT_MS });

  /** The smallest source; one that would give too many is no help. */
  async function smallSource(plan: Plan, signal?: AbortSignal): Promise<Sql | undefined> {
    let best: { rows: Sql; n: number } | undefined;
    for (const { rows, size } of plan.sources) {
      const text = `SELECT count(*) n FROM (${size.text} LIMIT ${MOST_LISTED})`;
      const [row] = await ask<{ n: number }>({ text, values: size.values }, signal);
      if (row!.n < (best?.n ?? MOST_LISTED)) best = { rows, n: row!.n };
    }
    return best?.rows;
  }

  /** These, the best match first: only their text is looked at, for filters say nothing of it. */
  async function rank(seqs: number[], plan: Plan, signal?: AbortSignal): Promise<number[]> {
    if (plan.textMatch === undefined || seqs.length < 2) return seqs;
    const ranked = sql(
      `SELECT json_group_array(seq) seqs FROM (SELECT c.seq FROM (
         SELECT item_search.rowid seq, ${RANK} score FROM item_search WHERE item_search MATCH ?
           AND +item_search.rowid IN (SELECT value FROM json_each(?))
           AND ${inTime("item_search.rowid")}) c
       CROSS JOIN item_facts f ON f.seq = c.seq ORDER BY f.title_key <> ?, c.score, c.seq DESC)`,
      plan.textMatch,
      JSON.stringify(seqs),
      plan.text,
    );
    const [row] = await ask<{ seqs: string }>(ranked, signal);
    // What fits without its text, by a filter beside an OR, comes last.
    return [...new Set([...JSON.parse(row!.seqs) as number[], ...seqs])];
  }

  /**
   * Of a long list those that have the words in the title, of the newest MOST_RANKED the shorter
   * ones first: to weigh a word, BM25 would count all that have it.
   */
  async function best(plan: Plan, signal?: AbortSignal): Promise<number[]> {
    if (plan.textMatch === undefined || plan.match === undefined) return [];
    const match = `(${plan.match}) AND ({title} : (${plan.textMatch}))`;
    const seqs = await newestOf({ ...plan, match }, MOST_RANKED, signal);
    const [row] = await ask<{ seqs: string }>(
      sql(
        `SELECT json_group_array(seq) seqs FROM (SELECT f.seq FROM json_each(?) j
           CROSS JOIN item_facts f ON f.seq = j.value
           ORDER BY f.title_key <> ?, length(f.title_key), f.seq DESC)`,
        JSON.stringify(seqs),
        plan.text,
      ),
      signal,
    );
    return JSON.parse(row!.seqs) as number[];
  }

  /** What is asked of each item of a walk: in a list of those that fit, where that is not long. */
  async function checksOf(plan: Plan, limit: number, signal?: AbortSignal): Promise<Sql[]> {
    const { match, rest, check, isPlain } = plan;
    if (match === undefined) return check ? [check] : [];
    const many = MANY[isPlain ? "row" : "index"][limit > 100 ? 1 : 0];
    const text = `SELECT count(*) n FROM (SELECT 1 FROM item_search(?) LIMIT ${many})`;
    const [row] = await ask<{ n: number }>(sql(text, match), signal);
    return row!.n < many ? [inIndex(match), ...rest ? [rest] : []] : [lookingUp(check!)];
  }

  /** The newest that fit. */
  async function newestOf(plan: Plan, limit: number, signal?: AbortSignal): Promise<number[]> {
    const those = candidates(plan, await smallSource(plan, signal));
    const text = `SELECT json_group_array(seq) seqs FROM (${those.text} LIMIT ${limit})`;
    const [row] = await ask<{ seqs: string }>({ text, values: those.values }, signal);
    return JSON.parse(row!.seqs) as number[];
  }

  return {
    /** All that fit, sorted, where they are few; of more, by relevance or "-added", the newest. */
    async few(
      plan: Plan,
      sort: Sort,
      { user, signal }: { user: string; signal?: AbortSignal | undefined },
    ): Promise<Few> {
      const most = plan.rest ? FEW_CHECKED : FEW;
      if (sort.by === "relevance" || sort.by === "added" && sort.descending) {
        const seqs = await newestOf(plan, most + 1, signal);
        const more = seqs.length > most ? most : undefined;
        return { more, seqs: seqs.slice(0, most) };
      }
      const those = candidates(plan, await smallSource(plan, signal));
      const sorted = inOrderOf(sort, user, most);
      const text = `WITH c AS MATERIALIZED (${those.text} LIMIT ${most + 1})
        SELECT (SELECT count(*) FROM c) n,
          (SELECT json_group_array(seq) FROM (${sorted.text})) seqs`;
      const values = [...those.values, ...sorted.values];
      const [row] = await ask<{ n: number; seqs: string }>({ text, values }, signal);
      return { more: row!.n > most ? most : undefined, seqs: JSON.parse(row!.seqs) as number[] };
    },

    /** These, the best match first; of many, those with the words in the title. */
    async ranked(seqs: number[], plan: Plan, signal?: AbortSignal): Promise<number[]> {
      if (seqs.length <= MOST_RANKED) return await rank(seqs, plan, signal);
      return [...new Set([...await best(plan, signal), ...seqs])].slice(0, seqs.length);
    },

    /** The newest that fit, at most FACETED. */
    async newest(plan: Plan, signal?: AbortSignal): Promise<Few> {
      const seqs = await newestOf(plan, FACETED + 1, signal);
      return seqs.length > FACETED ? { more: FACETED, seqs: seqs.slice(0, FACETED) } : { seqs };
    },

    /** The next `limit` of a long list after `after`, by the index of its order. */
    async walk(
      plan: Plan,
      sort: Exclude<Sort, { by: "relevance" }>,
      { after, limit, user, signal }: {
        after: Found | undefined;
        limit: number;
        user: string;
        signal?: AbortSignal | undefined;
      },
    ): Promise<Found[]> {
      if (sort.by === "added" && plan.match !== undefined) {
        return await ask<Found>(
          newest(plan, { after, limit, descending: sort.descending }),
          signal,
        );
      }
      const checks = await checksOf(plan, limit, signal);
      if (sort.by === "rating") {
        return await ask<Found>(rated(checks, { after, limit, user, ...sort }), signal);
      }
      if (sort.by !== "random") {
        const { key } = orders[sort.by];
        return await ask<Found>(inOrder(checks, { key, after, limit, ...sort }), signal);
      }
      // From the seed up to the end, then from the beginning up to the seed.
      const key = `(${SHUFFLED})`;
      const begin = after ?? { key: sort.seed, seq: 0 };
      const isRound = Number(begin.key) < sort.seed;
      const last = isRound ? [sql(`${key} < ?`, sort.seed)] : [];
      const rows = await ask<Found>(
        inOrder([...checks, ...last], { key, after: begin, limit, descending: false }),
        signal,
      );
      if (isRound || rows.length === limit) return rows;
      const rest = [...checks, sql(`${key} < ?`, sort.seed)];
      return rows.concat(
        await ask<Found>(
          inOrder(rest, { key, after: undefined, limit: limit - rows.length, descending: false }),
          signal,
        ),
      );
    },
  };
}

/** What fits, the newest first. */
function candidates({ match, rest }: Plan, source: Sql | undefined): Sql {
  const among = source
    ? [sql(`+${match ? "item_search.rowid" : "f.seq"} IN (${source.text})`, ...source.values)]
    : [];
  if (match === undefined) {
    // What is few needs no way around the index.
    const few = among.map(({ text, values }) => ({ text: text.slice(1), values }));
    const where = allOf([...few, ...rest ? [rest] : [], sql(inTime("f.seq"))]);
    return {
      text: `SELECT f.seq FROM item_facts f WHERE ${where.text} ORDER BY f.seq DESC`,
      values: where.values,
    };
  }
  const where = allOf([
    sql("item_search MATCH ?", match),
    ...among,
    ...rest ? [rest] : [],
    sql(inTime("item_search.rowid")),
  ]);
  const join = rest ? "CROSS JOIN item_facts f ON f.seq = item_search.rowid" : "";
  return {
    text: `SELECT item_search.rowid seq FROM item_search ${join}
      WHERE ${where.text} ORDER BY item_search.rowid DESC`,
    values: where.values,
  };
}

/** The candidates `c` sorted; none of too many, for those are walked. */
function inOrderOf(sort: Exclude<Sort, { by: "relevance" }>, user: string, most: number): Sql {
  const order = orderOf(sort, user);
  return {
    text: `SELECT f.seq FROM c CROSS JOIN item_facts f ON f.seq = c.seq
      WHERE (SELECT count(*) FROM c) <= ${most} ORDER BY ${order.text}`,
    values: order.values,
  };
}

function orderOf(sort: Exclude<Sort, { by: "relevance" }>, user: string): Sql {
  if (sort.by === "random") return sql(`(${SHUFFLED}) < ?, (${SHUFFLED}), f.seq`, sort.seed);
  const way = sort.descending ? "DESC" : "ASC";
  if (sort.by === "rating") {
    const halves = "(SELECT halves FROM ratings r WHERE r.item_id = f.item_id AND r.user = ?)";
    return sql(`${halves} ${way} NULLS LAST, f.seq ${way}`, user);
  }
  return sql(`${orders[sort.by].key} ${way}, f.seq ${way}`);
}

interface Walk {
  after: Found | undefined;
  limit: number;
  descending: boolean;
}

function newest(plan: Plan, { after, limit, descending }: Walk): Sql {
  const join = plan.rest ? "CROSS JOIN item_facts f ON f.seq = item_search.rowid" : "";
  const where = allOf([
    sql("item_search MATCH ?", plan.match!),
    ...after ? [sql(`item_search.rowid ${descending ? "<" : ">"} ?`, after.seq)] : [],
    ...plan.rest ? [plan.rest] : [],
    sql(inTime("item_search.rowid")),
  ]);
  return {
    text: `SELECT item_search.rowid seq, item_search.rowid key FROM item_search ${join}
      WHERE ${where.text} ORDER BY item_search.rowid ${descending ? "DESC" : "ASC"} LIMIT ${limit}`,
    values: where.values,
  };
}

function inOrder(checks: Sql[], { key, after, limit, descending }: Walk & { key: string }): Sql {
  const way = descending ? "DESC" : "ASC";
  const values: ReaderValue[] = after ? [after.key, after.seq] : [];
  const place = after ? [sql(`(${key}, f.seq) ${descending ? "<" : ">"} (?, ?)`, ...values)] : [];
  const where = allOf([...place, ...checks, sql(inTime("f.seq"))]);
  return {
    text: `SELECT f.seq, ${key} key FROM item_facts f WHERE ${where.text}
      ORDER BY ${key} ${way}, f.seq ${way} LIMIT ${limit}`,
    values: where.values,
  };
}

/** Only those that the user has rated: of a long list nobody wants to see the others. */
function rated(checks: Sql[], { after, limit, descending, user }: Walk & { user: string }): Sql {
  const way = descending ? "DESC" : "ASC";
  const place = after
    ? [sql(
      `(r.halves, r.item_id) ${
        descending ? "<" : ">"
      } (?, (SELECT item_id FROM item_facts WHERE seq = ?))`,
      after.key,
      after.seq,
    )]
    : [];
  const where = allOf([sql("r.user = ?", user), ...place, ...checks, sql(inTime("f.seq"))]);
  return {
    text: `SELECT f.seq, r.halves key FROM ratings r CROSS JOIN items i ON i.id = r.item_id
      CROSS JOIN item_facts f ON f.seq = i.seq WHERE ${where.text}
      ORDER BY r.halves ${way}, r.item_id ${way} LIMIT ${limit}`,
    values: where.values,
  };
}
