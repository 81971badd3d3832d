/**
 * A program that executes one ingest plan, and waits for nothing else, so that it can be killed in
 * the middle of it. It loads first, and begins when it is told on its standard input.
 *
 * @module
 */
import { openRoom } from "./room.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));

const [database, root] = Deno.args;
say("ready");
const go = new Uint8Array(100);
const read = await Deno.stdin.read(go);
if (read === null) Deno.exit(0); // it is not needed
const id = new TextDecoder().decode(go.subarray(0, read)).trim();
await using room = openRoom(database!, root!);
say("begun");
const plan = await room.ingest.execute(id, { signal: AbortSignal.timeout(60_000), force: true });
say(`${plan.state} ${plan.reason ?? ""}`);
