/**
 * A port for a program that wants a number.
 *
 * @module
 */

/** Of TCP, on this machine: nobody listens there, as of now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
