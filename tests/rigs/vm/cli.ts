/**
 * The machine by hand: `deno run -A tests/rigs/vm/cli.ts [FOLDER]` boots it and obeys its input, a
 * line each: `unplug ID`, `plug ID`, `hang ID`, `revive ID`, `qmp COMMAND JSON`; any other line is
 * a script for the guest. End of input ends the machine. FOLDER is the guest's /src.
 *
 * @module
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { say } from "../../helpers/say.ts";
import { type DiskId, startVm } from "./mod.ts";

const started = performance.now();
await using vm = await startVm({ share: Deno.args[0] ?? await Deno.makeTempDir(), say });
say(`up after ${((performance.now() - started) / 1000).toFixed(1)} s, port ${vm.port}`);
for await (const line of createInterface({ input: process.stdin })) {
  const [word, id, ...rest] = line.trim().split(" ");
  try {
    if (word === "unplug") await vm.unplug(id as DiskId);
    else if (word === "plug") await vm.plug(id as DiskId);
    else if (word === "hang") vm.hang(id as DiskId);
    else if (word === "revive") vm.revive(id as DiskId);
    else if (word === "qmp") {
      say(JSON.stringify(await vm.qmp.execute(id!, JSON.parse(rest.join(" ") || "{}"))));
    } else if (word) {
      const from = performance.now();
      const { code, stdout, stderr } = await vm.run(line, 600_000);
      say(`${stdout}${stderr}= ${code} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
    }
  } catch (error) {
    say(String(error));
  }
}
