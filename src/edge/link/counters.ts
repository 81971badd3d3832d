/**
 * What the link counts, and how `/metrics` names it.
 *
 * @module
 */
import type { Metric } from "../../base/metrics.ts";

export interface LinkCounters {
  /** Messages that this program does not understand. */
  ignored: number;
  attempts: number;
  commands: number;
  idsAnnounced: number;
  /** Lists that the edge had already. */
  listsSpared: number;
}

export function linkCounters(): LinkCounters {
  return { ignored: 0, attempts: 0, commands: 0, idsAnnounced: 0, listsSpared: 0 };
}

/** @param waiting answers that no edge has confirmed */
export function linkMetrics(it: LinkCounters, connected: boolean, waiting: number): Metric[] {
  const row = (name: string, type: "counter" | "gauge", help: string, value: number): Metric => ({
    name: `giggityflix_link_${name}`,
    type,
    help,
    samples: [{ value }],
  });
  const counter = (name: string, help: string, value: number) =>
    row(`${name}_total`, "counter", help, value);
  return [
    row("connected", "gauge", "1 while this peer is linked to an edge", connected ? 1 : 0),
    row("answers_waiting", "gauge", "Answers that the edge may not have yet", waiting),
    counter("attempts", "Attempts to open a link", it.attempts),
    counter("commands", "Commands of the edge", it.commands),
    counter("messages_ignored", "Messages of the edge that were not understood", it.ignored),
    counter("ids_announced", "Catalogue ids sent to the edge", it.idsAnnounced),
    counter("lists_spared", "Lists that the edge had already", it.listsSpared),
  ];
}
