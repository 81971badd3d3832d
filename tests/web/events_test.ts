/** Of which events the page hears. @module */
import { deepStrictEqual } from "node:assert/strict";
import { listenToServer } from "../../src/web/events.ts";

Deno.test("the page hears that the catalogue, or what of it is shared, is another", () => {
  const source = new EventTarget();
  const real = globalThis.EventSource;
  const fake = function () {
    return Object.assign(source, { close: () => {} });
  };
  globalThis.EventSource = fake as unknown as typeof EventSource;
  const heard: string[] = [];
  try {
    const stop = listenToServer({ onEvent: ({ type }) => heard.push(type), onOnline: () => {} });
    for (const type of ["catalog.changed", "sharing.changed", "audit.other"]) {
      source.dispatchEvent(new MessageEvent(type, { data: JSON.stringify({ type }) }));
    }
    stop();
  } finally {
    globalThis.EventSource = real;
  }
  deepStrictEqual(heard, ["catalog.changed", "sharing.changed"]);
});
