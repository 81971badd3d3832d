/**
 * `giggityflix join EDGE --pin PIN` (or `--token`): this peer and an edge get to know each other's
 * keys, and the peer keeps the edge's address.
 *
 * @module
 */
import { join as joinPath } from "node:path";
import { Command } from "commander";
import { InvalidError } from "../../../base/errors.ts";
import { type Setting, settingBody } from "../../../http/mod.ts";
import { ask } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, textsOf, withSettings } from "../options.ts";

/** The settings, of the agent that runs or of the data folder. */
interface Settings extends AsyncDisposable {
  get(key: string): Promise<string>;
  set(key: string, value: string): Promise<void>;
  /** The name that was made on the first run. */
  madePeerId(): Promise<string>;
}

export function join(context: CommandContext): Command {
  const { print } = context.terminal;
  return withSettings(new Command("join"), ["dataDir"])
    .description("Join an edge with the PIN or token of an invitation, and link to it from now on")
    .argument("<edge>", "host:port of the edge")
    .option("--pin <pin>", 'what "giggityflix peers invite" said at the edge')
    .option("--token <token>", "the same, of an invitation that has a token")
    .option("--json", "print JSON")
    .action(async (edge: string, options) => {
      if (!/^(\[[0-9a-fA-F:]+\]|[^:\s,]+):\d{1,5}$/.test(edge)) {
        throw new InvalidError(`Cannot join "${edge}": expected host:port`);
      }
      const pin = options.pin ?? options.token;
      if (!pin) {
        throw new InvalidError(
          'Cannot join without a PIN or token: "giggityflix peers invite" at the edge makes one',
        );
      }
      // Other commands need nothing of the edge, and should not wait for it.
      const { joinEdge, openIdentityKey, showFingerprint } = await import("../../../edge/mod.ts");
      const texts = textsOf(options);
      await using settings = await openSettings(texts, context);
      const [useTls, certPath, clientCertPath, clientKeyPath, named] = await Promise.all(
        [
          "grpc_use_tls",
          "grpc_cert_path",
          "grpc_client_cert_path",
          "grpc_client_key_path",
          "peer_id",
        ].map(settings.get),
      );
      const peerId = named || await settings.madePeerId();
      const key = await openIdentityKey(joinPath(dataDirOf(texts), "peer_key.pem"));
      const way = {
        address: edge,
        useTls: useTls === "true",
        ...certPath && { certPath },
        ...clientCertPath && { clientCertPath },
        ...clientKeyPath && { clientKeyPath },
      };
      const fingerprint = await joinEdge({ way, peerId, key, pin }, context.signal);
      // The key before the address: the link starts with the latter, and must know whom to expect.
      const others = (await settings.get("edge_fingerprints")).split(",")
        .filter((it) => it !== "" && !it.startsWith(`${edge}=`));
      await settings.set("edge_fingerprints", [...others, `${edge}=${fingerprint}`].join(","));
      const addresses = (await settings.get("edge_grpc_address")).split(",");
      if (!addresses.includes(edge)) await settings.set("edge_grpc_address", edge);
      print(
        options.json
          ? JSON.stringify({ edge, edge_fingerprint: fingerprint, peer_id: peerId })
          : `Joined the edge at ${edge} as ${peerId}.\nIts key: ${showFingerprint(fingerprint)}`,
      );
    });
}

async function openSettings(
  texts: ReturnType<typeof textsOf>,
  context: CommandContext,
): Promise<Settings> {
  const dataDir = dataDirOf(texts);
  const agent = await findAgent(dataDir);
  if (agent) {
    const path = (key: string) => `/api/configurations/${key}/`;
    return {
      get: async (key) => (await ask<Setting>(agent, path(key))).value,
      set: async (key, value) =>
        void await ask(agent, `${path(key)}value/`, { method: "PATCH", body: { value } }),
      madePeerId: async () => (await Deno.readTextFile(joinPath(dataDir, "peer_id"))).trim(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const here = await openOffline(texts, context);
  return {
    get: (key) => Promise.resolve(settingBody(here.config.find(key)).value),
    set: (key, value) => Promise.resolve(void here.config.set(key, value)),
    madePeerId: () => Promise.resolve(here.folder.peerId),
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  };
}
