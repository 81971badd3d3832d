/**
 * Takes an export in: into an empty library or another one, once or again. A few lines at a time are
 * all in or all out; what was cut off goes on after the last of them. A bad line is told by its number
 * and left out whole, a bad value of an item without the rest of its line. Lines about films that are not here wait until a scan finds them.
 *
 * @module
 */
import { yieldToOthers } from "../../../base/event_loop.ts";
import { ConflictError, FatalError, InvalidError, UnavailableError } from "../../../base/errors.ts";
import { reasonOf } from "../../../base/errors.ts";
import { inWords, type Issue } from "../../../base/text/issue.ts";
import type { Database } from "../../../db/mod.ts";
import { newBatch } from "../../changes/changes.ts";
import { FORMAT, Header, Line, type LineType, VERSION } from "../lines.ts";
import { applyLine, type Rooms } from "./apply.ts";
import type { BadField } from "./apply_item.ts";
import { readLines, type TextLine } from "./read_lines.ts";
import type { Policy } from "./store.ts";

export interface ImportOptions {
  /** What holds where both say something else: what is here, or what comes. */
  policy: Policy;
  /** Only counts: nothing is changed. */
  dryRun?: boolean | undefined;
  user: string;
  signal: AbortSignal;
  onProgress?: (lines: number) => void;
  /** Items that are others now. */
  onItems?: (ids: string[]) => void;
}

export interface Counts {
  lines: number;
  changed: number;
  unchanged: number;
  /** About films that are not here. */
  waiting: number;
}

export interface ImportReport {
  lines: number;
  dryRun: boolean;
  byType: Partial<Record<LineType, Counts>>;
  errors: number;
  /** The first of them. */
  problems: { line: number; problem: string }[];
  /** So many lines were in already, from a run that was cut off. */
  resumedAfter: number;
  /** To be undone as one. */
  batch: string;
}

/** Lines taken in before anybody else has a turn, or so long. */
const AT_ONCE = 50;
const AT_ONCE_MS = 15;
const PROBLEMS_TOLD = 100;

interface Parsed {
  number: number;
  line?: Line;
  problem?: string;
}

/** Takes all lines of `pieces` in. @throws {InvalidError} it is no export, or of a newer program */
export async function importLibrary(
  db: Database,
  rooms: Rooms,
  pieces: AsyncIterable<Uint8Array>,
  { policy, dryRun = false, user, signal, onProgress, onItems }: ImportOptions,
): Promise<ImportReport> {
  const lines = readLines(pieces);
  const header = headerOf((await lines.next()).value);
  const key = `${header.id} ${policy}`;
  const resumedAfter = dryRun ? 0 : rooms.store.linesDone(key);
  const by = { user, batch: newBatch() };
  const report: ImportReport = {
    lines: 1,
    dryRun,
    byType: {},
    errors: 0,
    problems: [],
    resumedAfter,
    batch: by.batch,
  };
  let some: Parsed[] = [];

  const takeSome = async () => {
    await rooms.tags.settled();
    while (some.length > 0) {
      signal.throwIfAborted();
      const { taken, itemIds } = take(some, { db, rooms, policy, by, dryRun, report, key });
      some = some.slice(taken);
      if (itemIds.length > 0 && !dryRun) onItems?.(itemIds);
      await yieldToOthers();
    }
    onProgress?.(report.lines);
  };

  for await (const text of lines) {
    report.lines = text.number;
    if (text.number <= resumedAfter) continue;
    some.push(parse(text));
    if (some.length === AT_ONCE) await takeSome();
  }
  await takeSome();
  if (!dryRun) rooms.store.finish(key);
  return report;
}

interface TakeContext {
  db: Database;
  rooms: Rooms;
  policy: Policy;
  by: { user: string; batch: string };
  dryRun: boolean;
  report: ImportReport;
  key: string;
}

/** Thrown to roll back what was only tried. */
class Tried extends Error {}

/** Which line failed, so that those before it can be taken without it. */
class LineError extends Error {
  constructor(readonly index: number, cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** Takes some lines in one transaction; a bad one is noted, and left out of the next try. */
function take(some: Parsed[], context: TakeContext): { taken: number; itemIds: string[] } {
  const { db, rooms, dryRun, report, key } = context;
  const results: { type: LineType; changed: boolean; waiting: boolean }[] = [];
  const itemIds: string[] = [];
  const bad: ImportReport["problems"] = [];
  const until = performance.now() + AT_ONCE_MS;
  let taken = 0;
  const work = () => {
    for (const [index, { number, line, problem }] of some.entries()) {
      if (taken > 0 && performance.now() > until) break;
      if (!line) throw new LineError(index, new Error(problem));
      try {
        const before = rooms.store.changes();
        const onBad = ({ problem }: BadField) =>
          bad.push({ line: number, problem: `${problem}. The rest of the line is taken` });
        const id = applyLine(line, rooms, { ...context, onBad });
        const changed = rooms.store.changes() !== before;
        results.push({ type: line.type, changed, waiting: line.type === "item" && !id });
        if (id !== undefined && changed) itemIds.push(id);
      } catch (error) {
        if (error instanceof UnavailableError || error instanceof FatalError) throw error;
        throw new LineError(index, error);
      }
      taken++;
    }
    if (dryRun) throw new Tried();
    rooms.store.saveProgress(key, some[taken - 1]!.number);
  };
  try {
    db.transaction(work);
  } catch (error) {
    if (error instanceof LineError) {
      if (error.index > 0) return take(some.slice(0, error.index), context);
      tell(report, { line: some[0]!.number, problem: error.message });
      return { taken: 1, itemIds: [] };
    }
    if (!(error instanceof Tried)) throw error;
  }
  for (const it of bad) tell(report, it);
  for (const { type, changed, waiting } of results) {
    const counts = report.byType[type] ??= { lines: 0, changed: 0, unchanged: 0, waiting: 0 };
    counts.lines++;
    counts[waiting ? "waiting" : changed ? "changed" : "unchanged"]++;
  }
  return { taken, itemIds };
}

function tell(report: ImportReport, problem: ImportReport["problems"][number]): void {
  report.errors++;
  if (report.problems.length < PROBLEMS_TOLD) report.problems.push(problem);
}

function headerOf(first: TextLine | void): Header {
  const refuse = (why: string): never => {
    throw new InvalidError(`Cannot import: ${why}`);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(first?.text ?? "");
  } catch {
    return refuse("the first line is no header of an export in JSON Lines");
  }
  const header = Header.safeParse(parsed);
  if (!header.success) return refuse(`the first line is no header of the format "${FORMAT}"`);
  if (header.data.version > VERSION) {
    return refuse(
      `its form is ${header.data.version}, this program knows ${VERSION}. Use a newer one`,
    );
  }
  return header.data;
}

function parse({ number, text, isTooLong }: TextLine): Parsed {
  if (isTooLong) return { number, problem: "it is longer than any line of ours" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { number, problem: `it is no JSON: ${reasonOf(error)}` };
  }
  const line = Line.safeParse(value);
  if (line.success) return { number, line: line.data };
  const [issue] = line.error.issues;
  const what = issue?.path.join(".") || "the line";
  return { number, problem: `${what}: ${inWords(issue as Issue)}` };
}

/** Only one at a time: two would wait for each other's lines. */
export function refuseSecond(underWay: boolean): void {
  if (underWay) throw new ConflictError("Cannot import: an import is under way");
}
