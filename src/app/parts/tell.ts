/**
 * Tells a person at the terminal what happens: what was found, how far the scan is, what is wrong.
 *
 * @module
 */
import type { AppEvent, Events } from "../../base/events.ts";
import type { Service } from "../../base/service.ts";
import { run } from "../../base/command.ts";
import { counted } from "../../base/text/counted.ts";
import { hasFfprobe, type ScanProgress, type ScanReport } from "../../media/mod.ts";
import type { Peer } from "./peer.ts";
import { formatBytes, plain, type Terminal } from "../terminal.ts";

export interface TellOptions {
  events: Events;
  terminal: Terminal;
  peer: Peer | undefined;
}

/** Issues printed of one scan; the page and REST have the rest. */
const MAX_ISSUES = 10;

export function tell({ events, terminal, peer }: TellOptions): Service {
  const { print, clear, progress } = terminal;
  let lastIssues = "";

  const tellers: Record<string, (data: AppEvent["data"]) => void> = {
    "scan.progress": (data) => progress(data as unknown as ScanProgress),
    "scan.finished": (data) => {
      clear();
      const report = data as unknown as ScanReport;
      print(summaryOf(report, peer));
      // The same troubles each hour are no news.
      const issues = JSON.stringify(report.issues);
      if (issues !== lastIssues) printIssues(report, print);
      lastIssues = issues;
    },
    "scan.failed": () => clear(),
    "edge.listening": ({ address }) => print(`The edge listens for peers at ${address}`),
    "drives.detected": ({ drivesAdded }) => {
      if (drivesAdded) print(`Drives: ${driveNames(peer)}`);
    },
  };

  return async (signal) => {
    const listening = events.listen(signal);
    if (peer && !await hasFfprobe(run, signal).catch(() => true)) {
      print(
        "ffmpeg is missing: AVI and other rare files are listed, but not looked into. Install it",
      );
    }
    if (peer?.samplesOnly()) {
      print("No media folders are set: here are the samples. Add yours with --media-dir FOLDER");
    }
    for await (const { type, data } of listening) tellers[type]?.(data);
  };
}

function summaryOf({ files, seconds, bytesRead, ...report }: ScanReport, peer: Peer | undefined) {
  const counts = peer?.library.counts();
  const library = counts ? `; the library has ${counts.files} (${formatBytes(counts.bytes)})` : "";
  return `Scanned ${counted(files, "file")} in ${seconds.toFixed(1)} s: ${report.new} new, ` +
    `${report.changed} changed, ${report.gone} gone, ${formatBytes(bytesRead)} read${library}`;
}

function printIssues({ issues, errors }: ScanReport, print: Terminal["print"]): void {
  for (const { path, problem } of issues.slice(0, MAX_ISSUES)) {
    print(`  ${plain(path)}: ${plain(problem)}`);
  }
  if (errors > MAX_ISSUES) print(`  and ${errors - MAX_ISSUES} more: giggityflix media`);
}

function driveNames(peer: Peer | undefined): string {
  const { items = [] } = peer?.drives.drives({ limit: 20 }) ?? {};
  return items.filter(({ present }) => present)
    .map(({ name, kind, sizeBytes, model }) =>
      `${model ?? name} (${kind}, ${sizeBytes ? formatBytes(sizeBytes) : "size unknown"})`
    )
    .map(plain).join(", ");
}
