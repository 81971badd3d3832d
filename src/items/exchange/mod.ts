/**
 * What goes out of the library and comes in: backups, export and import, NFO files.
 *
 * @module
 */
export { type Backup, type Backups, type BackupsDeps, openBackups } from "./backups/backups.ts";
export { type Exchange, openExchange } from "./exchange.ts";
export { type Nfos, openNfos } from "./nfo/nfo.ts";
export { createIntake, takeIn } from "./intake.ts";
export type { ImportReport } from "./import/import.ts";
