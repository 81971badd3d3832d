/**
 * Plans and reports as tables for people.
 *
 * @module
 */
import { counted } from "../../../base/text/counted.ts";
import { relative } from "node:path";
import { formatBytes, plain, table } from "../../terminal.ts";
import type { PlanAnswer, ReportAnswer, StepAnswer } from "./access.ts";

/** What would go where; then what stays, and what to do next. */
export function showPlan(plan: PlanAnswer, steps: readonly StepAnswer[]): string {
  const taken = steps.filter(({ action }) => action === "take");
  const left = steps.filter(({ action }) => action === "skip");
  const bytes = taken.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  const { needed_bytes, free_bytes, enough } = plan.room;
  const free = free_bytes === null ? "" : ` of ${formatBytes(free_bytes)} that are free`;
  return [
    ...taken.length > 0
      ? [table(
        ["STEP", "SIZE", "FILE", "GOES TO", "WHY"],
        taken.map((it) => [
          String(it.seq),
          formatBytes(it.size_bytes),
          plain(it.source),
          plain(relative(plan.target, it.target!)),
          plain(it.reason),
        ]),
      )]
      : [],
    ...left.length > 0
      ? [table(["LEFT", "WHY"], left.map((it) => [plain(it.source), plain(it.reason)]))]
      : [],
    `${counted(taken.length, "file")} (${formatBytes(bytes)}) to ${plan.mode} to ${
      plain(plan.target)
    }, ` +
    `${left.length} left; ${formatBytes(needed_bytes)}${free} are needed` +
    (enough ? "" : ": THERE IS NOT ROOM FOR ALL"),
    taken.length === 0
      ? `Nothing would be done: ${
        counted(left.length, "file is", "files are")
      } left, each for its reason above`
      : `Nothing has changed yet. Execute it by: giggityflix ingest execute ${plan.id}`,
  ].join("\n");
}

/** What became of each file, then the sums. */
export function showReport(report: ReportAnswer, files: readonly StepAnswer[]): string {
  const { started_at, finished_at } = report;
  const sums = Object.entries(report.files).filter(([, count]) => count > 0).map(([name, count]) =>
    `${count} ${name.replace("_", " ")} (${formatBytes(report.bytes[name as "moved"])})`
  );
  return [
    table(
      ["WHAT", "SIZE", "FROM", "TO", "WHY"],
      files.map((it) => [
        it.outcome.replace("_", " "),
        formatBytes(it.size_bytes),
        plain(it.source),
        it.target === null ? "-" : plain(it.target),
        plain(it.reason),
      ]),
    ),
    `Plan ${report.id} is ${report.state}${report.reason ? `: ${plain(report.reason)}` : ""}`,
    `${sums.join(", ")}; ${started_at ?? "not begun"}${finished_at ? ` to ${finished_at}` : ""}`,
  ].join("\n");
}
