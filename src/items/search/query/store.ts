/**
 * Pieces of SQL with their values: what a person has typed is only ever a value.
 *
 * @module
 */
import type { ReaderValue } from "../../../db/mod.ts";

export interface Sql {
  text: string;
  values: readonly ReaderValue[];
}

/** A table of `seq`, and what tells quickly how many they are: a table with a row for each. */
export interface Source {
  rows: Sql;
  size: Sql;
  /** It is not listed from so many on. */
  most?: number | undefined;
}

export function sql(text: string, ...values: ReaderValue[]): Sql {
  return { text, values };
}

export function allOf(parts: readonly Sql[]): Sql {
  return joined(parts, " AND ");
}

export function anyOf(parts: readonly Sql[]): Sql {
  return joined(parts, " OR ");
}

/** What is not known to be true counts as false. */
export function notIn({ text, values }: Sql): Sql {
  return { text: `NOT ifnull(${text}, 0)`, values };
}

const LISTED = "+f.seq IN (SELECT rowid FROM item_search(?))";
const LOOKED_UP = "EXISTS (SELECT 1 FROM item_search(?) WHERE rowid = f.seq)";

/** A row `f` that the index finds for `match`: all these are listed once. */
export function inIndex(match: string): Sql {
  return sql(LISTED, match);
}

/** The same, with the index looked into for each row: for what nearly every row has. */
export function lookingUp({ text, values }: Sql): Sql {
  return { text: text.replaceAll(LISTED, LOOKED_UP), values };
}

/** Items whose title begins so, by the index of their order. */
export function titlesFrom(start: string): { check: Sql; source: Source } {
  const end = `${start}\u{10ffff}`;
  const rows = "SELECT seq FROM item_facts WHERE title_key >= ? AND title_key < ?";
  return {
    check: sql("f.title_key >= ? AND f.title_key < ?", start, end),
    source: { rows: sql(rows, start, end), size: sql(rows, start, end) },
  };
}

function joined(parts: readonly Sql[], by: string): Sql {
  return {
    text: `(${parts.map(({ text }) => text).join(by)})`,
    values: parts.flatMap(({ values }) => values),
  };
}
