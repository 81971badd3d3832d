import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runCommand, startAgent, untilScanned } from "../../helpers/agent.ts";
import { wav } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";

const env = { INCLUDE_EXTENSIONS: ".wav" };

Deno.test("an ingest without an agent: plan, execute, report, undo", async () => {
  await using dir = await tempDir();
  const films = join(dir.path, "films");
  await Deno.mkdir(films);
  await dir.file("in/Song.wav", wav(1));
  const options = { dataDir: join(dir.path, "data"), env: { ...env, MEDIA_DIRS: films } };
  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(["ingest", ...args], options);
    strictEqual(code, 0, `${args.join(" ")}: ${stderr}`);
    return stdout.trimEnd();
  };

  const planned = await say("plan", join(dir.path, "in"), "--policy", "flat");
  const [, id] = /ingest execute (\S+)/.exec(planned)!;
  const executed = await say("execute", id!);
  const report = JSON.parse(await say("report", id!, "--json"));
  const undo = JSON.parse(await say("undo", id!, "--json"));
  await say("execute", undo.id);
  const list = await say("list", "--json");
  const nothing = await runCommand(["ingest", "report", "nope"], options);

  match(planned, /Song\.wav +flat: under its own name/);
  match(planned, /Nothing has changed yet/);
  match(executed, /moved .*Song\.wav/);
  deepStrictEqual([report.counts.moved, report.files[0].outcome], [1, "moved"]);
  deepStrictEqual(list.split("\n").map((it) => JSON.parse(it).state), ["done", "done"]);
  strictEqual((await Deno.stat(join(dir.path, "in/Song.wav"))).isFile, true);
  strictEqual(nothing.code, 4);
});

Deno.test("an ingest by the running agent", async () => {
  await using dir = await tempDir();
  const films = join(dir.path, "films");
  await Deno.mkdir(films);
  for (let index = 0; index < 5; index++) await dir.file(`in/${index}.wav`, wav(index + 1));
  const dataDir = join(dir.path, "data");
  const options = { dataDir, env: { ...env, MEDIA_DIRS: films } };
  await using agent = await startAgent(options);
  await untilScanned(agent);

  const planned = await runCommand(
    ["ingest", "plan", join(dir.path, "in"), "--policy", "flat", "--json"],
    options,
  );
  const { id } = JSON.parse(planned.stdout);
  const executed = await runCommand(["ingest", "execute", id, "--json"], options);

  strictEqual(executed.code, 0, executed.stderr);
  strictEqual(JSON.parse(executed.stdout).counts.moved, 5);
});

Deno.test("an ingest that did not succeed ends with 1, and says why in a sentence", async () => {
  await using dir = await tempDir();
  const films = join(dir.path, "films");
  await Deno.mkdir(films);
  const song = await dir.file("in/Song.wav", wav(1));
  const options = { dataDir: join(dir.path, "data"), env: { ...env, MEDIA_DIRS: films } };
  const ingest = (...args: string[]) => runCommand(["ingest", ...args], options);

  const planned = await ingest("plan", join(dir.path, "in"), "--policy", "flat", "--json");
  const { id } = JSON.parse(planned.stdout);
  await Deno.remove(song);
  const executed = await ingest("execute", id);

  strictEqual(executed.code, 1, executed.stderr);
  match(executed.stderr, /Plan \S+ is stopped: 1 file could not be taken: the report says why/);
  match(executed.stdout, /The source is not there any more/);
  strictEqual(/is done/.test(executed.stdout), false);
});
