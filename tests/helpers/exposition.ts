/**
 * Reads the text of `/metrics` by the grammar of its format, strictly, so that a mistake of the
 * writer is found: https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * @module
 */
export interface Family {
  name: string;
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/;
const SUFFIXES: Record<string, string[]> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/** @throws {Error} the text breaks a rule; the message says which, and where */
export function readExposition(text: string): Family[] {
  if (!text.endsWith("\n")) throw new Error("The last line does not end");
  const families: Family[] = [];
  for (const [index, line] of text.slice(0, -1).split("\n").entries()) {
    const fail = (why: string): never => {
      throw new Error(`Line ${index + 1}, ${why}: ${line}`);
    };
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (!NAME.test(name)) fail("a name");
      if (families.some((it) => it.name === name)) fail("told twice");
      families.push({ name, type: "", help: rest, samples: [] });
      continue;
    }
    const family = families.at(-1) ?? fail("nothing before it");
    if (keyword === "TYPE") {
      if (name !== family.name || family.type || family.samples.length > 0) fail("a stray TYPE");
      if (!(rest in SUFFIXES)) fail("an unknown type");
      if (rest === "counter" && !name.endsWith("_total")) fail("a counter without _total");
      family.type = rest;
      continue;
    }
    const [, sample, labels = "", value = ""] = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/.exec(line) ??
      fail("no sample");
    const suffixes = SUFFIXES[family.type] ?? fail("no type before it");
    if (!suffixes.some((it) => sample === family.name + it)) fail("of another family");
    const number = value === "+Inf" ? Infinity : value === "-Inf" ? -Infinity : Number(value);
    if (Number.isNaN(number) && value !== "NaN") fail("a number");
    const read = readLabels(labels) ?? fail("labels");
    const isSame = (it: Family["samples"][number]) =>
      it.name === sample && JSON.stringify(it.labels) === JSON.stringify(read);
    if (family.samples.some(isSame)) fail("said twice");
    family.samples.push({ name: sample!, labels: read, value: number });
  }
  for (const family of families) if (family.type === "histogram") checkBuckets(family);
  return families;
}

function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const [all, name, value] = LABEL.exec(rest) ?? [];
    if (all === undefined || name! in labels) return undefined;
    const escapes: Record<string, string> = { n: "\n" };
    labels[name!] = value!.replaceAll(/\\(.)/g, (_, it: string) => escapes[it] ?? it);
    rest = rest.slice(all.length);
  }
  return labels;
}

/** Buckets grow, end with +Inf, and that is the count. */
function checkBuckets({ name, samples }: Family): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...others } }) => JSON.stringify(others));
  for (const [labels, all] of series) {
    const buckets = all.filter((it) => it.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => labels.le === "+Inf" ? Infinity : Number(labels.le));
    const count = all.find((it) => it.name === `${name}_count`)?.value;
    const grows = (list: number[]) => list.every((it, at) => at === 0 || it >= list[at - 1]!);
    const isWhole = all.length === buckets.length + 2 && bounds.at(-1) === Infinity;
    if (!isWhole || !grows(bounds) || !grows(buckets.map(({ value }) => value))) {
      throw new Error(`${name}${labels}: its buckets are not in order`);
    }
    if (buckets.at(-1)!.value !== count) throw new Error(`${name}${labels}: +Inf is not the count`);
  }
}
