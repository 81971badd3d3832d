/**
 * Every setting, once: its default, what it may be, and what it is for. Names in the environment,
 * REST, the command line's help and the docs all come from this table.
 *
 * @module
 */
import { z } from "zod";
import { isHostPort } from "../base/address.ts";
import { levels } from "../base/log.ts";
import { DAILY_WINDOW_FORM, parseDailyWindow } from "../base/daily_window.ts";
import { choice, type Setting, several, text, whole, yesNo } from "./setting.ts";
import { busSettings } from "./bus.ts";
import { s3Settings } from "./s3.ts";
import { turnSettings } from "./turn.ts";

export type { ValueType } from "./setting.ts";

const path = z.string().min(1);
/** It travels in a header of the link. */
const peerName = z.string().regex(/^[\x21-\x7e]{0,200}$/, "expected ASCII without spaces");
const HOST_PORT = "expected host:port, a port up to 65535";
const address = z.string().refine(isHostPort, HOST_PORT);
const addresses = z.string().refine(
  (text) => text.split(",").every((it) => isHostPort(it.trim())),
  `${HOST_PORT}; or several by comma`,
);
const httpUrl = z.url({ protocol: /^https?$/, error: "expected http://host or https://host" });
const extension = z.string().trim().toLowerCase()
  .transform((text) => text.startsWith(".") ? text : `.${text}`)
  .pipe(z.string().regex(/^\.[a-z0-9]+$/, "expected an extension such as .mkv"));
const dailyWindow = z.string().refine((text) => {
  try {
    return [parseDailyWindow(text)].length > 0;
  } catch {
    return false;
  }
}, DAILY_WINDOW_FORM);
/** What media can hash with; a test keeps both lists the same. */
const hashNames = ["md5", "sha1", "sha256", "sha512", "blake2b", "blake3", "xxh128", "crc32"];
/** What the drives know as kinds; a test keeps both lists the same. */
const ioKinds = [
  "hdd",
  "ssd",
  "nvme",
  "usb",
  "sd",
  "optical",
  "virtual",
  "network",
  "unknown",
];
/** A mistyped kind would be a limit that nobody keeps. A drive may be away: its id only looks so. */
const namesDrives = (item: string): boolean => {
  const key = item.slice(0, item.lastIndexOf("=")).trim();
  return ioKinds.includes(key) || key === "mem" || /^(drv-|net:)\S/.test(key);
};
const VIDEO = [".mp4", ".m4v", ".mkv", ".webm", ".mov", ".avi"];

