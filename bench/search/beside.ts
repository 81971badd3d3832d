/**
 * Beside the search: what `LIKE '%word%'` takes for the same words on the same rows, and by which
 * indices SQLite answers what is asked here.
 *
 * @module
 */
import { say } from "../../scripts/run.ts";
import type { Database } from "../../src/db/mod.ts";
import { tellRatio } from "../ratios.ts";
import type { Api } from "./mod.ts";
import { seeded, word, WORDS, zipf } from "./random.ts";

/** Only over titles and paths: to look into people and tags too, it would take far longer. */
const LIKE = `SELECT i.id FROM items i JOIN media m ON m.id = i.media_id
  WHERE i.title LIKE ?1 OR m.relative_path LIKE ?1 ORDER BY i.sort_title LIMIT 50`;

export async function measureLike(api: Api, db: Database): Promise<void> {
  const random = seeded(11);
  const words = Array.from({ length: 7 }, () => word(zipf(random, WORDS)));
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (const term of words) {
    ours.push((await api.get(`/api/search?sort=title&q=${encodeURIComponent(term)}`)).ms);
    const began = performance.now();
    db.all(LIKE, `%${term}%`);
    theirs.push(performance.now() - began);
  }
  tellRatio("one word, sorted by title: LIKE over titles and paths", { ours, theirs });
}

/** The statements of lists, with what SQLite makes of them. */
export function tellPlans(db: Database): void {
  const statements = {
    "media, all": "SELECT * FROM media WHERE id > '8' ORDER BY id LIMIT 50",
    "media, one status":
      "SELECT * FROM media INDEXED BY media_by_status_id WHERE status = 'ready' AND id > '8' AND NOT (offline_since IS NOT NULL AND status NOT IN ('missing', 'forgotten')) ORDER BY id LIMIT 50",
    "search, few":
      "SELECT rowid FROM item_search WHERE item_search MATCH 'the' ORDER BY rowid DESC LIMIT 10001",
    "search, by title":
      "SELECT f.seq FROM item_facts f WHERE (f.title_key, f.seq) > ('m', 0) AND +f.seq IN (SELECT rowid FROM item_search('the')) ORDER BY f.title_key, f.seq LIMIT 500",
    "search, shuffled":
      "SELECT f.seq FROM item_facts f WHERE ((f.seq * 2654435761 & 4294967295), f.seq) > (7, 0) AND (f.seq * 2654435761 & 4294967295) >= 7 ORDER BY (f.seq * 2654435761 & 4294967295), f.seq LIMIT 500",
  };
  say("  by these indices:");
  for (const [name, text] of Object.entries(statements)) {
    const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`);
    say(`    ${name}: ${plan.map(({ detail }) => detail).join("; ")}`);
  }
}
