/**
 * What coturn's turnserver is told: who may use it, where to, and how much. A pure function.
 *
 * @module
 */
import { isIP } from "node:net";

export interface RelaySettings {
  /** IP address to listen on, and to lend ports of. */
  host: string;
  port: number;
  /** Name or address by which it is reached from outside; "": `host`. */
  publicHost: string;
  /** "first-last". */
  ports: string;
  /** Whether it passes on to loopback and private addresses. */
  isPrivate: boolean;
  maxKbps: number;
  maxUsers: number;
}

/**
 * Nobody gets into a home network, or to the machine itself, by a relay (RFC 6890): these addresses
 * are not of the internet, or lead to such by way of IPv6.
 */
const notPublic = [
  "0.0.0.0-0.255.255.255",
  "10.0.0.0-10.255.255.255",
  "100.64.0.0-100.127.255.255",
  "127.0.0.0-127.255.255.255",
  "169.254.0.0-169.254.255.255",
  "172.16.0.0-172.31.255.255",
  "192.0.0.0-192.0.0.255",
  "192.0.2.0-192.0.2.255",
  "192.88.99.0-192.88.99.255",
  "192.168.0.0-192.168.255.255",
  "198.18.0.0-198.19.255.255",
  "198.51.100.0-198.51.100.255",
  "203.0.113.0-203.0.113.255",
  "224.0.0.0-255.255.255.255",
  "::-::ffff",
  "::ffff:0:0-::ffff:ffff:ffff",
  "64:ff9b::-64:ff9b::ffff:ffff",
  "2001::-2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
  "2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/** Ports that one user may hold: a browser asks on each of its network cards. */
const PORTS_OF_USER = 12;

/** The text of `turnserver.conf`, for a folder of its own. It holds the secret. */
export function relayConfig(settings: RelaySettings, secret: string, folder: string): string {
  const { host, port, publicHost, ports, isPrivate, maxKbps, maxUsers } = settings;
  const [first, last] = ports.split("-");
  const bytesPerSec = Math.ceil(maxKbps * 1000 / 8);
  const isElsewhere = isIP(publicHost) !== 0 && publicHost !== host;
  const lines = [
    `listening-ip=${host}`,
    `relay-ip=${host}`,
    ...isElsewhere ? [`external-ip=${publicHost}/${host}`] : [],
    `listening-port=${port}`,
    `min-port=${first}`,
    `max-port=${last}`,
    "realm=giggityflix",
    "use-auth-secret",
    `static-auth-secret=${secret}`,
    "fingerprint",
    "stale-nonce=600",
    `user-quota=${PORTS_OF_USER}`,
    `total-quota=${maxUsers * PORTS_OF_USER}`,
    `max-bps=${bytesPerSec}`,
    // It counts what is lent, not what is used: each port with all that it may have.
    `bps-capacity=${bytesPerSec * maxUsers * PORTS_OF_USER}`,
    "no-cli",
    "no-tls",
    "no-dtls",
    "no-tcp-relay",
    "no-multicast-peers",
    "no-rfc5780",
    "no-software-attribute",
    ...isPrivate ? ["allow-loopback-peers"] : notPublic.map((range) => `denied-peer-ip=${range}`),
    "log-file=stdout",
    "simple-log",
    `userdb=${folder}/turndb`,
    `pidfile=${folder}/turnserver.pid`,
  ];
  return lines.join("\n") + "\n";
}

/** Where viewers and peers find it. */
export function relayUrls({ host, port, publicHost }: RelaySettings): string[] {
  const name = publicHost || host;
  const at = name.includes(":") ? `[${name}]` : name;
  return [`turn:${at}:${port}?transport=udp`, `turn:${at}:${port}?transport=tcp`];
}
