/**
 * SQLite, and nothing about its contents.
 *
 * @module
 */
export { CorruptError, type Database, openDatabase, setAsideCorrupt } from "./database.ts";
export { migrations } from "./migrate.ts";
