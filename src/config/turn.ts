/**
 * Settings of TURN: servers elsewhere, and the relay that an edge runs itself.
 *
 * @module
 */
import { z } from "zod";
import { choice, several, text, whole, yesNo } from "./setting.ts";

export const turnSettings = {
  turnServers: several(
    "TURN servers for viewers that cannot be reached directly, such as turn:turn.example.org:3478",
    z.string().regex(/^turns?:\S+$/, "expected turn:host:port"),
    [],
  ),
  turnSecret: {
    ...text("The secret that those TURN servers share with this edge", z.string().max(200), ""),
    secret: true as const,
  },
  turnRelay: choice(
    "Whether this edge runs a TURN server itself, the program turnserver of coturn: off, on",
    ["off", "on"],
    "off",
  ),
  turnRelayHost: text(
    "IP address that this relay listens on",
    z.union([z.ipv4(), z.ipv6()]),
    "127.0.0.1",
  ),
  turnRelayPort: whole("UDP and TCP port of this relay", 1, 65_535, 3478),
  turnRelayPublicHost: text(
    "Name or address by which viewers and peers reach this relay; when empty, TURN_RELAY_HOST",
    z.string().regex(/^[\w.:-]*$/, "expected a host"),
    "",
  ),
  turnRelayPorts: text(
    "UDP ports that this relay lends, as first-last",
    z.string().refine((range) => {
      const [, first, last] = /^(\d{4,5})-(\d{4,5})$/.exec(range) ?? [];
      return Number(first) >= 1024 && Number(first) < Number(last) && Number(last) <= 65_535;
    }, "expected first-last, from 1024 to 65535"),
    "49160-49359",
  ),
  turnRelayPrivate: yesNo("Whether this relay passes on to loopback and private addresses", false),
  turnRelayMaxKbps: whole(
    "Kilobits per second of one viewer of this relay",
    100,
    10_000_000,
    50_000,
  ),
  turnRelayMaxUsers: whole("Viewers and peers that use this relay at once", 1, 100_000, 100),
};
