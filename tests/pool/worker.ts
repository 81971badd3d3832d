/** A worker for tests: it does what it is told, badly if so told. @module */
import { serveJobs } from "../../src/pool/mod.ts";

export type Order =
  | { double: number }
  | { fail: string }
  | { crash: true }
  | { silent: true }
  | { crashLater: true }
  | { turns: number }
  | { who: true };

const name = crypto.randomUUID();

serveJobs<Order, unknown>(async (order, turn) => {
  if ("double" in order) return order.double * 2;
  if ("fail" in order) throw new RangeError(order.fail);
  if ("who" in order) return name;
  if ("crash" in order) crash();
  if ("crashLater" in order) {
    setTimeout(crash, 20);
    return "done";
  }
  if ("turns" in order) {
    for (let count = 0; count < order.turns; count++) await turn();
    return order.turns;
  }
  await new Promise(() => {});
});

/** Outside of the job, where nobody catches it. */
function crash() {
  setTimeout(() => {
    throw new Error("the worker crashed");
  });
}
