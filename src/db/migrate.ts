/**
 * The ordered lists of migrations, one list for each database file. `PRAGMA user_version` counts
 * how many of the list a file has.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { FatalError } from "../base/errors.ts";
import edge0001 from "./sql/edge_0001_catalog.sql" with { type: "text" };
import edge0002 from "./sql/edge_0002_announced.sql" with { type: "text" };
import edge0003 from "./sql/edge_0003_content.sql" with { type: "text" };
import edge0004 from "./sql/edge_0004_identities.sql" with { type: "text" };
import edge0005 from "./sql/edge_0005_people.sql" with { type: "text" };
import edge0006 from "./sql/edge_0006_grants.sql" with { type: "text" };
import edge0007 from "./sql/edge_0007_commands.sql" with { type: "text" };
import edge0008 from "./sql/edge_0008_screenshots.sql" with { type: "text" };
import edge0009 from "./sql/edge_0009_hashes.sql" with { type: "text" };
import edge0010 from "./sql/edge_0010_tries.sql" with { type: "text" };
import edge0011 from "./sql/edge_0011_challenges.sql" with { type: "text" };
import edge0012 from "./sql/edge_0012_tags.sql" with { type: "text" };
import edge0013 from "./sql/edge_0013_names.sql" with { type: "text" };
import edge0014 from "./sql/edge_0014_brought.sql" with { type: "text" };
import edge0015 from "./sql/edge_0015_kinds.sql" with { type: "text" };
import edge0016 from "./sql/edge_0016_plays.sql" with { type: "text" };
import library0001 from "./sql/library_0001_drives.sql" with { type: "text" };
import library0002 from "./sql/library_0002_media.sql" with { type: "text" };
import library0003 from "./sql/library_0003_settings.sql" with { type: "text" };
import library0004 from "./sql/library_0004_jobs.sql" with { type: "text" };
import library0005 from "./sql/library_0005_health.sql" with { type: "text" };
import library0006 from "./sql/library_0006_volumes.sql" with { type: "text" };
import library0007 from "./sql/library_0007_offline.sql" with { type: "text" };
import library0008 from "./sql/library_0008_offline_list.sql" with { type: "text" };
import library0009 from "./sql/library_0009_identity.sql" with { type: "text" };
import library0010 from "./sql/library_0010_details.sql" with { type: "text" };
import library0011 from "./sql/library_0011_items.sql" with { type: "text" };
import library0012 from "./sql/library_0012_assets.sql" with { type: "text" };
import library0013 from "./sql/library_0013_duplicates.sql" with { type: "text" };
import library0014 from "./sql/library_0014_ingest.sql" with { type: "text" };
import library0015 from "./sql/library_0015_search.sql" with { type: "text" };
import library0016 from "./sql/library_0016_link.sql" with { type: "text" };
import library0017 from "./sql/library_0017_search_merge.sql" with { type: "text" };
import library0018 from "./sql/library_0018_half_shared.sql" with { type: "text" };
import library0019 from "./sql/library_0019_bad_lines.sql" with { type: "text" };
import library0020 from "./sql/library_0020_versions.sql" with { type: "text" };
import library0021 from "./sql/library_0021_deleting.sql" with { type: "text" };
import library0022 from "./sql/library_0022_shown_tags.sql" with { type: "text" };
import library0023 from "./sql/library_0023_renewed.sql" with { type: "text" };
import library0024 from "./sql/library_0024_owed.sql" with { type: "text" };
import library0025 from "./sql/library_0025_owed_shared.sql" with { type: "text" };
import library0026 from "./sql/library_0026_edited.sql" with { type: "text" };
import library0027 from "./sql/library_0027_no_cover.sql" with { type: "text" };

export const migrations = {
  /** `library.db`: what this peer has and how it is set up. */
  library: [
    library0001,
    library0002,
    library0003,
    library0004,
    library0005,
    library0006,
    library0007,
    library0008,
    library0009,
    library0010,
    library0011,
    library0012,
    library0013,
    library0014,
    library0015,
    library0016,
    library0017,
    library0018,
    library0019,
    library0020,
    library0021,
    library0022,
    library0023,
    library0024,
    library0025,
    library0026,
    library0027,
  ],
  /** `edge.db`: what the edge role knows of all peers. */
  edge: [
    edge0001,
    edge0002,
    edge0003,
    edge0004,
    edge0005,
    edge0006,
    edge0007,
    edge0008,
    edge0009,
    edge0010,
    edge0011,
    edge0012,
    edge0013,
    edge0014,
    edge0015,
    edge0016,
  ],
} satisfies Record<string, string[]>;

/** Brings the file to the newest version, each step in a transaction of its own. */
export function migrate(db: DatabaseSync, steps: string[]): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (version > steps.length) {
    throw new FatalError(
      `Cannot open the database: its version is ${version}, this program knows ${steps.length}. ` +
        "Start the newer giggityflix, or another DATA_DIR",
      { version },
    );
  }
  for (const [index, sql] of steps.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE;\n${sql}\n;PRAGMA user_version = ${index + 1};\nCOMMIT;`);
  }
}
