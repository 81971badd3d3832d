/**
 * SQLite, and nothing about its contents.
 *
 * @module
 */
export { CorruptError, type Database, openDatabase, setAsideCorrupt } from "./database.ts";
export { migrations } from "./migrate.ts";
export { inTime, openReaders, type Readers, type ReaderValue } from "./readers.ts";
