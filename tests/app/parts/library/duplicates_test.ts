import { deepStrictEqual, rejects } from "node:assert/strict";
import { ConflictError } from "../../../../src/base/errors.ts";
import { Events } from "../../../../src/base/events.ts";
import { silent } from "../../../../src/base/log.ts";
import {
  createDuplicatesWatch,
  type DuplicatesOptions,
} from "../../../../src/app/parts/library/duplicates.ts";

type Look = DuplicatesOptions["duplicates"]["look"];

function watch(look: () => Promise<unknown>, isDue = () => false) {
  const events = new Events();
  const ended = new AbortController();
  const done: string[] = [];
  const settled = Promise.withResolvers<void>();
  const service = createDuplicatesWatch({
    duplicates: {
      look: look as Look,
      isDue,
      trash: {
        settle: () => {
          done.push("settle");
          settled.resolve();
          return Promise.resolve();
        },
      },
    },
    events,
    log: silent,
  });
  const running = service(ended.signal);
  const scanned = (count: number) =>
    events.publish("scan.finished", { new: count, changed: 0, moved: 0, gone: 0 });
  return { done, running, scanned, settled: settled.promise, stop: () => ended.abort() };
}

Deno.test("duplicates are looked for after each scan that has found something", async () => {
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  const watching = watch(() => {
    if (++looks === 2) looked.resolve();
    // The first one: a person looks already.
    return looks === 1 ? Promise.reject(new ConflictError("it runs already")) : Promise.resolve();
  });
  await watching.settled;

  watching.scanned(0);
  watching.scanned(3);
  watching.scanned(1);
  await looked.promise;

  deepStrictEqual([looks, watching.done], [2, ["settle"]]);
  watching.stop();
  await watching.running;
});

Deno.test("a look that was cut off is made up for after the next scan, whatever that finds", async () => {
  const looked = Promise.withResolvers<void>();
  const watching = watch(() => Promise.resolve(looked.resolve()), () => true);
  await watching.settled;

  watching.scanned(0);

  await looked.promise;
  watching.stop();
  await watching.running;
});

Deno.test("a look that fails otherwise is told to whoever keeps services running", async () => {
  const watching = watch(() => Promise.reject(new Error("a bug")));
  await watching.settled;

  watching.scanned(1);

  await rejects(watching.running, { message: "a bug" });
  watching.stop();
});
