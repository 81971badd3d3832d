/**
 * `giggityflix duplicates [list|show|find|resolve|resolve-all|dismiss|reopen]`: files that are one
 * film, and what is done with the others.
 *
 * @module
 */
import { Command } from "commander";
import { ConflictError, InvalidError } from "../../../base/errors.ts";
import { counted } from "../../../base/text/counted.ts";
import type {
  DuplicateDetail,
  DuplicateGroup,
  DuplicateResolution,
  DuplicatesFound,
  DuplicatesResolved,
} from "../../../http/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { formatBytes, plain, table, type Terminal } from "../../terminal.ts";
import { withSettings } from "../options.ts";
import { type Ask, askPages, withDuplicates, withQuery } from "./asking.ts";

interface Options extends Record<string, unknown> {
  kind?: string;
  state: string;
  limit: string;
  how: string;
  user: string;
  keep?: string;
  remove?: string[];
  full?: boolean;
  yes?: boolean;
  json?: boolean;
}

export function duplicates(context: CommandContext): Command {
  const { terminal } = context;
  const all = new Command("duplicates")
    .description("Files that are one film: find them, and deal with the others");
  const add = (
    name: string,
    description: string,
    options: (command: Command) => Command,
    work: (ask: Ask, options: Options, id: string) => Promise<unknown>,
    isDefault = false,
  ) => {
    const command = options(withSettings(new Command(name), ["dataDir"]).exitOverride())
      .description(description).option("--json", "print JSON, one object a line");
    command.action(async (...args: unknown[]) => {
      const given = command.optsWithGlobals<Options>();
      const id = typeof args[0] === "string" ? args[0] : "";
      await withDuplicates(given, context, (ask) => work(ask, given, id));
    });
    all.addCommand(command, { isDefault });
  };
  const how = (command: Command) =>
    command.option("--how <how>", "trash, delete, hardlink or reflink", "trash")
      .option("--user <name>", "who asks", "owner");
  const one = (command: Command) => command.argument("<id>");

  add(
    "list",
    "List groups of duplicates, those that hold the most first",
    (command) =>
      command.option("--kind <kind>", "exact, similar or title")
        .option("--state <state>", "open, dismissed or resolved", "open")
        .option("--limit <n>", "at most so many", "100"),
    async (ask, { kind, state, limit, json }) => {
      const groups = await askPages<DuplicateGroup>(
        ask,
        "duplicates/",
        { kind, state },
        wholeOf(limit),
      );
      if (json) return groups.forEach((it) => terminal.print(JSON.stringify(it)));
      terminal.print(table(
        ["GROUP", "KIND", "FILES", "RECLAIM", "TITLE"],
        groups.map((it) => [
          it.id,
          it.kind,
          String(it.files),
          formatBytes(it.reclaimable_bytes),
          plain(it.title),
        ]),
      ));
    },
    true,
  );
  add("show", "Show the files of a group, and which to keep", one, async (ask, { json }, id) => {
    showGroup(await ask<DuplicateDetail>(pathOf(id)), json, terminal);
  });
  add(
    "find",
    "Look for duplicates now",
    (command) =>
      command.option("--kind <kind>", "exact, similar or title; all unless said")
        .option("--full", "also what was looked at before"),
    async (ask, { kind, full = false, json }) => {
      const body = { wait: true, full, ...kind && { kinds: [kind] } };
      const found = await ask<DuplicatesFound>("duplicates/scan", { method: "POST", body });
      if (json) return terminal.print(JSON.stringify(found));
      for (const [kind, { groups, reclaimable_bytes }] of Object.entries(found.kinds)) {
        terminal.print(
          `${kind}: ${counted(groups, "group")}, ${formatBytes(reclaimable_bytes)} to reclaim`,
        );
      }
    },
  );
  add(
    "resolve",
    "Keep one file of a group, and deal with the others",
    (command) =>
      how(one(command)).option("--keep <media>", "the file to keep; the suggested one unless said")
        .option("--remove <media...>", "those to deal with; all others that are here unless said"),
    async (ask, { keep, remove, how, user, json }, id) => {
      const group = await ask<DuplicateDetail>(pathOf(id));
      const kept = keep ?? group.suggestion.keep;
      if (kept === null) throw new ConflictError(`Cannot keep any of "${id}": none is here now`);
      const others = group.members.filter((it) => it.media_id !== kept && it.status !== "offline");
      if (others.length === 0) {
        const advice = 'Look again by "giggityflix duplicates find"';
        throw new ConflictError(`Cannot deal with "${id}": no other file of it is here. ${advice}`);
      }
      const body = { keep: kept, remove: remove ?? others.map((it) => it.media_id), how };
      const path = withQuery(`${pathOf(id)}/resolve`, { user });
      const done = await ask<DuplicateResolution>(path, { method: "POST", body });
      if (json) return terminal.print(JSON.stringify(done));
      const names = new Map(group.members.map((it) => [it.media_id, nameOf(it)]));
      for (const { media_id, done: what, problem } of done.outcomes) {
        terminal.print(`${names.get(media_id)}: ${what ?? plain(problem ?? "left")}`);
      }
    },
  );
  add(
    "resolve-all",
    "Deal with all groups of the same bytes by the suggested keepers; a plan unless --yes",
    (command) =>
      how(command).option("--yes", "do it").option("--limit <n>", "at most so many groups", "500"),
    async (ask, { how, user, yes = false, limit, json }) => {
      const body = { how, "dry_run": !yes, limit: wholeOf(limit) };
      const path = withQuery("duplicates/resolve", { user });
      const report = await ask<DuplicatesResolved>(path, { method: "POST", body });
      if (json) return terminal.print(JSON.stringify(report));
      showBulk(report, terminal);
    },
  );
  for (const [name, state] of [["dismiss", "dismissed"], ["reopen", "open"]] as const) {
    add(
      name,
      state === "open" ? "Open a dismissed group again" : "Say that a group is none: it stays so",
      one,
      async (ask, { json }, id) => {
        const group = await ask<DuplicateDetail>(pathOf(id), { method: "PATCH", body: { state } });
        terminal.print(json ? JSON.stringify(group) : `${group.id} is ${group.state}`);
      },
    );
  }
  return all;
}

