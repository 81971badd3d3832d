import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { toExposition } from "../../src/base/metrics.ts";
import { readExposition } from "../helpers/exposition.ts";

Deno.test("toExposition() writes names, labels and numbers as Prometheus reads them", () => {
  const text = toExposition([
    {
      name: "reads_total",
      type: "counter",
      help: "Reads \\ of\na drive",
      samples: [{ labels: { path: 'C:\\a "b"\nc' }, value: 3 }, { value: Infinity }],
    },
    { name: "empty", type: "gauge", help: "Nothing yet", samples: [] },
  ]);

  strictEqual(
    text,
    "# HELP reads_total Reads \\\\ of\\na drive\n" +
      "# TYPE reads_total counter\n" +
      'reads_total{path="C:\\\\a \\"b\\"\\nc"} 3\n' +
      "reads_total +Inf\n" +
      "# HELP empty Nothing yet\n" +
      "# TYPE empty gauge\n",
  );
});

Deno.test("a histogram is cumulative, and ends with +Inf", () => {
  const text = toExposition([{
    name: "wait_seconds",
    type: "histogram",
    help: "Waiting",
    samples: [{ labels: { lane: "a" }, value: { bounds: [0.1, 1], counts: [2, 1, 4], sum: 9.5 } }],
  }]);

  const [family] = readExposition(text);

  deepStrictEqual(family!.samples, [
    { name: "wait_seconds_bucket", labels: { lane: "a", le: "0.1" }, value: 2 },
    { name: "wait_seconds_bucket", labels: { lane: "a", le: "1" }, value: 3 },
    { name: "wait_seconds_bucket", labels: { lane: "a", le: "+Inf" }, value: 7 },
    { name: "wait_seconds_sum", labels: { lane: "a" }, value: 9.5 },
    { name: "wait_seconds_count", labels: { lane: "a" }, value: 7 },
  ]);
});
