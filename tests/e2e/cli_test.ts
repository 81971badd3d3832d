/**
 * The command line as people and scripts use it.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { runCommand, startAgent, untilScanned } from "../helpers/agent.ts";
import { freePort } from "../helpers/port.ts";
import { say } from "../helpers/say.ts";
import { samples } from "../helpers/clips.ts";
import { tempDir } from "../helpers/temp.ts";

const commands = ["start", "scan", "status", "drives", "media", "config", "edge", "version"];

Deno.test("--help lists every command, and each command explains itself", async () => {
  await using data = await tempDir();

  const { code, stdout } = await runCommand(["--help"], { dataDir: data.path });
  const each = await Promise.all(
    commands.map((name) => runCommand([name, "--help"], { dataDir: data.path })),
  );

  strictEqual(code, 0);
  for (const [index, name] of commands.entries()) {
    match(stdout, new RegExp(`^  ${name}\\b`, "m"));
    strictEqual(each[index]!.code, 0, name);
    match(each[index]!.stdout, new RegExp(`Usage: giggityflix ${name}\\b|Usage: ${name}\\b`));
  }
});

Deno.test("wrong words end with code 2 and say what would be right", async () => {
  await using data = await tempDir();
  const cases = [
    [["dance"], /unknown command 'dance'/],
    [["scan", "--nothing"], /unknown option '--nothing'/],
    [["scan", "/no/such/folder"], /Cannot scan "\/no\/such\/folder"/],
    [["config", "set", "http_port", "many"], /Cannot set HTTP_PORT to "many"/],
    [["start", "--http-port", "99999"], /HTTP_PORT/],
    [["peers", "invite", "--minutes", "0"], /Cannot read --minutes "0": expected more than 0 and/],
  ] as const;

  for (const [args, message] of cases) {
    const { code, stderr } = await runCommand([...args], { dataDir: data.path });
    strictEqual(code, 2, `${args.join(" ")}: ${stderr}`);
    match(stderr, message);
  }
  const { code, stderr } = await runCommand(["config", "get", "moon"], { dataDir: data.path });
  strictEqual(code, 4);
  match(stderr, /Cannot find a setting "moon"/);
});

Deno.test("scan works without an agent, adds its folder, and reads nothing twice", async () => {
  await using data = await tempDir();
  await using root = await tempDir();
  await root.file("one.webm", await Deno.readFile(samples.webm));
  const run = (...args: string[]) => runCommand(args, { dataDir: data.path });

  const first = JSON.parse((await run("scan", root.path, "--json")).stdout);
  const second = JSON.parse((await run("scan", "--json")).stdout);
  const listed = (await run("media", "--json")).stdout.trim().split("\n");
  const folders = (await run("config", "get", "MEDIA_DIRS")).stdout.trim();

  deepStrictEqual([first.files, first.new, first.errors], [1, 1, 0]);
  ok(first.bytes_read > 800_000);
  deepStrictEqual([second.files, second.new, second.bytes_read], [1, 0, 0]);
  strictEqual(JSON.parse(listed[0]!).title, "one");
  strictEqual(folders, root.path);
});

Deno.test("a scan of a folder in a media folder looks into that part alone", async () => {
  await using data = await tempDir();
  await using root = await tempDir();
  const film = await Deno.readFile(samples.webm);
  for (const name of ["one.webm", "part/two.webm", "part/three.webm"]) await root.file(name, film);
  const scan = async (...args: string[]) => {
    const { stdout } = await runCommand(["scan", ...args, "--json"], { dataDir: data.path });
    return JSON.parse(stdout);
  };

  await scan(root.path);
  await root.file("four.webm", film);
  await root.file("part/five.webm", film);
  await Deno.remove(`${root.path}/one.webm`);
  const part = await scan(`${root.path}/part`);
  const word = await runCommand(["scan", "--confirm", root.path], { dataDir: data.path });

  deepStrictEqual([part.files, part.new, part.gone], [3, 1, 0]);
  strictEqual(word.code, 4);
  ok(word.stderr.includes("No files wait for that now"), word.stderr);
});

Deno.test("commands ask the running agent, and nobody else may write its data folder", async () => {
  await using data = await tempDir();
  await using root = await tempDir();
  await root.file("one.webm", await Deno.readFile(samples.webm));
  const run = (...args: string[]) => runCommand(args, { dataDir: data.path });

  const without = await run("status", "--json");
  strictEqual(without.code, 6);
  deepStrictEqual(JSON.parse(without.stdout).running, false);

  await using agent = await startAgent({ dataDir: data.path });
  await untilScanned(agent);
  const status = JSON.parse((await run("status", "--json")).stdout);
  deepStrictEqual([status.running, status.pid, status.url], [true, agent.pid, agent.url]);

  const scanned = JSON.parse((await run("scan", root.path, "--json")).stdout);
  strictEqual(scanned.files, 1);
  const { items } = await agent.get<{ items: { title: string; status: string }[] }>("/api/media/");
  ok(items.some(({ title, status }) => title === "one" && status === "ready"));

  strictEqual((await run("config", "set", "log_level", "debug")).code, 0);
  const level = await agent.get<{ value: string; source: string }>("/api/configurations/log_level");
  deepStrictEqual([level.value, level.source], ["debug", "stored"]);

  const second = await runCommand(["start", "--http-port", "0"], { dataDir: data.path });
  strictEqual(second.code, 5);
  match(second.stderr, /another giggityflix works in it/);
});

Deno.test("drives prints JSON and a table of the same drives", async () => {
  await using data = await tempDir();

  const json = JSON.parse((await runCommand(["drives", "--json"], { dataDir: data.path })).stdout);
  const { stdout } = await runCommand(["drives"], { dataDir: data.path });

  ok(json.drives.length > 0);
  for (const { id } of json.drives) ok(stdout.includes(id));
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends the agent in under 2 s, in the middle of a scan, with all stored`, async () => {
    await using data = await tempDir();
    await using root = await tempDir();
    const film = await Deno.readFile(samples.webm);
    for (let at = 0; at < 400; at++) await root.file(`${at}.webm`, film.subarray(0, 40_000));
    await using agent = await startAgent({
      dataDir: data.path,
      args: ["--media-dir", root.path],
    });
    await untilHashing(agent.get);

    const started = performance.now();
    agent.kill(signal);
    const { code } = await agent.status;
    const ms = performance.now() - started;

    strictEqual(code, 0, agent.output());
    ok(ms < 2000, `${ms} ms`);
    const { stdout } = await runCommand(["scan", "--json"], {
      dataDir: data.path,
      env: { MEDIA_DIRS: root.path },
    });
    const { files, new: found } = JSON.parse(stdout);
    deepStrictEqual([files, found], [400, 0]);
  });
}

Deno.test("a second SIGINT ends the agent at once", async () => {
  await using data = await tempDir();
  await using agent = await startAgent({ dataDir: data.path });

  agent.kill("SIGINT");
  agent.kill("SIGINT");
  const started = performance.now();
  const { code } = await agent.status;

  ok(performance.now() - started < 500);
  ok(code === 130 || code === 0, `code ${code}`);
});

Deno.test("--version answers within 1.3 times of an empty Deno program", async () => {
  await using data = await tempDir();
  const empty = await data.file("empty.ts", "");
  const main = new URL("../../main.ts", import.meta.url).pathname;

  const ratio = await compareTimes(
    [Deno.execPath(), "run", "-A", "--no-check", main, "--version"],
    [Deno.execPath(), "run", "-A", "--no-check", empty],
  );

  say(`--version takes ${ratio.toFixed(2)} times as long as an empty program`);
  ok(ratio < 1.3, `${ratio}`);
});

/** How many times longer `one` takes: the median of pairs, because the machine's speed drifts. */
async function compareTimes(one: string[], other: string[]): Promise<number> {
  const time = async ([command, ...args]: string[]) => {
    const started = performance.now();
    await new Deno.Command(command!, { args }).output();
    return performance.now() - started;
  };
  await time(one);
  await time(other);
  const ratios: number[] = [];
  for (let pair = 0; pair < 11; pair++) ratios.push(await time(one) / await time(other));
  return ratios.sort((a, b) => a - b)[5]!;
}

