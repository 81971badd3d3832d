/**
 * `giggityflix join EDGE --pin PIN` (or `--token`): this peer and an edge get to know each other's
 * keys, and the peer names it behind the edges that it has. `giggityflix leave EDGE` takes one off.
 *
 * @module
 */
import { join as joinPath } from "node:path";
import { Command, Option } from "commander";
import { isHostPort } from "../../../base/address.ts";
import { InvalidError, NotFoundError } from "../../../base/errors.ts";
import type { NamedEdges } from "../../../edge/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { dataDirOf, textsOf, withSettings } from "../options.ts";
import { openSettings, type Settings } from "./settings.ts";

export function join(context: CommandContext): Command {
  const { print } = context.terminal;
  return withSettings(new Command("join"), ["dataDir"])
    .description("Join an edge with the PIN or token of an invitation, and link to it from now on")
    .argument("<edge>", "host:port of the edge")
    .option("--pin <pin>", 'what "giggityflix peers invite" said at the edge')
    .option("--token <token>", "the same, of an invitation that has a token")
    .addOption(
      new Option("--first", "before the edges that are named already, not behind them")
        .conflicts("replace"),
    )
    .option("--replace", "in place of the edges that are named already")
    .option("--json", "print JSON")
    .action(async (edge: string, options) => {
      if (!isHostPort(edge)) {
        throw new InvalidError(`Cannot join "${edge}": expected host:port, a port up to 65535`);
      }
      const pin = options.pin ?? options.token;
      if (!pin) {
        throw new InvalidError(
          'Cannot join without a PIN or token: "giggityflix peers invite" at the edge makes one',
        );
      }
      // Other commands need nothing of the edge, and should not wait for it.
      const { joinEdge, openIdentityKey, pinFor, showFingerprint, withEdge } = await import(
        "../../../edge/mod.ts"
      );
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
      const before = await namedEdges(settings);
      const place = options.replace ? "only" : options.first ? "first" : "last";
      // A PIN is good for once: not for a join that cannot be kept.
      const nameless = withEdge(before, { address: edge, fingerprint: "" }, place);
      await assertKeepable(settings, before, nameless);
      const fingerprint = await joinEdge({ way, peerId, key, pin }, context.signal);
      const now = withEdge(before, { address: edge, fingerprint }, place);
      await keepEdges(settings, before, now);
      const others = now.addresses.filter((it) =>
        it !== edge && !pinFor(it, before.addresses, before.pins)
      );
      if (options.json) {
        const told = { edge, "edge_fingerprint": fingerprint, "peer_id": peerId };
        return print(JSON.stringify({ ...told, edges: now.addresses }));
      }
      print(`Joined the edge at ${edge} as ${peerId}.\nIts key: ${showFingerprint(fingerprint)}`);
      if (now.addresses.length > 1) print(listed(now.addresses));
      if (others.length === 0) return;
      const them = others.join(", ");
      print(`Not joined: ${them}, which must show this edge's key, unless you join them, too`);
    });
}

export function leave(context: CommandContext): Command {
  const { print } = context.terminal;
  return withSettings(new Command("leave"), ["dataDir"])
    .description("Link to an edge no more, and forget its key")
    .argument("<edge>", "host:port of the edge, as it was joined")
    .option("--json", "print JSON")
    .action(async (edge: string, options) => {
      const { isPinOf, withoutEdge } = await import("../../../edge/mod.ts");
      await using settings = await openSettings(textsOf(options), context);
      const before = await namedEdges(settings);
      const isKnown = before.addresses.includes(edge) ||
        before.pins.some(isPinOf(edge));
      if (!isKnown) {
        const named = before.addresses.length > 0 ? listed(before.addresses) : "none is named";
        throw new NotFoundError(`Cannot leave "${edge}": this is no edge of this peer. ${named}`);
      }
      const now = withoutEdge(before, edge);
      await assertKeepable(settings, before, now);
      await keepEdges(settings, before, now);
      if (options.json) return print(JSON.stringify({ edge, edges: now.addresses }));
      print(`Left the edge at ${edge}`);
      print(
        now.addresses.length > 0 ? listed(now.addresses) : "No edge is left: this is its own now",
      );
    });
}

const listed = (edges: readonly string[]) => `The edges, the best first: ${edges.join(", ")}`;

async function namedEdges(settings: Settings) {
  const { parseAddresses } = await import("../../../edge/mod.ts");
  const [addresses, pins] = await Promise.all(
    ["edge_grpc_address", "edge_fingerprints"].map(settings.get),
  );
  return { addresses: parseAddresses(addresses!), pins: parseAddresses(pins!) };
}

/** All or nothing: keys without addresses would be half of it. */
async function assertKeepable(settings: Settings, before: NamedEdges, now: NamedEdges) {
  if (now.pins.join() !== before.pins.join()) await settings.assertEditable("edge_fingerprints");
  if (now.addresses.join() === before.addresses.join()) return;
  await settings.assertEditable("edge_grpc_address");
}

async function keepEdges(settings: Settings, before: NamedEdges, now: NamedEdges): Promise<void> {
  // The keys before the addresses: the link starts with the latter, and must know whom to expect.
  await settings.set("edge_fingerprints", now.pins.join(","));
  const text = now.addresses.join(",");
  if (text !== before.addresses.join(",")) await settings.set("edge_grpc_address", text);
}
