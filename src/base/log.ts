/**
 * Structured logging: a fixed sentence and an object of fields.
 *
 * @module
 */
import { Failure } from "./errors.ts";

export const levels = ["debug", "info", "warn", "error"] as const;

export type Level = (typeof levels)[number];
export type Fields = Record<string, unknown>;
export type Sink = (entry: LogEntry) => void;

export interface LogEntry {
  time: Date;
  level: Level;
  scope: string;
  message: string;
  fields: Fields;
}

export class Log {
  constructor(readonly sink: Sink, readonly scope = "") {}

  child(name: string): Log {
    return new Log(this.sink, this.scope ? `${this.scope}.${name}` : name);
  }

  debug(message: string, fields?: Fields): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: Fields): void {
    this.#write("error", message, fields);
  }

  #write(level: Level, message: string, fields: Fields = {}): void {
    this.sink({ time: new Date(), level, scope: this.scope, message, fields });
  }
}

/** A log that keeps nothing, for tests and for commands that print data. */
export const silent: Log = new Log(() => {});

/** Passes on entries of `least` and above; `least` is asked each time, so it may change. */
export function filtered(sink: Sink, least: () => Level): Sink {
  return (entry) => {
    if (levels.indexOf(entry.level) >= levels.indexOf(least())) sink(entry);
  };
}

/** One line per entry: `12:30:01 WARN  media  Cannot read file  path="…" reason="…"`. */
export function textSink(write: (line: string) => void): Sink {
  return ({ time, level, scope, message, fields }) => {
    const clock = time.toTimeString().slice(0, 8);
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    const facts = known.map(([key, value]) => ` ${key}=${text(value)}`).join("");
    write(
      `${clock} ${level.toUpperCase().padEnd(5)} ${scope ? `${scope}: ` : ""}${message}${facts}`,
    );
  };
}

/** A field on one line: control characters in a file name must not forge a log line. */
function text(value: unknown): string {
  return asJson(value instanceof Error ? withCauses(value) : value)
    // JSON leaves these as they are; terminals take some for commands, editors for line ends.
    .replaceAll(
      /[\x7f-\x9f\u2028\u2029]/g,
      (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** A log never throws: what JSON cannot say is named. */
function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return JSON.stringify(`[${typeof value}]`);
  }
}

/** A failure is told by its message; anything else is a bug, and told with its stack. */
function withCauses(error: Error, isCause = false): string {
  const isExpected = isCause || error instanceof Failure;
  const first = isExpected ? error.message : error.stack ?? error.message;
  return error.cause instanceof Error ? `${first}: ${withCauses(error.cause, true)}` : first;
}
