import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { NotFoundError, UnavailableError } from "../../src/base/errors.ts";
import { type Fields, filtered, type Level, Log, textSink } from "../../src/base/log.ts";

Deno.test("textSink() writes one line: time, level, scope, sentence, facts", () => {
  const lines: string[] = [];
  const log = new Log(textSink((line) => lines.push(line)));

  log.child("media").child("scan").warn("Cannot read file", { path: "/films/a.mkv", tries: 2 });

  strictEqual(lines.length, 1);
  match(
    lines[0]!,
    /^\d\d:\d\d:\d\d WARN {2}media\.scan: Cannot read file path="\/films\/a\.mkv" tries=2$/,
  );
});

Deno.test("no character in a field can forge a line or reach the terminal", () => {
  const nasty = [
    "\n",
    "\r",
    "\x1b[2J",
    "\x00",
    "\x7f",
    "\x85",
    "\x9b2J",
    "\u2028",
    "\u2029",
    "\x08",
  ];

  for (const text of nasty) {
    const line = written({ path: `a${text}b`, error: new Error(`a${text}b`), list: [text] });
    ok(!/[\p{Cc}\u2028\u2029]/u.test(line), JSON.stringify(line));
  }
});

Deno.test("a field that JSON cannot say does not make the log throw", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  for (const odd of [circle, 10n, { deep: 10n }, Symbol("s"), () => 1]) {
    ok(written({ odd }).includes("odd="));
  }
});

Deno.test("a failure is told by its message and causes, a bug with its stack", () => {
  const cause = new Error("disk I/O error");
  const failure = new UnavailableError("Cannot use the database", {}, { cause });
  const bug = new TypeError("Cannot read properties of undefined");

  const told = written({ error: new NotFoundError("Cannot find it", {}, { cause: failure }) });

  match(told, /error="Cannot find it: Cannot use the database: disk I\/O error"$/);
  match(written({ error: bug }), /Cannot read properties.*log_test\.ts/);
  match(written({ error: new Error("a bug") }), /a bug.*log_test\.ts/);
});

Deno.test("filtered() passes on the level asked for and above, and hears of its change", () => {
  const seen: string[] = [];
  let least: Level = "warn";
  const log = new Log(filtered(({ level }) => void seen.push(level), () => least));
  const all = () => {
    for (const level of ["debug", "info", "warn", "error"] as const) log[level]("It happened");
  };

  all();
  least = "debug";
  all();

  deepStrictEqual(seen, ["warn", "error", "debug", "info", "warn", "error"]);
});

function written(fields: Fields): string {
  let text = "";
  new Log(textSink((line) => text = line)).info("It happened", fields);
  return text;
}

Deno.test("what is not known is left out", () => {
  const lines: string[] = [];
  new Log(textSink((line) => lines.push(line))).info("Noted", { by: "start", address: undefined });

  match(lines[0]!, /Noted by="start"$/);
});
