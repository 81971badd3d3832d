/**
 * Options that several commands share, and the settings that they become.
 *
 * @module
 */
import { Command } from "commander";
import {
  type Config,
  type ConfigTexts,
  formatSetting,
  loadConfig,
  readEnvironment,
  type SettingName,
} from "../../config/mod.ts";
import { resolve } from "node:path";

export type Texts = Omit<ConfigTexts, "stored">;

/** Flags, as commander names them, of each setting that has one. */
const flags = {
  dataDir: "-d, --data-dir <folder>",
  httpHost: "--http-host <address>",
  httpPort: "--http-port <port>",
  grpcServerAddress: "--grpc-server-address <host:port>",
  edgeGrpcAddress: "-e, --edge-address <host:port>",
  peerId: "-p, --peer-id <name>",
  scanIntervalMinutes: "-s, --scan-interval <minutes>",
  hashAlgorithms: "--hash-algorithms <names>",
  logLevel: "--log-level <level>",
} satisfies Partial<Record<SettingName, string>>;

const descriptions: Record<keyof typeof flags, string> = {
  dataDir: "where the library lives (DATA_DIR, default ~/.giggityflix)",
  httpHost: "address of the page and REST (HTTP_HOST, default 127.0.0.1)",
  httpPort: "port of the page and REST (HTTP_PORT, default 8080; 0 = any)",
  grpcServerAddress: "where the edge role listens (GRPC_SERVER_ADDRESS, default 127.0.0.1:50051)",
  edgeGrpcAddress: "the edge to join, instead of being one (EDGE_GRPC_ADDRESS)",
  peerId: "this peer's name (PEER_ID; made on the first run)",
  scanIntervalMinutes: "minutes between scans (SCAN_INTERVAL_MINUTES, default 60; 0 = once)",
  hashAlgorithms: "comma-separated (HASH_ALGORITHMS, default md5,sha1)",
  logLevel: "debug, info, warn or error (LOG_LEVEL)",
};

export type FlagName = keyof typeof flags;

/** Adds the flags of `names`, and `--media-dir` where asked. */
export function withSettings(command: Command, names: FlagName[], mediaDirs = false): Command {
  for (const name of names) command.option(flags[name], descriptions[name]);
  if (mediaDirs) {
    command.option(
      "-m, --media-dir <folder>",
      "a media folder; may be repeated (MEDIA_DIRS)",
      (folder: string, all: string[] = []) => [...all, resolve(folder)],
    );
  }
  return command;
}

/** A command below another one, about a library, that tells in words or JSON. */
export function leaf(name: string, description: string): Command {
  return withSettings(new Command(name), ["dataDir"]).description(description)
    .option("--json", "print JSON").exitOverride();
}

/** The texts that the command line and the environment give the settings. */
export function textsOf(options: Record<string, unknown>): Texts {
  const flag: Texts["flag"] = {};
  for (const [name, spec] of Object.entries(flags)) {
    const value = options[camelOf(spec)];
    if (typeof value === "string") flag[name as FlagName] = value;
  }
  const folders = options.mediaDir;
  if (Array.isArray(folders)) {
    flag.mediaDirs = formatSetting(folders);
  }
  return { environment: readEnvironment(), flag };
}

/** The data folder that the options and the environment say, before any database is open. */
export function dataDirOf(texts: Texts): Config["dataDir"] {
  return resolve(loadConfig({ ...texts, stored: {} }).values.dataDir);
}

/** `-e, --edge-address <host:port>` → `edgeAddress`, as commander keeps it. */
function camelOf(spec: string): string {
  const long = /--([a-z-]+)/.exec(spec)![1]!;
  return long.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
