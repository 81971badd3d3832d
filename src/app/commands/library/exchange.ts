/**
 * `giggityflix export` and `import`: the whole library as JSON Lines.
 *
 * @module
 */
import { Command } from "commander";
import { basename, dirname, join, resolve } from "node:path";
import {
  ConflictError,
  DeniedError,
  InvalidError,
  NotFoundError,
  reasonOf,
  UnavailableError,
} from "../../../base/errors.ts";
import { holdName } from "../../../base/files.ts";
import { counted } from "../../../base/text/counted.ts";
import type { CommandContext } from "../../cli.ts";
import type { Terminal } from "../../terminal.ts";
import { plain } from "../../terminal.ts";
import { UnfinishedError } from "../../unfinished.ts";
import { common, withLibrary } from "./call.ts";
import { exportNfo } from "./export_nfo.ts";
import { checkNewFile, force } from "./new_file.ts";

export function exportCommand(context: CommandContext): Command {
  return common(new Command("export"))
    .description("Write the whole library to FILE as JSON Lines, or to the output")
    .argument("[FILE]")
    .option(...force)
    .action(async (file: string | undefined, options) => {
      if (file !== undefined) await checkNewFile(resolve(file), "export", options.force === true);
      const bytes = await withLibrary(options, context, async ({ raw, answer }) => {
        const response = await raw("/api/export");
        if (!response.ok || !response.body) return await answer<number>(response);
        if (file !== undefined) return await writeWhole(resolve(file), response.body);
        await response.body.pipeTo(Deno.stdout.writable, { preventClose: true });
        return 0;
      });
      if (file === undefined) return;
      const { print } = context.terminal;
      print(options.json ? JSON.stringify({ file, bytes }) : `${file}: ${counted(bytes, "byte")}`);
    })
    .addCommand(exportNfo(context));
}

interface Report {
  lines: number;
  "dry_run": boolean;
  "by_type": Record<string, { changed: number; unchanged: number; waiting: number }>;
  errors: number;
  problems: { line: number; problem: string }[];
  "resumed_after": number;
  batch: string;
}

export function importCommand(context: CommandContext): Command {
  return common(new Command("import"))
    .description("Take an export in; twice is as good as once")
    .argument("<FILE>")
    .option("--overwrite", "what comes holds where both say something else; else what is here")
    .option("--dry-run", "only count")
    .action(async (file: string, options) => {
      const policy = options.overwrite ? "overwrite" : "keep";
      const path = `/api/import?policy=${policy}&dry_run=${options.dryRun === true}`;
      const input = await openExport(resolve(file));
      const report = await withLibrary(options, context, async ({ raw, answer }) => {
        const init = { method: "POST", body: input.readable, duplex: "half" as const };
        return await answer<Report>(await raw(path, init));
      });
      if (options.json) context.terminal.print(JSON.stringify(report));
      else show(report, context.terminal);
      if (report.errors === 0) return;
      const left = counted(report.errors, "line of it is not in", "lines of it are not in");
      throw new UnfinishedError(
        `Imported "${file}", but ${left}, or not wholly: mend them and import it again`,
      );
    });
}

/** @throws {NotFoundError | DeniedError | InvalidError | UnavailableError} it is no file to be read */
async function openExport(path: string): Promise<Deno.FsFile> {
  const cannot = `Cannot import "${path}"`;
  const { isDirectory } = await Deno.stat(path).catch((cause) => {
    throw whyNot(cannot, cause);
  });
  if (isDirectory) {
    throw new InvalidError(`${cannot}: it is a folder. Name the file in it`, { path });
  }
  return await Deno.open(path).catch((cause) => {
    throw whyNot(cannot, cause);
  });
}

function whyNot(cannot: string, cause: unknown): Error {
  if ([Deno.errors.NotFound, Deno.errors.NotADirectory].some((it) => cause instanceof it)) {
    const message = `${cannot}: there is no such file. Name one that "giggityflix export" has made`;
    return new NotFoundError(message, {}, { cause });
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    const message = `${cannot}: this program may not read it. Allow it to, or copy the file`;
    return new DeniedError(message, {}, { cause });
  }
  return new UnavailableError(`${cannot}: ${reasonOf(cause)}`, {}, { cause });
}

function show(report: Report, { print }: Terminal): void {
  for (const [type, { changed, unchanged, waiting }] of Object.entries(report.by_type)) {
    const later = waiting > 0
      ? `, ${counted(waiting, "waits for its film", "wait for their films")}`
      : "";
    print(`${type}: ${changed} changed, ${unchanged} as before${later}`);
  }
  if (report.resumed_after > 0) {
    print(`${counted(report.resumed_after, "line was", "lines were")} in already`);
  }
  if (report.errors > 0) {
    print(`${counted(report.errors, "line was", "lines were")} left out, or not taken wholly:`);
  }
  for (const { line, problem } of report.problems) print(`  line ${line}: ${plain(problem)}`);
  const isKept = Object.entries(report.by_type).some(([type, { changed }]) =>
    changed > 0 && !NOT_IN_HISTORY.has(type)
  );
  if (report.dry_run) print("Nothing was changed: this was a dry run");
  else if (isKept) print(`To take it back: giggityflix items undo ${report.batch}`);
}

/** Of these there is nothing to undo. */
const NOT_IN_HISTORY = new Set(["watch", "saved_search"]);

/** The file appears when it is whole. @returns bytes */
async function writeWhole(path: string, body: ReadableStream<Uint8Array>): Promise<number> {
  const part = join(dirname(path), `.${basename(path)}.part`);
  let bytes = 0;
  await using held = await holdName(`${part}-lock`);
  if (!held) {
    const message = `Cannot write "${path}": another export is being written there. Wait for it`;
    throw new ConflictError(message, { path });
  }
  try {
    {
      using file = await Deno.open(part, { write: true, create: true, truncate: true });
      for await (const piece of body) {
        for (let from = 0; from < piece.length;) from += await file.write(piece.subarray(from));
        bytes += piece.length;
      }
      await file.sync();
    }
    await Deno.rename(part, path);
    return bytes;
  } catch (cause) {
    await Deno.remove(part).catch(() => {}); // there may be none
    const message = `Cannot write "${path}": ${reasonOf(cause)}`;
    throw new UnavailableError(message, { path }, { cause });
  }
}
