/**
 * Settings as REST changes them: an address that is taken is refused while the old one still
 * answers, because afterwards nobody could be told.
 *
 * @module
 */
import { ConflictError, reasonOf } from "../../base/errors.ts";
import type { Configuration } from "../../config/mod.ts";

export function configurationsPort(config: Configuration) {
  return {
    list: () => config.list(),
    find: (key: string) => config.find(key),
    set: (key: string, value: unknown) => {
      const { key: name, value: now } = config.find(key);
      const next = config.check(key, value);
      if (name === "http_host") tryToListen(String(next), 0, name);
      // On the same port it is we who listen.
      if (portOf(now) !== portOf(next)) refuseTaken(name, String(next), config.value.httpHost);
      return config.set(key, value);
    },
  };
}

function refuseTaken(key: string, value: string, httpHost: string): void {
  if (key === "http_port") tryToListen(httpHost, portOf(value), key);
  if (key !== "grpc_server_address") return;
  tryToListen(value.slice(0, value.lastIndexOf(":")), portOf(value), key);
}

function tryToListen(hostname: string, port: number, key: string): void {
  try {
    Deno.listen({ hostname: hostname.replace(/^\[|\]$/g, ""), port }).close();
  } catch (cause) {
    const reason = cause instanceof Deno.errors.AddrInUse ? "address in use" : reasonOf(cause);
    const message = `Cannot listen on "${hostname}:${port}": ${reason}`;
    throw new ConflictError(message, { key }, { cause });
  }
}

/** Of "127.0.0.1:50051", and of a port alone. */
function portOf(value: unknown): number {
  return Number(String(value).split(":").at(-1));
}
