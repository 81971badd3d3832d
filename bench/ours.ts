/**
 * Our own scan, as a person runs it: a process of its own, with an empty data folder.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";
import type { Corpus } from "./corpus.ts";

export interface Scan {
  /** From start to exit. In seconds, as are the rest. */
  whole: number;
  walk: number;
  probe: number;
  hash: number;
  bytesRead: number;
  longestBlockMs: number;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const watchLoop = fileURLToPath(new URL("./watch_loop.ts", import.meta.url));

/** Scans the corpus anew. With `watch`, also tells how long the main thread stood still at most. */
export async function scanOnce(
  corpus: Corpus,
  folder: string,
  { watch = false } = {},
): Promise<Scan> {
  const dataDir = `${folder}/data`;
  await Deno.remove(dataDir, { recursive: true }).catch(() => {});
  const blocks = `${folder}/blocks.json`;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...watch ? ["--preload", watchLoop] : [], main, "scan", "--json"],
    env: {
      DATA_DIR: dataDir,
      MEDIA_DIRS: corpus.folder,
      HASH_ALGORITHMS: "md5,sha1",
      WATCH_LOOP: blocks,
    },
    stdin: "null",
    stderr: "inherit",
  });
  const started = performance.now();
  const { stdout } = await command.output();
  const whole = (performance.now() - started) / 1000;

  const result = JSON.parse(new TextDecoder().decode(stdout));
  if (result.new !== corpus.files || result.errors !== 0) {
    throw new Error(
      `Cannot measure the scan: it found ${result.new} of ${corpus.files} files, ` +
        `with ${result.errors} errors: ${JSON.stringify(result.issues)}`,
    );
  }
  return {
    whole,
    ...result.phases,
    bytesRead: result.bytes_read,
    longestBlockMs: watch ? await longestBlock(blocks, result.seconds) : NaN,
  };
}

/** Hashes of the last scan, by path: "md5 sha1". */
export function hashesOf(folder: string): Map<string, string> {
  using db = new DatabaseSync(`${folder}/data/library.db`, { readOnly: true });
  const rows = db.prepare(
    `SELECT root || '/' || relative_path path, group_concat(digest, ' ' ORDER BY algorithm) digests
     FROM media JOIN hashes ON media_id = media.id WHERE algorithm IN ('md5', 'sha1')
     GROUP BY media.id`,
  ).all();
  return new Map(rows.map(({ path, digests }) => [String(path), String(digests)]));
}

/** Of the blocks during the scan's own seconds; loading the program is another matter. */
async function longestBlock(path: string, seconds: number): Promise<number> {
  const { endedAt, blocks } = JSON.parse(await Deno.readTextFile(path)) as {
    endedAt: number;
    blocks: { at: number; ms: number }[];
  };
  const begin = endedAt - seconds * 1000;
  return Math.max(0, ...blocks.filter(({ at }) => at > begin).map(({ ms }) => ms));
}