export const settings = {
  dataDir: { ...text("Where the library and this peer's identity live", path, ""), fixed: true },
  peerId: {
    ...text("This peer's name to the edge; made once and kept when empty", peerName, ""),
    fixed: true,
  },
  mediaDirs: several("Media folders", path, []),
  includeExtensions: several("Extensions that count as media", extension, VIDEO),
  ingestDirs: several(
    "Folders outside of the media folders from which other machines may have files ingested",
    path,
    [],
  ),
  excludeDirs: several("Folder names or absolute paths that are passed over", path, []),
  hashAlgorithms: several(
    `Hashes computed of each file: ${hashNames.join(", ")}`,
    z.enum(hashNames),
    ["md5", "sha1"],
  ),
  similarPercent: whole(
    "Films that differ by so many percent at most in what they show are duplicates",
    0,
    80,
    60,
  ),
  watchFolders: choice(
    "Whether changes in the media folders are noticed: auto (at once, where the system tells), " +
      "poll (at intervals), off",
    ["auto", "poll", "off"],
    "auto",
  ),
  pollIntervalSec: whole("Seconds between looks at folders that cannot be watched", 5, 86_400, 300),
  scanIntervalMinutes: whole("Minutes between scans; 0 = only when asked", 0, 525_600, 60),
  historyDays: whole("Days that changes are kept and can be undone; 0 = for ever", 0, 36_500, 365),
  backupKeep: whole("Backups kept in DATA_DIR/backups; 0 = all", 0, 1000, 7),
  artwork: choice(
    "When pictures and fingerprints are made: on-demand, or of all files in the background",
    ["on-demand", "all"],
    "on-demand",
  ),
  screenshotCacheSizeMb: whole(
    "Megabytes that screenshots, tiles and posters may take in DATA_DIR/artwork",
    10,
    10_000_000,
    1024,
  ),
  backgroundWindow: text(
    "When scans and hashes may wake sleeping drives, by the local clock; empty = never",
    dailyWindow,
    "",
  ),
  healthIntervalMinutes: whole(
    "Minutes between looks at the drives' health; 0 = only when asked",
    0,
    525_600,
    30,
  ),
  httpHost: text("Address that REST and the page listen on", z.string().min(1), "127.0.0.1"),
  httpPort: whole("Port of REST and the page; 0 = any free one", 0, 65_535, 8080),
  httpNames: several(
    "Names by which the page may be opened, besides addresses and localhost; passkeys need one",
    z.string().toLowerCase().regex(
      /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
      "expected a host name",
    ),
    [],
  ),
  grpcServerAddress: text("Where the edge role listens for peers", address, "127.0.0.1:50051"),
  edgeGrpcAddress: text(
    "The edge to join, or several by comma, the best first; when empty, this program is its own edge",
    z.union([z.literal(""), addresses]),
    "",
  ),
  edgeId: text("The edge role's name", z.string().min(1).max(200), "edge-1"),
  edgeDatabaseUrl: {
    ...text(
      "PostgreSQL that several edges share, as postgres://user:password@host:port/database; " +
        "when empty, edge.db in DATA_DIR",
      z.string(),
      "",
    ),
    fixed: true,
    secret: true,
  },
  ...busSettings,
  edgeFingerprints: several(
    "The keys of edges that were joined: host:port=fingerprint; written by giggityflix join",
    z.string().regex(/^\S+:\d{1,5}=[0-9a-f]{64}$/, "expected host:port=64 hexadecimal digits"),
    [],
  ),
  allowUnsignedPeers: choice(
    "Where peers may come from that have not joined the edge role: never, loopback, always",
    ["never", "loopback", "always"],
    "loopback",
  ),
  grpcUseTls: yesNo("Whether the link to the edge is TLS, and the port of the edge role", false),
  grpcCertPath: text(
    "PEM file: of a peer, the authority of the edge's certificate (the system's when empty); " +
      "of an edge, its own certificate",
    z.string(),
    "",
  ),
  grpcKeyPath: text("PEM file of the key of the edge role's certificate", z.string(), ""),
  grpcClientCertPath: text(
    "PEM file: of a peer, its own certificate, for an edge that asks for one; " +
      "of an edge, the authority that the certificates of peers must be of",
    z.string(),
    "",
  ),
  grpcClientKeyPath: text("PEM file of the key of this peer's certificate", z.string(), ""),
  grpcTimeoutSec: whole("Seconds to wait for an answer of the edge", 1, 3600, 30),
  grpcHeartbeatIntervalSec: whole("Seconds between signs of life to the edge", 1, 3600, 30),
  grpcReconnectIntervalSec: whole(
    "Seconds before the sixth new attempt in a row to connect; each wait is twice the last one",
    1,
    3600,
    1,
  ),
  grpcMaxReconnectAttempts: whole(
    "Attempts in a row that come quickly, before there is one every 5 minutes; 0 = all",
    0,
    1_000_000,
    0,
  ),
  peerTimeoutSec: whole("Seconds of silence after which the edge drops a peer", 1, 86_400, 120),
  maxPeers: whole("Peers that the edge role takes at once", 1, 1_000_000, 1000),
  remoteDelete: choice(
    "What a delete from the edge does: deny it, forget the entry (the file stays), or move the " +
      "file to the trash of its volume",
    ["deny", "forget", "trash"],
    "forget",
  ),
  maxScreenshotsPerRequest: whole("Screenshots that one request may ask for", 1, 10, 10),
  screenshotBaseUrl: text(
    "Where screenshots are uploaded to: of an edge, where peers reach its HTTP from outside; of a " +
      "peer, where endpoints without a host belong to. When empty, where the edge says it is",
    z.union([z.literal(""), httpUrl]),
    "",
  ),
  screenshotStoreSizeMb: whole(
    "Megabytes that screenshots of all peers may take at the edge role, in DATA_DIR/screenshots",
    1,
    10_000_000,
    1024,
  ),
  ...s3Settings,
  pendingRequestTtlHours: whole(
    "Hours that a request for screenshots waits for a peer that has the title",
    1,
    8760,
    24,
  ),
  jwtAlgorithm: choice("What signs the tokens of uploads", ["HS256", "EdDSA"], "HS256"),
  jwtTokenExpireMinutes: whole("Minutes that a token of an upload is good for", 1, 1440, 30),
  maxStreams: whole("Streams served at once", 1, 10_000, 16),
  peerViewers: yesNo(
    "Whether peers may have the films of other peers for viewers of their own, by WebRTCOperations",
    false,
  ),
  stunServers: several(
    "STUN servers for viewers outside this network, such as stun:stun.example.org:3478",
    z.string().regex(/^stuns?:\S+$/, "expected stun:host:port"),
    [],
  ),
  ...turnSettings,
  workers: whole("Files read or hashed at once; 0 = one per processor", 0, 256, 0),
  ioLimits: several(
    "Readers at once by kind of drive or by drive id: hdd=1,ssd=4,<drive id>=2",
    z.string().regex(
      /^[^=\s](.*[^=\s])?\s*=\s*([1-9]|[1-5]\d|6[0-4])$/,
      "expected kind=readers or drive id=readers, with 1 to 64 readers, such as hdd=1",
    ).refine(namesDrives, `expected a kind of drive (${ioKinds.join(", ")}) or a drive's id`),
    [],
  ),
  logLevel: choice("The least that is logged: debug, info, warn, error", levels, "info"),
} satisfies Record<
  string,
  Setting<string> | Setting<number> | Setting<boolean> | Setting<string[]>
>;

export type SettingName = keyof typeof settings;

export type Config = { [Name in SettingName]: typeof settings[Name]["default"] };

export const settingNames = Object.keys(settings) as SettingName[];

/** `mediaDirs` → `media_dirs`, its name in REST, and in capitals in the environment. */
export function keyOf(name: SettingName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function envNameOf(name: SettingName): string {
  return keyOf(name).toUpperCase();
}

/** Names that earlier Giggityflix programs used for the same settings. */
const aliases = new Map<string, SettingName>(Object.entries({
  "edge_address": "edgeGrpcAddress",
  "use_tls": "grpcUseTls",
  "cert_path": "grpcCertPath",
  "heartbeat_interval_sec": "grpcHeartbeatIntervalSec",
  "reconnect_interval_sec": "grpcReconnectIntervalSec",
  "media_extensions": "includeExtensions",
  "scraping_paths": "mediaDirs",
  "api_port": "httpPort",
  "webrtc_stun_servers": "stunServers",
  "stun_server": "stunServers",
}));

/** The setting of a name in any spelling: `MEDIA_DIRS`, `media_dirs`, or an older alias. */
export function findSetting(key: string): SettingName | undefined {
  const plain = key.toLowerCase().replace(/^giggityflix_/, "");
  return settingNames.find((name) => keyOf(name) === plain) ?? aliases.get(plain);
}
