import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { CommandError, run } from "../../src/base/command.ts";
import { UnavailableError } from "../../src/base/errors.ts";
import { has } from "../helpers/clips.ts";
import { within } from "../helpers/wait.ts";

const ignore = !await has("sh", "-c", "true");

/** Runs `code` in a Deno of its own; it sees `args`. */
const deno = (code: string, ...args: string[]) =>
  run(Deno.execPath(), ["eval", "--ext=js", code, ...args]);

Deno.test("run() returns what a program printed, and passes arguments as they are", async () => {
  const args = ["$HOME", "a b", "; rm -rf x", "*", "line\nbreak", "é", ""];

  const output = await deno("console.log(JSON.stringify(Deno.args))", ...args);

  deepStrictEqual(JSON.parse(output), args);
});

Deno.test("run() says that a program is not installed", async () => {
  await rejects(run("giggityflix-no-such-tool", []), (error: CommandError) => {
    ok(error instanceof CommandError && error instanceof UnavailableError);
    strictEqual(error.message, 'Cannot run "giggityflix-no-such-tool": not installed');
    strictEqual(error.details.missing, true);
    return true;
  });
});

Deno.test("run() takes any exit code for an answer where told to, but not a program's being killed", async () => {
  const exits = ["eval", "--ext=js", "console.log('partial'); Deno.exit(64)"];
  const dies = ["eval", "--ext=js", "Deno.kill(Deno.pid, 'SIGKILL'); await new Promise(() => {})"];

  strictEqual(await run(Deno.execPath(), exits, { anyExit: true }), "partial\n");
  await rejects(run(Deno.execPath(), exits), CommandError);
  await rejects(run(Deno.execPath(), dies, { anyExit: true }), CommandError);
});

Deno.test("run() tells exit code and stderr of a program that failed, and no more of it than helps", async () => {
  const failed = deno(`console.error("no such disk " + "x".repeat(100_000)); Deno.exit(3)`);

  await rejects(failed, (error: CommandError) => {
    ok(error instanceof CommandError);
    strictEqual(error.details.code, 3);
    ok(error.message.includes("exited with code 3: no such disk"));
    ok(error.message.length < 5000, `${error.message.length} characters`);
    return true;
  });
});

Deno.test({ name: "run() ends a program that does not answer in time", ignore }, async () => {
  const began = performance.now();

  const hung = run("sh", ["-c", "exec sleep 20"], { timeoutMs: 100 });

  await rejects(within("the end", hung), { name: "CommandError", message: /no answer in 100 ms/ });
  ok(performance.now() - began < 3000);
});

Deno.test({ name: "run() ends a program that ignores SIGTERM", ignore }, async () => {
  const stubborn = run("sh", ["-c", "trap '' TERM; while :; do sleep 0.05; done"], {
    timeoutMs: 100,
  });

  await rejects(within("the end", stubborn), { name: "CommandError" });
});

Deno.test(
  { name: "run() does not wait for a child that its program left behind", ignore },
  async () => {
    const parent = run("sh", ["-c", "sleep 3; true"], { timeoutMs: 100 });

    await rejects(within("the end", parent, 1500), { name: "CommandError", message: /no answer/ });
  },
);

Deno.test(
  { name: "run() gives up when its signal aborts, with the signal's reason", ignore },
  async () => {
    const stop = new AbortController();
    const running = run("sh", ["-c", "exec sleep 20"], { signal: stop.signal });

    stop.abort(new Error("enough"));

    await rejects(within("the end", running), { message: "enough" });
    await rejects(run("sh", ["-c", "true"], { signal: stop.signal }), { message: "enough" });
  },
);
