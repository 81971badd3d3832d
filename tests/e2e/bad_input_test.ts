/**
 * Everything wrong that can be found on a disk or around it: each gives its own clear message, and
 * the rest goes on.
 *
 * @module
 */
import { match, ok, strictEqual } from "node:assert/strict";
import {
  listAll,
  type MediaItem,
  type Program,
  runCommand,
  startAgent,
  theProgram,
  untilScanned,
} from "../helpers/agent.ts";
import { has, samples } from "../helpers/clips.ts";
import { heldByRights } from "../helpers/rights.ts";
import { tempDir } from "../helpers/temp.ts";

const isRoot = Deno.uid() === 0;

Deno.test("one bad file or folder costs nobody else anything, and each says what is wrong", async () => {
  await using root = await tempDir();
  await using data = await tempDir();
  const film = await Deno.readFile(samples.mp4);
  await root.file("good.mp4", film);
  await root.file("truncated.mp4", film.subarray(0, film.length / 2));
  await root.file("empty.mkv", "");
  await root.file("liar.webm", "this is no film");
  await root.file("line\nbreak 🎬.mp4", film);
  await root.file("-v.mp4", film);
  await root.file("locked/hidden.mp4", film);
  await Deno.symlink("circle.mp4", `${root.path}/circle.mp4`);
  await Deno.mkdir(`${root.path}/folder`);
  await Deno.symlink("..", `${root.path}/folder/up`);
  await Deno.symlink(samples.mkv, `${root.path}/elsewhere.mkv`);
  await Deno.chmod(`${root.path}/locked`, 0o000);
  try {
    await using agent = await startAgent({
      dataDir: data.path,
      args: ["--media-dir", root.path],
      program: held(),
    });
    const { last } = await untilScanned(agent);
    const items = await listAll<MediaItem>(agent, "/api/media/");

    const errorOf = (name: string) => items.find((it) => it.relative_path === name)?.error ?? "";
    const problemOf = (name: string) =>
      last!.issues.find(({ path }) => path === `${root.path}/${name}`)?.problem ?? "";
    for (const name of ["good.mp4", "line\nbreak 🎬.mp4", "-v.mp4"]) {
      const item = items.find((it) => it.relative_path === name);
      strictEqual(item?.status, "ready", name);
      strictEqual(item?.error, null, name);
    }
    match(errorOf("truncated.mp4"), /damaged or cut off/);
    match(errorOf("empty.mkv"), /empty/);
    match(errorOf("liar.webm"), /cannot be read|install ffmpeg/);
    match(problemOf("locked"), /may not be read: give this user the right/);
    match(problemOf("circle.mp4"), /round in a circle/);
    match(problemOf("folder/up"), /leads back to a folder above/);
    match(problemOf("elsewhere.mkv"), /Links are not followed/);
    ok(!agent.output().includes("line\nbreak"), "a name cannot break a line of the output");
    ok(new Set(last!.issues.map(({ problem }) => problem)).size >= 6, "each its own message");
  } finally {
    await Deno.chmod(`${root.path}/locked`, 0o700);
  }
});

Deno.test("a file that changes while it is hashed is told, and read again at the next scan", async () => {
  await using root = await tempDir();
  await using data = await tempDir();
  const path = await root.file("growing.mp4", await Deno.readFile(samples.mp4));
  await Deno.truncate(path, 1_500_000_000);
  await using agent = await startAgent({
    dataDir: data.path,
    args: ["--media-dir", root.path, "--scan-interval", "0"],
  });

  // The last byte is written while the first ones are hashed.
  for (;;) {
    const { running, progress } = await agent.get<{
      running: boolean;
      progress: { phase: string } | null;
    }>("/api/media/scan/");
    if (progress?.phase === "hash") break;
    ok(running || !progress, "the scan came to the hashes");
  }
  await Deno.writeTextFile(path, "more", { append: true });
  const { last } = await untilScanned(agent);

  match(last!.issues[0]!.problem, /changed while it was read: it is read again at the next scan/);
  await Deno.truncate(path, 1_000_000);
  await fetch(`${agent.url}/api/media/scan/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ wait: true }),
  }).then((it) => it.body?.cancel());
  const [item] = await listAll<MediaItem>(agent, "/api/media/");
  strictEqual(item?.size_bytes, 1_000_000);
  strictEqual(item?.status, "ready");
});

Deno.test("a port that is taken ends the program with the address and what to do", async () => {
  await using data = await tempDir();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;

  const http = await runCommand(["start", "--http-port", String(port)], {
    dataDir: data.path,
    env: { GRPC_SERVER_ADDRESS: "127.0.0.1:0" },
  });
  const grpc = await runCommand(["start", "--http-port", "0"], {
    dataDir: data.path,
    env: { GRPC_SERVER_ADDRESS: `127.0.0.1:${port}` },
  });

  strictEqual(http.code, 1);
  match(http.stderr, new RegExp(`127.0.0.1:${port}": address in use.*HTTP_PORT`));
  strictEqual(grpc.code, 1);
  match(grpc.stderr, new RegExp(`127.0.0.1:${port}": address in use.*GRPC_SERVER_ADDRESS`));
});

Deno.test("a corrupt database is kept aside, and the library built anew", async () => {
  await using data = await tempDir();
  await data.file("library.db", "garbage ".repeat(5000));
  await data.file("edge.db", new Uint8Array(8192).fill(7));

  await using agent = await startAgent({ dataDir: data.path });
  await untilScanned(agent);

  match(agent.output(), /Database was damaged: it is kept aside/);
  strictEqual((await listAll<MediaItem>(agent, "/api/media/")).length, 4);
  const kept: string[] = [];
  for await (const { name } of Deno.readDir(data.path)) {
    if (name.includes(".db.corrupt-")) kept.push(name.split(".")[0]!);
  }
  strictEqual(kept.sort().join(), "edge,library");
});

Deno.test({
  name: "a full disk stops the scan with its reason; the rest goes on, and so does the scan later",
  ignore: !isRoot || !await has("mount", "--version"),
  fn: async () => {
    await using root = await tempDir();
    await using data = await tempDir();
    const bytes = (await Deno.readFile(samples.webm)).subarray(0, 3000);
    for (let at = 0; at < 3000; at++) {
      await root.file(`${at % 30}/${"x".repeat(150)} ${at}.webm`, bytes);
    }
    const mount = await new Deno.Command("mount", {
      args: ["-t", "tmpfs", "-o", "size=3m", "tmpfs", data.path],
    }).output();
    strictEqual(mount.code, 0);
    try {
      {
        await using agent = await startAgent({
          dataDir: data.path,
          args: ["--media-dir", root.path],
        });
        const { failed } = await untilScanned(agent);
        match(failed ?? "", /the disk is full: free some space/);
        const health = await agent.get<{ status: string }>("/api/health/");
        strictEqual(health.status, "degraded");
        await agent.get("/api/media/");
        agent.kill("SIGTERM");
        strictEqual((await agent.status).code, 0);
      }
      await new Deno.Command("mount", {
        args: ["-o", "remount,size=64m", data.path],
      }).output();
      const { code, stdout } = await runCommand(["scan", "--json"], {
        dataDir: data.path,
        env: { MEDIA_DIRS: root.path },
      });
      strictEqual(code, 0);
      strictEqual(JSON.parse(stdout).files, 3000);
    } finally {
      await new Deno.Command("umount", { args: [data.path] }).output();
    }
  },
});

/** The program, whom rights do stop. */
function held(): Program {
  const program = theProgram();
  const [command, args] = heldByRights(program.command, ...program.args);
  return { ...program, command, args };
}
