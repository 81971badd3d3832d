/** Scans what may not be read, prints what came of it, and gives the rights back. @module */
import { join } from "node:path";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

await using rig = await openRig();
const locked = ["locked", "[1] *? locked", "back\\slash", "parent/locked"];
for (const folder of locked) await rig.file(`${folder}/deep/a.wav`, wav(1));
await rig.file("open/a.wav", wav(1));
await rig.file("unreadable.wav", wav(2));
const gone = await rig.file("gone.wav", wav(3));
const set = async (mode: number) => {
  for (const folder of locked) await Deno.chmod(join(rig.root, folder), mode);
};
const look = (issues: { path: string; problem: string }[]) => ({
  statuses: rig.statuses(),
  issues: issues.map(({ path, problem }) => [path.slice(rig.root.length + 1), problem]),
});

await Deno.chmod(join(rig.root, "unreadable.wav"), 0);
await rig.scan();
await Deno.remove(gone);
await set(0);
const without = look((await rig.scan()).issues);
await Deno.chmod(rig.root, 0);
const nothing = look((await rig.scan()).issues);
await Deno.chmod(rig.root, 0o700);
await set(0o700);
await Deno.chmod(join(rig.root, "unreadable.wav"), 0o600);
const again = look((await rig.scan()).issues);

await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ without, nothing, again })));
