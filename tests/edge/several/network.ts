/**
 * A network of its own for one edge, joined to this one by a cable that can be pulled. Needs root.
 *
 * @module
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Whether there can be such networks here. */
export const hasNetworks = Deno.build.os === "linux" && Deno.uid() === 0 && canMake();

export interface Network extends AsyncDisposable {
  /** This side, and the other. */
  near: string;
  far: string;
  /** Put in front of a command line, it is run on the other side. */
  inside: string[];
  pull(): Promise<void>;
  plug(): Promise<void>;
}

export async function makeNetwork(): Promise<Network> {
  const name = `gf${Deno.pid}`;
  const net = `10.98.${Deno.pid % 250}`;
  const [near, far] = [`${net}.1`, `${net}.2`];
  const end = async () => {
    await ip("netns", "del", name).catch(() => {});
    await ip("link", "del", `${name}a`).catch(() => {});
  };
  try {
    await ip("netns", "add", name);
    await ip("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`, "netns", name);
    await ip("addr", "add", `${near}/30`, "dev", `${name}a`);
    await ip("link", "set", `${name}a`, "up");
    await ip("-n", name, "addr", "add", `${far}/30`, "dev", `${name}b`);
    for (const link of [`${name}b`, "lo"]) await ip("-n", name, "link", "set", link, "up");
  } catch (error) {
    await end();
    throw error;
  }
  return {
    near,
    far,
    inside: ["ip", "netns", "exec", name],
    pull: () => ip("link", "set", `${name}a`, "down"),
    plug: () => ip("link", "set", `${name}a`, "up"),
    [Symbol.asyncDispose]: end,
  };
}

/** What listens on `near` and leads to a port of this machine's loopback. */
export async function lead(near: string, port: number): Promise<Disposable & { port: number }> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect({ port, host: "127.0.0.1", noDelay: true });
    from.setNoDelay(true);
    for (const [one, other] of [[from, to], [to, from]] as const) {
      open.add(one);
      one.on("error", () => other.destroy()).on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, near);
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.dispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

async function ip(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args }).output();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

function canMake(): boolean {
  const name = `gf${Deno.pid}try`;
  try {
    const add = new Deno.Command("ip", { args: ["netns", "add", name] }).outputSync();
    new Deno.Command("ip", { args: ["netns", "del", name] }).outputSync();
    return add.success;
  } catch {
    return false;
  }
}
