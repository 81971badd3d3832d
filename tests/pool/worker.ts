/** A worker for tests: it does what it is told, badly if so told. @module */
import { serveJobs, transferring } from "../../src/pool/mod.ts";
import { niceOfThisThread } from "../helpers/nice.ts";

export type Order =
  | { double: number }
  | { fail: string }
  | { crash: true }
  | { silent: true }
  | { crashLater: true }
  | { turns: number }
  | { who: true }
  /** Its thread's nice value. */
  | { nice: true }
  /** Crashes as long as there is no such file, and makes it. */
  | { crashOnce: string }
  | { silentOnce: string }
  /** Bytes that move here, and back with one added to each. */
  | { add: Uint8Array<ArrayBuffer> }
  | { throwFunction: true };

const name = crypto.randomUUID();

serveJobs<Order, unknown>(async (order, turn) => {
  if ("double" in order) return order.double * 2;
  if ("fail" in order) throw new RangeError(order.fail);
  if ("who" in order) return name;
  if ("nice" in order) return niceOfThisThread();
  if ("crash" in order) crash();
  if ("crashLater" in order) {
    setTimeout(crash, 20);
    return "done";
  }
  if ("turns" in order) {
    for (let count = 0; count < order.turns; count++) await turn();
    return order.turns;
  }
  if ("add" in order) {
    order.add.forEach((byte, index) => order.add[index] = byte + 1);
    return transferring(order.add, [order.add.buffer]);
  }
  if ("throwFunction" in order) throw () => {};
  if ("crashOnce" in order) {
    if (isFirst(order.crashOnce)) crash();
    else return name;
  }
  if ("silentOnce" in order && !isFirst(order.silentOnce)) return name;
  await new Promise(() => {});
});

function isFirst(path: string): boolean {
  try {
    Deno.openSync(path, { write: true, createNew: true }).close();
    return true;
  } catch {
    return false;
  }
}

/** Outside of the job, where nobody catches it. */
function crash() {
  setTimeout(() => {
    throw new Error("the worker crashed");
  });
}
