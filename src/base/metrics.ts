/**
 * Metrics as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/
 * Each folder tells its own numbers; here is only how they are written.
 *
 * @module
 */

export interface Metric {
  /** In base units, counters with `_total`: "giggityflix_lane_read_bytes_total". */
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  samples: Sample[];
}

export interface Sample {
  labels?: Record<string, string>;
  value: number | Distribution;
}

/** What a histogram says. */
export interface Distribution {
  /** Upper bounds, each included, in ascending order. */
  bounds: readonly number[];
  /** How many fell into each bucket, those beyond the last bound at the end. Not cumulative. */
  counts: readonly number[];
  sum: number;
}

/** How the text is announced. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The text of all `metrics`. */
export function toExposition(metrics: Iterable<Metric>): string {
  let text = "";
  for (const { name, type, help, samples } of metrics) {
    text += `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`;
    text += `# TYPE ${name} ${type}\n`;
    for (const { labels = {}, value } of samples) {
      text += typeof value === "number"
        ? line(name, labels, value)
        : distribution(name, labels, value);
    }
  }
  return text;
}

function distribution(
  name: string,
  labels: Record<string, string>,
  { bounds, counts, sum }: Distribution,
): string {
  let text = "";
  let upTo = 0;
  for (const [index, count] of counts.entries()) {
    upTo += count;
    text += line(`${name}_bucket`, { ...labels, le: numberOf(bounds[index] ?? Infinity) }, upTo);
  }
  return text + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, upTo);
}

function line(name: string, labels: Record<string, string>, value: number): string {
  const told = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}${told.length > 0 ? `{${told.join(",")}}` : ""} ${numberOf(value)}\n`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberOf(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : sign(value);
}

function sign(infinite: number): string {
  return infinite > 0 ? "+Inf" : "-Inf";
}
