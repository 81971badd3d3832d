import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Events } from "../../../src/base/events.ts";
import { silent } from "../../../src/base/log.ts";
import { createIntake } from "../../../src/items/exchange/mod.ts";
import { within } from "../../helpers/wait.ts";

Deno.test("what waits is taken in at the start and after each scan, and nothing else begins it", async () => {
  const events = new Events();
  const done: string[] = [];
  const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const items = {
    nfos: { take: () => Promise.resolve(done.push("nfos")) },
    exchange: {
      takeWaiting: () => {
        done.push("lines");
        turns[done.length / 2 - 1]?.resolve();
        return Promise.resolve(0);
      },
    },
  };
  const stop = new AbortController();

  const running = createIntake({ items, events, log: silent })(stop.signal);
  await within("the start", turns[0]!.promise);
  events.publish("scan.started", {});
  events.publish("scan.finished", {});
  await within("the scan", turns[1]!.promise);
  stop.abort();
  await within("the end", running);

  deepStrictEqual(done, ["nfos", "lines", "nfos", "lines"]);
  strictEqual(done.length, 4);
});
