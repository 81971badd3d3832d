/**
 * A real PostgreSQL of a test's own, in memory where that can be; gone with the test, also when that
 * is killed. In one test: `await using server = await startPostgres()`. For all tests of a file: at
 * its top, `const server = hasPostgres ? await startPostgres() : undefined`; it ends with the file.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { freePort } from "./port.ts";

export interface PostgresServer extends AsyncDisposable {
  /** Of its first database. */
  url: string;
  port: number;
  /** A new, empty database; returns its URL. */
  database(): Promise<string>;
  /** Stops it: "INT" ends all sessions and stops in order, "QUIT" is as good as a crash. */
  stop(how?: "INT" | "QUIT"): Promise<void>;
  /** Starts it again, on the same port and with the same data. */
  start(): Promise<void>;
  /** Stops or goes on with the answers of every process of it: "STOP", "CONT". */
  signal(name: "STOP" | "CONT"): Promise<void>;
}

const setpriv = "/usr/bin/setpriv";
/** Where Debian has the server's programs, the newest first; or in PATH. */
const folder = findFolder();

/** Whether PostgreSQL is here: `ignore: !hasPostgres`. */
export const hasPostgres = folder !== undefined && (Deno.uid() !== 0 || existsSync(setpriv));

/** Takes about a second. */
export async function startPostgres(): Promise<PostgresServer> {
  if (!folder) throw new Error("PostgreSQL is not installed");
  const root = existsSync("/dev/shm") ? "/dev/shm" : undefined;
  const home = await Deno.makeTempDir({ prefix: "gf-pg-", ...root && { dir: root } });
  const data = `${home}/data`;
  // The server refuses to be root.
  const isRoot = Deno.uid() === 0;
  const user = isRoot ? [setpriv, "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  if (isRoot) await command("chown", "postgres:", home);
  await command("cp", "--archive", await emptyCluster(user), data);
  const port = freePort();
  const urlOf = (name: string) => `postgres://tester:secret@127.0.0.1:${port}/${name}`;
  let running: Deno.ChildProcess | undefined;
  let count = 0;

  const server: PostgresServer = {
    url: urlOf("postgres"),
    port,
    async database() {
      const name = `test_${++count}`;
      const sql = postgres(server.url, { max: 1, onnotice: () => {} });
      try {
        await sql.unsafe(`CREATE DATABASE ${name}`);
      } finally {
        await sql.end();
      }
      return urlOf(name);
    },
    async start() {
      if (running) return;
      running = new Deno.Command("/bin/sh", {
        // Its input ends with this program, however that ends.
        args: ["-c", guard, home, ...user, `${folder}/postgres`, "-D", data, "-p", `${port}`]
          .concat("-h", "127.0.0.1", "-k", home, ...settings.flatMap((it) => ["-c", it])),
        stdin: "piped",
        stdout: "null",
        stderr: Deno.env.get("TEST_LOG") ? "inherit" : "null",
      }).spawn();
      await ready(`${data}/postmaster.pid`);
    },
    async stop(how = "INT") {
      if (!running) return;
      const ending = running;
      running = undefined;
      const writer = ending.stdin.getWriter();
      await writer.write(new TextEncoder().encode(`${how}\n`));
      await writer.close();
      await ending.status;
    },
    async signal(name) {
      const [pid = ""] = (await Deno.readTextFile(`${data}/postmaster.pid`)).split("\n");
      const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
      await command("kill", `-${name}`, pid, ...children.trim().split(" ").filter(Boolean));
    },
    async [Symbol.asyncDispose]() {
      await server.stop("QUIT");
      await Deno.remove(home, { recursive: true }).catch(() => {});
    },
  };
  await server.start();
  return server;
}

/**
 * What initdb makes is the same each time, and takes as long as many a test: it is made once, and kept
 * for the next. As whom the server runs is whose it is.
 */
async function emptyCluster(user: string[]): Promise<string> {
  const kept = `${tmpdir()}/giggityflix-test-cluster${folder!.replaceAll("/", "-")}-${Deno.uid()}`;
  if (existsSync(kept)) return kept;
  const made = await Deno.makeTempDir({ prefix: "gf-pg-" });
  if (user.length > 0) await command("chown", "postgres:", made);
  await command(
    ...user,
    `${folder}/initdb`,
    ...["--pgdata", `${made}/data`, "--auth=trust", "--username=tester", "--no-sync"],
    ...["--no-locale", "--encoding=UTF8"],
  );
  // Whole or not at all; others may have made it meanwhile.
  await Deno.rename(`${made}/data`, kept).catch((error) => {
    if (!existsSync(kept)) throw error;
  });
  await Deno.remove(made, { recursive: true });
  return kept;
}

/** Nothing of it must outlive the machine; what it has promised outlives its processes. */
const settings = [
  "fsync=off",
  "full_page_writes=off",
  "dynamic_shared_memory_type=mmap", // in its folder, and gone with that
  "shared_buffers=32MB",
  "max_wal_size=2GB",
  "log_min_messages=fatal",
];

/**
 * $0 is the folder, the rest is the server. A line is a signal's name; no line is the end. The outer
 * shell may be killed with the test, so it is the inner one that sees to it.
 */
const guard = `
  trap "" TERM INT HUP
  exec 3<&0
  ( "$@" 3<&- & pid=$!
    read how <&3 || how=
    kill -CONT $pid; kill -\${how:-QUIT} $pid; wait $pid
    [ -n "$how" ] || rm -rf "$0" ) &
  exec 3<&-
  wait`;

/** The server writes its state there: https://www.postgresql.org/docs/15/storage-file-layout.html. */
async function ready(path: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(10)) {
    const lines = (await Deno.readTextFile(path).catch(() => "")).split("\n");
    if (lines[7]?.startsWith("ready")) return;
  }
  throw new Error("PostgreSQL did not start in 30 s");
}

async function command(...[program, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program!, { args, cwd: "/" }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}

function findFolder(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? [...Deno.readDirSync(root)].map(({ name }) => name) : [];
  return versions.sort((one, other) => Number(other) - Number(one))
    .map((it) => `${root}/${it}/bin`)
    .concat("/usr/bin", "/usr/local/bin")
    .find((it) => existsSync(`${it}/initdb`) && existsSync(`${it}/postgres`));
}
