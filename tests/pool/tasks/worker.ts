/** A worker that serves a table of jobs. @module */
import { serveTable } from "../../../src/pool/mod.ts";
import { table } from "./table.ts";

serveTable(table);
