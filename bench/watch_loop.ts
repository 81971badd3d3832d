/**
 * Loaded before the program: notes when its event loop stood still, and writes it down at exit.
 *
 * @module
 */

const TICK_MS = 5;

const blocks: { at: number; ms: number }[] = [];
let last = performance.now();

const timer = setInterval(() => {
  const now = performance.now();
  const ms = now - last - TICK_MS;
  if (ms > TICK_MS) blocks.push({ at: now, ms });
  last = now;
}, TICK_MS);
Deno.unrefTimer(timer);

addEventListener("unload", () => {
  const path = Deno.env.get("WATCH_LOOP");
  const seen = { endedAt: performance.now(), blocks };
  if (path) Deno.writeTextFileSync(path, JSON.stringify(seen));
});
