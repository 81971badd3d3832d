/**
 * Two homes that reach a place between them, and not each other: network namespaces. Needs root.
 *
 * @module
 */
import { run } from "../../../src/base/command.ts";

export interface Homes extends AsyncDisposable {
  /** What runs a program in a namespace. */
  within(place: "net" | "a" | "b"): { command: string; args: string[] };
}

/** Of the place between, as home a and home b see it. */
export const between = { a: "10.81.1.1", b: "10.81.2.1" };

/** Why there can be none here, or nothing. */
export async function whyNoHomes(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "it needs root on Linux";
  const name = `gf${Deno.pid}try`;
  try {
    await run("ip", ["netns", "add", name]);
    await run("ip", ["netns", "del", name]);
  } catch {
    return "no network namespaces here (iproute2)";
  }
}

export async function openHomes(): Promise<Homes> {
  const name = (place: string) => `gf${Deno.pid}${place}`;
  const ip = (...args: string[]) => run("ip", args);
  const close = async () => {
    for (const place of ["net", "a", "b"]) {
      await ip("netns", "del", name(place)).catch(() => {});
    }
  };
  await using held = new AsyncDisposableStack();
  held.defer(close);
  for (const place of ["net", "a", "b"]) {
    await ip("netns", "add", name(place));
    await ip("-n", name(place), "link", "set", "lo", "up");
  }
  for (const home of ["a", "b"] as const) {
    const [here, there] = [between[home], between[home].replace(/1$/, "2")];
    await ip(
      ...["link", "add", "name", `to${home}`, "netns", name("net")],
      ...["type", "veth", "peer", "name", "eth0", "netns", name(home)],
    );
    await ip("-n", name("net"), "addr", "add", `${here}/24`, "dev", `to${home}`);
    await ip("-n", name(home), "addr", "add", `${there}/24`, "dev", "eth0");
    await ip("-n", name("net"), "link", "set", `to${home}`, "up");
    await ip("-n", name(home), "link", "set", "eth0", "up");
    await ip("-n", name(home), "route", "add", "default", "via", here);
  }
  // A new namespace forwards nothing from one home to the other.
  held.move();
  return {
    within: (place) => ({ command: "ip", args: ["netns", "exec", name(place)] }),
    [Symbol.asyncDispose]: close,
  };
}
