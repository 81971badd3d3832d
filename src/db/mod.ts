/**
 * SQLite and PostgreSQL, and nothing about their contents.
 *
 * @module
 */
export {
  backupDatabase,
  type BackupOptions,
  checkBackup,
  type Halt,
  restoreDatabase,
} from "./backup.ts";
export { changeOrAdd } from "./change_or_add.ts";
export { CorruptError, type Database, openDatabase, setAsideCorrupt } from "./database.ts";
export { distinct } from "./distinct.ts";
export { likeText } from "./like.ts";
export { migrations } from "./migrate.ts";
export { openPages, type Pages } from "./pages.ts";
export { openPostgresState, type PostgresOptions } from "./postgres.ts";
export {
  openSqliteState,
  pingState,
  type State,
  type Statements,
  type StateValue,
} from "./state.ts";
export { inTime, openReaders, type Readers, type ReaderValue } from "./readers.ts";
export { openWriter, type Writer } from "./beside/writer.ts";
