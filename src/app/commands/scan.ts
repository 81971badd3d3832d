/**
 * `giggityflix scan`: the running agent scans, or this command does where none runs.
 *
 * @module
 */
import { Command } from "commander";
import { resolve } from "node:path";
import { ConflictError, NotFoundError } from "../../base/errors.ts";
import { counted } from "../../base/text/counted.ts";
import { confirmationBody, reportBody } from "../../http/mod.ts";
import { takeIn } from "../../items/mod.ts";
import type { Jobs } from "../../pool/mod.ts";
import { addFolders } from "../parts/library/add_folders.ts";
import { ask } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { formatBytes, plain, type Terminal } from "../terminal.ts";
import { openOffline } from "./offline.ts";
import { dataDirOf, type Texts, textsOf, withSettings } from "./options.ts";

type Result = ReturnType<typeof reportBody>;
type ConfirmationBody = ReturnType<typeof confirmationBody>;

export function scan(context: CommandContext): Command {
  const { terminal, signal } = context;
  return withSettings(new Command("scan"), ["dataDir", "hashAlgorithms", "logLevel"], true)
    .description("Scan the media folders now, or only DIR…, which become media folders")
    .argument("[DIR...]")
    .option("--json", "print one JSON object at the end")
    .option("--confirm <root>", "the files of this folder that were not found are gone")
    .option("--dismiss <root>", "they stay as they are until they are seen again")
    .action(async (folders: string[], options) => {
      const texts = textsOf(options);
      if (options.confirm ?? options.dismiss) return await decide(texts, options, context);
      const absolute = folders.length > 0 ? folders.map((folder) => resolve(folder)) : undefined;
      const agent = await findAgent(dataDirOf(texts));
      const result = agent
        ? await ask<Result>(agent, "/api/media/scan/", {
          method: "POST",
          body: { wait: true, ...absolute && { folders: absolute } },
          signal,
          timeoutMs: 0,
        })
        : await scanHere(texts, absolute, options.json === true, context);
      if (options.json) terminal.print(JSON.stringify(result));
      else show(result, terminal);
    });
}

interface Decision {
  confirm?: string;
  dismiss?: string;
  json?: boolean;
}

/** A person's word on the files that a scan has not found. */
async function decide(
  texts: Texts,
  { confirm, dismiss, json }: Decision,
  context: CommandContext,
): Promise<void> {
  const wanted = confirm ?? dismiss ?? "";
  const word = confirm === undefined ? "dismiss" : "confirm";
  const agent = await findAgent(dataDirOf(texts));
  const isIt = ({ id, root }: ConfirmationBody) => id === wanted || root === resolve(wanted);
  const find = (all: ConfirmationBody[]) => {
    const found = all.find(isIt);
    if (!found) {
      const roots = all.map(({ root }) => `"${root}"`).join(", ");
      const which = roots ? `Files of ${roots} do` : "No files wait for that now";
      throw new NotFoundError(
        `Cannot ${word} "${wanted}": no missing files of that folder wait for a person's word. ` +
          which,
      );
    }
    return found;
  };
  let done: ConfirmationBody;
  if (agent) {
    const path = "/api/media/scan/confirmations";
    const { items } = await ask<{ items: ConfirmationBody[] }>(agent, path);
    const { id } = find(items);
    done = await ask(agent, `${path}/${id}/${word}`, { method: "POST", timeoutMs: 0 });
  } else {
    await using offline = await openOffline(texts, context);
    const { library } = await offline.openPeer();
    const { id } = find(library.confirmations().map(confirmationBody));
    const decided = word === "confirm" ? library.confirmGone(id) : library.keepGone(id);
    done = confirmationBody(await decided);
  }
  if (json) return context.terminal.print(JSON.stringify(done));
  const files = counted(done.files, "file");
  const isOne = done.files === 1;
  const missing = isOne ? "is missing now" : "are missing now";
  const kept = isOne ? "stays until it is seen again" : "stay until they are seen again";
  const what = word === "confirm" ? missing : kept;
  context.terminal.print(`${files} of ${plain(done.root)} ${what}`);
}

async function scanHere(
  texts: Texts,
  folders: string[] | undefined,
  quiet: boolean,
  context: CommandContext,
): Promise<Result> {
  const { terminal, signal } = context;
  await using offline = await openOffline(texts, context);
  const peer = await offline.openPeer();
  refusePaused(peer.jobs);
  await peer.drives.refresh(signal);
  const only = folders && await addFolders(folders, { ...offline, peer });
  const watching = new AbortController();
  const watched = (async () => {
    for await (const { type, data } of offline.events.listen(watching.signal)) {
      if (type === "scan.progress" && !quiet) terminal.progress(data as never);
    }
  })();
  try {
    const report = await peer.library.scan({ signal, ...only && { folders: only } });
    await takeIn(peer.items, offline.log, signal);
    return reportBody(report);
  } finally {
    watching.abort();
    await watched;
    terminal.clear();
  }
}

/** Nobody would resume it while this command waits. */
function refusePaused(jobs: Pick<Jobs, "find">): void {
  if (jobs.find("scan")?.state !== "paused") return;
  throw new ConflictError(
    'Cannot scan: the scan is paused. Resume it by "giggityflix jobs resume scan"',
  );
}

function show(result: Result, { print }: Terminal): void {
  const { files, changed, moved, gone, offline, seconds, errors, issues } = result;
  const also = [moved && `, ${moved} moved`, offline && `, ${offline} offline`].filter(Boolean);
  print(
    `${counted(files, "file")} (${result.new} new, ${changed} changed, ${gone} gone${
      also.join("")
    }), ` +
      `${formatBytes(result.bytes_read)} read in ${seconds.toFixed(1)} s`,
  );
  for (const { root, files } of result.confirmations) {
    const folder = plain(root);
    const missing = counted(
      files,
      `file of ${folder} was not found. If it is gone, say so by`,
      `files of ${folder} were not found. If they are gone, say so by`,
    );
    print(missing);
    print(`  giggityflix scan --confirm "${folder}"`);
  }
  for (const it of result.left) print(`Left for later: ${describeLeft(it)}`);
  if (errors > 0) print(`${errors} could not be used, or not wholly:`);
  for (const { path, problem } of issues) print(`  ${plain(path)}: ${plain(problem)}`);
  if (errors > issues.length) print(`  and ${errors - issues.length} more`);
}

/** "3 files (1.1 GiB) of job hash:drv-a: playback on drv-a". */
export function describeLeft(left: Result["left"][number]): string {
  const id = plain(left.job_id);
  const advice = left.is_paused ? `. Resume it by "giggityflix jobs resume ${id}"` : "";
  return `${counted(left.files, "file")} (${formatBytes(left.bytes)}) of job ${id}: ` +
    plain(left.waiting_for) + advice;
}
