/**
 * Addresses of machines, as sockets, URLs and people write them.
 *
 * @module
 */

/** The host of `host:port`, without brackets; an IPv4 address as such, also where it is mapped. */
export function hostOf(address: string): string {
  const host = address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return host.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Whether it is a host, IPv6 in brackets, and a port that there can be; 0 stands for any free one. */
export function isHostPort(text: string): boolean {
  const port = /^(?:\[[\da-f:]+\]|[^:\s,]+):(\d{1,5})$/i.exec(text)?.[1];
  return port !== undefined && Number(port) <= 65_535;
}

/** 127.0.0.0/8, ::1, and the first inside the second, of which URLs write the last half in hex. */
const LOOPBACK = /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::ffff:7f[\da-f]{2}:[\da-f]{1,4}|::1)$/i;

/**
 * Whether what has this address is a program of this same machine.
 *
 * @param host without its port, in brackets or not
 */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  // A zone ("::1%lo") says by which of the ways, not whose it is.
  const address = bare.includes(":") ? bare.replace(/%[^%]*$/, "") : bare;
  return LOOPBACK.test(address) || /^localhost$/i.test(address);
}

/** Whether two addresses (host:port) are of one machine; all of loopback is this one. */
export function isSameHost(one: string, other: string): boolean {
  const [a, b] = [hostOf(one), hostOf(other)];
  return a === b || isLoopback(a) && isLoopback(b);
}
