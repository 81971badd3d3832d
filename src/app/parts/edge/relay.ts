/**
 * Ways through the internet as the settings say them, and the relay that this edge runs itself.
 *
 * @module
 */
import { join } from "node:path";
import type { Log } from "../../../base/log.ts";
import { type Service, untilAborted } from "../../../base/service.ts";
import type { Config, Configuration } from "../../../config/mod.ts";
import {
  type IceSettings,
  type RelaySettings,
  relayUrls,
  runRelay,
  type TurnServers,
} from "../../../edge/mod.ts";

export interface RelayPartOptions {
  config: Configuration;
  dataDir: string;
  log: Log;
}

export function createRelay({ config, dataDir, log }: RelayPartOptions) {
  /** It listens: before that nobody is sent to it. */
  let own: TurnServers | undefined;

  const run = async (settings: RelaySettings, given: string, signal: AbortSignal) => {
    const secret = given || madeSecret;
    const { host, port } = settings;
    const onReady = () => {
      log.info("Relay listens", { host, port });
      own = { urls: relayUrls(settings), secret };
    };
    const folder = join(dataDir, "relay");
    try {
      await runRelay({ settings, secret, folder, log, onReady })(signal);
    } finally {
      own = undefined;
    }
  };
  const service: Service = config.live.service(sliceOf, async ({ settings, secret }, signal) => {
    if (settings) await run(settings, secret, signal);
    else await untilAborted(signal);
  });

  return {
    service,
    ice(): IceSettings {
      const { stunServers, turnServers, turnSecret } = config.value;
      return {
        stunServers,
        turn: [{ urls: turnServers, secret: turnSecret }, ...own ? [own] : []],
      };
    },
  };
}

/** Of this run: whoever uses the relay is given new credentials by then. */
const madeSecret = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url" });

function sliceOf(config: Config): { settings: RelaySettings | undefined; secret: string } {
  if (config.turnRelay === "off") return { settings: undefined, secret: "" };
  return {
    secret: config.turnSecret,
    settings: {
      host: config.turnRelayHost,
      port: config.turnRelayPort,
      publicHost: config.turnRelayPublicHost,
      ports: config.turnRelayPorts,
      isPrivate: config.turnRelayPrivate,
      maxKbps: config.turnRelayMaxKbps,
      maxUsers: config.turnRelayMaxUsers,
    },
  };
}