function pathOf(id: string): string {
  return `duplicates/${encodeURIComponent(id)}`;
}

type DuplicateMember = DuplicateDetail["members"][number];

function nameOf({ root, relative_path: path }: DuplicateMember): string {
  return plain(`${root}/${path}`);
}

function showGroup(group: DuplicateDetail, json: boolean | undefined, { print }: Terminal): void {
  if (json) return print(JSON.stringify(group));
  const { keep, reasons } = group.suggestion;
  print(`${plain(group.title)}: ${group.kind}, ${group.state}`);
  print(table(
    ["", "MEDIA", "STATUS", "SIZE", "APART", "FILE"],
    group.members.map((it) => [
      it.media_id === keep ? "keep" : "",
      it.media_id,
      it.status,
      formatBytes(it.size_bytes),
      it.distance?.toFixed(2) ?? "-",
      nameOf(it),
    ]),
  ));
  for (const reason of reasons) print(`  ${plain(reason)}`);
}

function showBulk(report: DuplicatesResolved, { print }: Terminal): void {
  const { dry_run: isPlan, groups, files } = report;
  const size = formatBytes(report.reclaimable_bytes);
  const would = isPlan ? "would be" : files === 1 ? "was" : "were";
  print(`${counted(files, "file")} of ${counted(groups, "group")} ${would} dealt with: ${size}`);
  for (const { group_id, problem } of report.steps) {
    if (problem !== null) print(`  ${group_id}: ${plain(problem)}`);
  }
  if (isPlan && files > 0) print("Nothing was touched: --yes does it");
}

function wholeOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidError(`Cannot read --limit "${text}": expected a whole number, 1 or more`);
}
