/**
 * The best match first: BM25 where the words are rare enough to be weighed, the title where not.
 *
 * @module
 */
import { inTime } from "../../../../db/mod.ts";
import { isUnspaced } from "../../index/words.ts";
import type { Plan } from "../../query/plan.ts";
import { type Sql, sql } from "../../query/store.ts";

/** To rank one takes some microseconds, and of more nobody looks at the last. */
export const MOST_RANKED = 2000;
/** Of a word that more have, an item's rank says little: to weigh it, BM25 would list all of these. */
const COMMON = 10_000;
/** Common words that are remembered. */
const MOST_COMMON = 1000;
/** Ranks by the columns: title, people, tags, notes, path; facts do not count. */
const RANK = "bm25(item_search, 10.0, 5.0, 4.0, 1.0, 1.0, 0.0)";

/** @param ask Gives the rows of one statement. */
export function createRanks(ask: <T>(statement: Sql, signal?: AbortSignal) => Promise<T[]>) {
  /** Words that very many have; that stays so. */
  const common = new Set<string>();

  async function isCommon(phrase: string, signal?: AbortSignal): Promise<boolean> {
    if (common.has(phrase)) return true;
    const text = `SELECT count(*) n FROM (SELECT 1 FROM item_search(?) LIMIT ${COMMON})`;
    const [row] = await ask<{ n: number }>(sql(text, phrase), signal);
    if (row!.n < COMMON) return false;
    const [oldest] = common;
    if (common.size >= MOST_COMMON) common.delete(oldest!);
    common.add(phrase);
    return true;
  }

  /** These, the best match first: only their text is looked at, for filters say nothing of it. */
  async function rank(seqs: number[], plan: Plan, signal?: AbortSignal): Promise<number[]> {
    if (plan.textMatch === undefined || seqs.length < 2) return seqs;
    const phrases = [...new Set(plan.phrases)];
    // Where nothing else is asked for, all that have the phrase are here.
    const isAlone = phrases.length === 1 && plan.match === plan.textMatch &&
      !plan.rest;
    const are = isAlone ? [] : await Promise.all(phrases.map((it) => isCommon(it, signal)));
    const rare = phrases.filter((_, at) => !are[at]);
    if (rare.length === 0) return await byTitle(seqs, plan, signal);
    const [row] = await ask<{ seqs: string }>(
      sql(
        `SELECT json_group_array(seq) seqs FROM (SELECT item_search.rowid seq FROM item_search
           WHERE item_search MATCH ? AND item_search.rowid BETWEEN ? AND ?
           AND +item_search.rowid IN (SELECT value FROM json_each(?))
           AND ${inTime("item_search.rowid")}
           ORDER BY item_search.rowid NOT IN (SELECT seq FROM item_facts WHERE title_key = ?
             LIMIT ${MOST_RANKED}), ${RANK}, item_search.rowid DESC)`,
        rare.length === phrases.length ? plan.textMatch : rare.join(" OR "),
        Math.min(...seqs),
        Math.max(...seqs),
        JSON.stringify(seqs),
        plan.text,
      ),
      signal,
    );
    // What fits without its text, by a filter beside an OR, comes last.
    return [...new Set([...JSON.parse(row!.seqs) as number[], ...seqs])];
  }

  /** These, those with more of the words in the title first, of them the shorter titles. */
  async function byTitle(seqs: number[], plan: Plan, signal?: AbortSignal): Promise<number[]> {
    const has = plan.words.map(() => "(instr(' ' || f.title_key, ?) > 0)").join(" + ");
    const [row] = await ask<{ seqs: string }>(
      sql(
        `SELECT json_group_array(seq) seqs FROM (SELECT f.seq FROM json_each(?) j
           CROSS JOIN item_facts f ON f.seq = j.value
           ORDER BY f.title_key <> ?, ${has} DESC, length(f.title_key), f.seq DESC)`,
        JSON.stringify(seqs),
        plan.text,
        ...plan.words.map((word) => isUnspaced(word) ? word : ` ${word}`),
      ),
      signal,
    );
    return JSON.parse(row!.seqs) as number[];
  }

  return { rank, byTitle };
}