async function untilHashing(get: <T>(path: string) => Promise<T>): Promise<void> {
  for (;;) {
    const { running, progress, last } = await get<{
      running: boolean;
      progress: { phase: string } | null;
      last: unknown;
    }>("/api/media/scan/");
    if (progress?.phase === "probe" || progress?.phase === "hash" || last && !running) return;
  }
}

Deno.test("a setting that would move the agent to a taken port is refused, and the agent goes on", async () => {
  await using data = await tempDir();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await runCommand(["config", "set", "http_port", "0"], { dataDir: data.path });
  await using agent = await startAgent({ dataDir: data.path, ports: "stored" });
  const set = (port: number) =>
    runCommand(["config", "set", "http_port", String(port)], { dataDir: data.path });

  const refused = await set(port);
  const moved = await set(freePort());

  strictEqual(refused.code, 5, refused.stderr);
  match(refused.stderr, /address in use/);
  strictEqual(moved.code, 0, moved.stderr);
  strictEqual((await runCommand(["status"], { dataDir: data.path })).code, 0);
  ok(agent.output().match(/listens at/g)!.length === 2, agent.output());
});

Deno.test("an address that this machine does not have is refused, and the agent goes on", async () => {
  await using data = await tempDir();
  await using agent = await startAgent({ dataDir: data.path });

  const { code, stderr } = await runCommand(["config", "set", "http_host", "203.0.113.9"], {
    dataDir: data.path,
  });

  strictEqual(code, 5, stderr);
  match(stderr, /Cannot listen on "203.0.113.9/);
  await agent.get("/api/health/");
});

Deno.test("the token of an agent that was killed is shown to nobody who listens in its place", async () => {
  await using data = await tempDir();
  await using killed = await startAgent({ dataDir: data.path });
  const { url } = killed;
  killed.kill("SIGKILL");
  await killed.status;
  let asked = 0;
  await using _other = Deno.serve({ port: Number(new URL(url).port), onListen() {} }, () => {
    asked++;
    return new Response("{}");
  });

  const without = await runCommand(["status"], { dataDir: data.path });
  await using second = await startAgent({ dataDir: data.path });
  const { code, stdout } = await runCommand(["status", "--json"], { dataDir: data.path });

  strictEqual(without.code, 6);
  strictEqual(code, 0);
  strictEqual(JSON.parse(stdout).pid, second.pid);
  strictEqual(asked, 0);
});
