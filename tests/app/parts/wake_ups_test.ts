import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createWakeUps } from "../../../src/app/parts/wake_ups.ts";
import { settle } from "../../helpers/wait.ts";

Deno.test("each sleeping folder is waited for once, and a scan follows when it is awake", async () => {
  const waits: { driveIds: readonly string[]; wake: () => void }[] = [];
  let awake = 0;
  const stop = new AbortController();
  const waitFor = createWakeUps({
    gate: {
      pass: (driveIds, _, signal) =>
        new Promise((resolve, reject) => {
          waits.push({ driveIds, wake: resolve });
          signal!.addEventListener("abort", () => reject(signal!.reason));
        }),
    },
    locate: (path) =>
      path === "/gone"
        ? Promise.reject(new Error("it does not answer"))
        : Promise.resolve({ driveIds: [`drive of ${path}`] }),
    onAwake: () => awake++,
    signal: stop.signal,
  });

  waitFor(["/a", "/b", "/gone"]);
  await settle();
  waitFor(["/a"]);
  await settle();
  deepStrictEqual(waits.map(({ driveIds }) => driveIds), [["drive of /a"], ["drive of /b"]]);

  waits[0]!.wake();
  await settle();
  strictEqual(awake, 1);
  waitFor(["/a"]);
  await settle();
  strictEqual(waits.length, 3, "it has fallen asleep again");
  stop.abort(new Error("the end"));
  await settle();
  strictEqual(awake, 1);
});
