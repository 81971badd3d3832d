/**
 * A real nats-server with JetStream of a test's own; gone with the test, also when that is killed.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./port.ts";

export interface NatsServer extends AsyncDisposable {
  /** With its user and password. */
  url: string;
  port: number;
  pid(): number;
  /** As good as a crash. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and with the same data; or with none, if `empty`. */
  start(empty?: boolean): Promise<void>;
}

const program = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"]
  .find((path) => existsSync(path));

/** Whether nats-server is here: `ignore: !hasNats`. */
export const hasNats = program !== undefined;

/** `host` is where it listens; `wrap` is put in front of its command line, `args` behind it. */
export async function startNats(
  { host = "127.0.0.1", wrap = [], args = [] }: {
    host?: string;
    wrap?: string[];
    args?: string[];
  } = {},
): Promise<NatsServer> {
  if (!program) throw new Error("nats-server is not installed");
  const root = existsSync("/dev/shm") ? "/dev/shm" : undefined;
  const home = await Deno.makeTempDir({ prefix: "gf-nats-", ...root && { dir: root } });
  const port = freePort();
  let running: Deno.ChildProcess | undefined;
  let pid = 0;
  const server: NatsServer = {
    url: `nats://tester:secret@${host}:${port}`,
    port,
    pid: () => pid,
    async start(empty = false) {
      if (running) return;
      if (empty) await Deno.remove(`${home}/data`, { recursive: true }).catch(() => {});
      running = new Deno.Command("/bin/sh", {
        // Its input ends with this program, however that ends.
        args: ["-c", guard, home, ...wrap, program!, "-js", "-sd", `${home}/data`]
          .concat("-a", host, "-p", `${port}`, "--user", "tester", "--pass", "secret")
          .concat("-P", `${home}/pid`, args),
        stdin: "piped",
        stdout: "null",
        stderr: Deno.env.get("TEST_LOG") ? "inherit" : "null",
      }).spawn();
      pid = await ready(host, port, `${home}/pid`, wrap.length > 0);
    },
    async stop() {
      if (!running) return;
      const ending = running;
      running = undefined;
      const writer = ending.stdin.getWriter();
      await writer.write(new TextEncoder().encode("KILL\n"));
      await writer.close();
      await ending.status;
      await Deno.remove(`${home}/pid`).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await Deno.remove(home, { recursive: true }).catch(() => {});
    },
  };
  await server.start();
  return server;
}

/** $0 is the folder, the rest is the server. A line is a signal's name; no line is the end. */
const guard = `
  "$@" & pid=$!
  read how || how=
  kill -\${how:-KILL} $pid; wait $pid
  [ -n "$how" ] || rm -rf "$0"`;

async function ready(
  host: string,
  port: number,
  pidPath: string,
  elsewhere: boolean,
): Promise<number> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(10)) {
    const pid = Number(await Deno.readTextFile(pidPath).catch(() => ""));
    if (pid > 0 && (elsewhere || await answers(host, port))) return pid;
  }
  throw new Error("nats-server did not start in 20 s");
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, host);
    socket.once("data", () => resolve(true)).once("error", () => resolve(false));
  });
}

/** So many servers that are one, with JetStream. */
export async function startNatsCluster(count: number): Promise<NatsServer[]> {
  const routes = Array.from({ length: count }, () => `nats://127.0.0.1:${freePort()}`);
  return await Promise.all(routes.map((route, n) =>
    startNats({
      args: ["--name", `n${n}`, "--cluster_name", "tests", "--cluster", route]
        .concat("--routes", routes.join(",")),
    })
  ));
}
