/**
 * Settings as REST changes them: an address that is taken is refused while the old one still
 * answers, because afterwards nobody could be told.
 *
 * @module
 */
import { ConflictError, reasonOf } from "../base/errors.ts";
import type { Configuration } from "../config/mod.ts";

export function configurationsPort(config: Configuration) {
  return {
    list: () => config.list(),
    find: (key: string) => config.find(key),
    set: (key: string, value: unknown) => {
      const { key: name, value: now } = config.find(key);
      const next = config.check(key, value);
      // On the same port it is we who listen.
      if (portOf(now) !== portOf(next)) refuseTaken(name, String(next), config.value.httpHost);
      return config.set(key, value);
    },
  };
}

function refuseTaken(key: string, value: string, httpHost: string): void {
  const hostname = key === "http_port" ? httpHost : value.slice(0, value.lastIndexOf(":"));
  const port = portOf(value);
  if (!["http_port", "grpc_server_address"].includes(key) || port === 0) return;
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
