/**
 * What a person sees while the program runs: plain sentences, and one moving bar where there is a
 * terminal to move it on.
 *
 * @module
 */
import { counted } from "../base/text/counted.ts";
import type { ScanProgress } from "../media/mod.ts";

/** Seconds between two progress lines where nobody watches a bar. */
const LINE_EVERY_MS = 5000;

export class Terminal {
  readonly #isTerminal = Deno.stdout.isTerminal();
  #bar = "";
  #lineAt = 0;
  #phase = "";

  /** A line for a person. */
  readonly print = (line: string): void => {
    this.#write(Deno.stdout, line);
  };

  /** A line of the log. */
  readonly logLine = (line: string): void => {
    this.#write(Deno.stderr, line);
  };

  /** How far a scan is. */
  readonly progress = (progress: ScanProgress): void => {
    if (this.#isTerminal) return this.#draw(`${bar(progress)} ${summary(progress)}`);
    const now = performance.now();
    if (progress.phase === this.#phase && now - this.#lineAt < LINE_EVERY_MS) return;
    this.#phase = progress.phase;
    this.#lineAt = now;
    this.print(summary(progress));
  };

  /** Takes the bar away. */
  readonly clear = (): void => {
    this.#phase = "";
    if (this.#bar) this.#draw("");
  };

  #write(to: typeof Deno.stdout, line: string): void {
    const again = this.#bar;
    if (again) this.#draw("");
    writeText(to, line + "\n");
    if (again) this.#draw(again);
  }

  #draw(line: string): void {
    const columns = width();
    this.#bar = line;
    writeText(Deno.stdout, `\r\x1b[K${line.slice(0, columns - 1)}`);
  }
}

function writeText(to: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch (error) {
    // The reader has read enough (`| head`), or the terminal is gone: no reason to stop working.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

const verbs = { walk: "Looking for files", probe: "Looking into files", hash: "Hashing" };

function summary({ phase, files, filesTotal, bytes, ...pace }: ScanProgress): string {
  const known = counted(filesTotal ?? files, "file");
  const of = filesTotal === undefined ? known : `${files} of ${known}`;
  const { filesPerSecond, etaSeconds } = pace;
  const rate = filesPerSecond === undefined ? "" : `, ${Math.round(filesPerSecond)} files/s`;
  const left = etaSeconds === undefined ? "" : `, ${formatSeconds(etaSeconds)} left`;
  return `${verbs[phase]}: ${of}, ${formatBytes(bytes)}${rate}${left}`;
}

/** "50 s", "3 min", "2 h 5 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function bar({ bytes, bytesTotal }: ScanProgress): string {
  if (!bytesTotal) return "[....................]";
  const done = Math.min(20, Math.floor(20 * bytes / bytesTotal));
  return `[${"#".repeat(done)}${".".repeat(20 - done)}]`;
}

/** Some terminals do not tell, or tell 0. */
function width(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** 1536 → "1.5 KiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

/** A name from a disk on one line: no control character of it reaches the terminal. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (it) => JSON.stringify(it).slice(1, -1));
}

/** Rows under headings, in columns. */
export function table(headings: string[], rows: string[][]): string {
  const all = [headings, ...rows.map((row) => row.map(plain))];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()
  )
    .join("\n");
}
