/**
 * The room of ingest on real disks and a real database, without the rest of the program: files are
 * hashed here instead of by workers.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { silent } from "../../../../src/base/log.ts";
import { migrations, openDatabase } from "../../../../src/db/mod.ts";
import type { Hands } from "../../../../src/items/ingest/deps.ts";
import { openIngest } from "../../../../src/items/ingest/ingest.ts";
import { openJobs } from "../../../../src/pool/mod.ts";

/** Waits between two pieces, so that a machine with fast disks can be killed in the middle, too. */
const PIECE_BYTES = 64 * 1024;

export async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const bytes = new Uint8Array(PIECE_BYTES);
  for (let read = await file.read(bytes); read !== null; read = await file.read(bytes)) {
    hash.update(bytes.subarray(0, read));
  }
  return hash.digest("hex");
}

export const hands: Hands = {
  touch: (_, work) => work(() => {}),
  async digest(path, expected) {
    const info = await Deno.stat(path);
    if (info.size !== expected.sizeBytes) return undefined;
    return await digestOf(path);
  },
  inLanes: (_paths, _options, work) => work(() => Promise.resolve()),
};

export function openRoom(database: string, root: string) {
  const db = openDatabase(database, migrations.library);
  const jobs = openJobs({ db, publish: () => {} });
  const ingest = openIngest({
    db,
    jobs,
    publish: () => {},
    log: silent,
    hands,
    settings: () => ({ roots: [root], extensions: [".mkv"], excludeDirs: [] }),
    ingestDirs: () => [],
    locate: () => Promise.resolve({ driveIds: ["disk"] }),
    learn: () => Promise.resolve(),
  }, {
    openParser: () => Promise.resolve((path) => ({ title: path.replace(/^.*\/|\.\w+$/g, "") })),
  });
  return {
    db,
    ingest,
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]();
      db[Symbol.dispose]();
    },
  };
}
