/**
 * Custom fields: what a person wants to note of items beyond what there is. A definition says what
 * values a field takes. The values of a field that is deleted stay with the items, unseen: an undo
 * of the deletion, or a new field of that key and type, shows them again.
 *
 * @module
 */
import { ConflictError, InvalidError, NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Database } from "../../db/mod.ts";
import { type Changes, type Fields, newBatch } from "../changes/changes.ts";
import type { EditBy } from "../items/items.ts";
import { cleanText, refuse } from "../items/item.ts";
import { refuseStale } from "../stale.ts";
import { createCustomStore } from "./store.ts";

/** What each type takes, and what is kept of it; undefined: it takes no such value. */
const types = {
  text: (value: unknown) =>
    typeof value === "string" && value.length <= MAX_TEXT ? cleanText(value, true) : undefined,
  number: (value: unknown) =>
    typeof value === "number" && Number.isFinite(value) ? value : undefined,
  date: (value: unknown) => typeof value === "string" && isDate(value) ? value : undefined,
  "yes_no": (value: unknown) => typeof value === "boolean" ? value : undefined,
  choice: (value: unknown) => typeof value === "string" ? value : undefined,
} satisfies Record<string, (value: unknown) => unknown>;

export type CustomType = keyof typeof types;
export const customTypes = Object.keys(types) as [CustomType, ...CustomType[]];

const expected: Record<CustomType, string> = {
  text: "a text of at most 2000 characters",
  number: "a number",
  date: "a date such as 2026-11-21",
  "yes_no": "true or false",
  choice: "one of its choices",
};

const MAX_TEXT = 2000;
/** All definitions are read for each edit. */
const MAX_FIELDS = 200;

export interface CustomField {
  /** A slug, as "shelf_number": what values are kept under. */
  key: string;
  name: string;
  type: CustomType;
  /** Of a choice. */
  choices: string[];
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface CustomDeps {
  db: Database;
  changes: Pick<Changes, "record" | "register">;
  publish: Publish;
}

export type CustomFields = ReturnType<typeof createCustomFields>;

export function createCustomFields({ db, changes, publish }: CustomDeps) {
  const store = createCustomStore(db);
  const announce = (keys: string[]) => publish("customfield.changed", { keys });

  changes.register("custom_field", {
    read: (key) => toFields(store.find(key)),
    write: (key, fields) => {
      if (fields === null) return store.remove(key);
      const known = toFields(store.find(key));
      store.put({ key, ...known, ...fields } as CustomField);
    },
    announce,
  });

  function find(key: string): CustomField {
    const field = store.find(key);
    if (!field) throw new NotFoundError(`Cannot find custom field "${key}"`, { key });
    return field;
  }

  /** In a transaction; `after` null deletes it. */
  function write(key: string, after: Fields | null, { user, batch = newBatch() }: EditBy): void {
    const before = toFields(store.find(key));
    if (after) store.put({ key, ...after } as CustomField);
    else store.remove(key);
    changes.record({ batch, user, entity: "custom_field", entityId: key, before, after });
  }

  return {
    find,
    list: store.list,

    /** @throws {ConflictError} there is one of this key, or there are too many */
    create(field: Pick<CustomField, "key" | "name" | "type" | "choices">, by: EditBy): CustomField {
      const { key, type } = field;
      if (!/^[a-z][a-z0-9_]{0,62}$/.test(key)) {
        refuse("key", "expected a lower-case letter, then letters, digits and _, at most 63");
      }
      const after = { ...cleaned({ ...field, type }), type };
      db.transaction(() => {
        if (store.find(key)) {
          throw new ConflictError(`Cannot make custom field "${key}": there is one`, { key });
        }
        if (store.count() >= MAX_FIELDS) {
          throw new ConflictError(`Cannot make custom field "${key}": there are ${MAX_FIELDS}`);
        }
        write(key, after, by);
      });
      announce([key]);
      return find(key);
    },

    /** Its name and its choices; values that are no choice any more stay where they are. */
    edit(
      key: string,
      patch: { name?: string | undefined; choices?: string[] | undefined },
      by: EditBy,
    ) {
      db.transaction(() => {
        const { name, type, choices, version } = find(key);
        refuseStale(`custom field "${key}"`, version, by.expected);
        const given = Object.entries(patch).filter(([, value]) => value !== undefined);
        const after = cleaned({ name, type, choices, ...Object.fromEntries(given) });
        if (after.name === name && after.choices.join("\n") === choices.join("\n")) return;
        write(key, { ...after, type }, by);
      });
      announce([key]);
      return find(key);
    },

    remove(key: string, by: EditBy): void {
      db.transaction(() => {
        refuseStale(`custom field "${key}"`, find(key).version, by.expected);
        write(key, null, by);
      });
      announce([key]);
    },

    /** What is kept of the values that a person sets. @throws {InvalidError} names the field */
    clean(values: Fields): Fields {
      const kept = Object.entries(values).map(([key, value]) => {
        const field = store.find(key);
        const name = `custom.${key}`;
        if (value === null) return [key, null];
        if (!field) {
          const message = `Cannot set "${name}": there is no such custom field. Define it first`;
          throw new InvalidError(message, { field: name });
        }
        const clean = types[field.type](value);
        const isChoice = field.type !== "choice" || field.choices.includes(String(value));
        if (clean === undefined || !isChoice) refuse(name, `expected ${expected[field.type]}`);
        return [key, clean === "" ? null : clean];
      });
      return Object.fromEntries(kept);
    },

    /** The values whose fields are defined. */
    shown(values: Fields): Fields {
      const isShown = ([key, value]: [string, unknown]) => {
        const type = store.find(key)?.type;
        return type !== undefined && types[type](value) !== undefined;
      };
      return Object.fromEntries(Object.entries(values).filter(isShown));
    },
  };
}

function cleaned(
  { name, type, choices }: Pick<CustomField, "name" | "type" | "choices">,
): { name: string; choices: string[] } {
  const clean = cleanText(name);
  if (clean === "" || clean.length > 100) refuse("name", "expected 1 to 100 characters");
  const unique = [...new Set(choices.map((it) => cleanText(it)))].filter((it) => it !== "");
  if (type !== "choice" && unique.length > 0) refuse("choices", "only a choice has choices");
  if (type === "choice" && (unique.length < 1 || unique.length > 200)) {
    refuse("choices", "expected 1 to 200 different texts");
  }
  if (unique.some((it) => it.length > 200)) refuse("choices", "one is longer than 200 characters");
  return { name: clean, choices: unique };
}

function toFields(field: CustomField | undefined): Fields | null {
  return field ? { name: field.name, type: field.type, choices: field.choices } : null;
}

/** A day that there is, ISO 8601. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
