import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { inLane } from "../../../src/media/scan/in_lane.ts";
import { touchFreely } from "../../../src/media/scan/walk/touch.ts";
import { Lanes } from "../../../src/pool/mod.ts";
import { settle, within } from "../../helpers/wait.ts";

function create() {
  const lanes = new Lanes(() => "hdd");
  const stop = new AbortController();
  const locate = () => Promise.resolve({ driveIds: ["disk"] });
  return { lanes, stop, touch: inLane({ lanes, locate, touch: touchFreely }, stop.signal) };
}

Deno.test("a look into a folder waits for the reader of its drive, and goes before hashing", async () => {
  const { lanes, touch } = create();
  const order: string[] = [];
  const reader = await lanes.acquire(["disk"], { priority: "hash" });
  const hashing = lanes.acquire(["disk"], { priority: "hash" }).then((lease) => {
    order.push("hash");
    lease[Symbol.dispose]();
  });
  const looking = touch("/films", () => Promise.resolve(order.push("look")));
  await settle();
  deepStrictEqual(order, []);

  reader[Symbol.dispose]();
  await within("both", Promise.all([looking, hashing]));

  deepStrictEqual(order, ["look", "hash"]);
  strictEqual(lanes.list()[0]?.held.scan, 0);
});

Deno.test("a look into a folder leaves the drive to a film, and gives up with its scan", async () => {
  const { lanes, stop, touch } = create();
  lanes.openStream(["disk"]);
  let looked = false;
  const looking = touch("/films", () => Promise.resolve(looked = true));
  await settle();

  stop.abort(new Error("enough"));

  await rejects(within("the end", looking), { message: "enough" });
  strictEqual(looked, false);
});
