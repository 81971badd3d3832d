/**
 * `giggityflix peers list|invite|revoke|restore|forget`: who may come to the edge that runs here.
 *
 * @module
 */
import { Command } from "commander";
import { InvalidError, UnavailableError } from "../../../base/errors.ts";
import { ask, askAll } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent, type RunningAgent } from "../../data_folder.ts";
import { plain, table } from "../../terminal.ts";
import { dataDirOf, leaf, textsOf } from "../options.ts";

interface Peer {
  "peer_id": string;
  online: boolean;
  "last_seen_at": string | null;
  "catalog_size": number;
}

interface Identity {
  "peer_id": string;
  fingerprint: string | null;
  origin: keyof typeof origins | null;
  "revoked_at": string | null;
}

/** How a peer's key came here. */
const origins = { pin: "joined by PIN", token: "joined by token", seen: "first seen" } as const;

interface Invitation {
  pin: string;
  "expires_at": string;
  "edge_fingerprint": string;
}

export function peers(context: CommandContext): Command {
  const { signal, terminal: { print } } = context;
  const all = new Command("peers").description("Say which peers may come to the edge that runs");

  all.addCommand(
    leaf("list", "Show the peers that this edge knows").action(async (options) => {
      const agent = await runningAgent(options);
      const found = await askAll<Peer>(agent, "/api/peers/");
      const identities = new Map<string, Identity>();
      for (const { peer_id: id } of found) identities.set(id, await ask(agent, pathOf(id, true)));
      const rows = found.map((peer) => ({ ...peer, ...identities.get(peer.peer_id)! }));
      if (options.json) return rows.forEach((row) => print(JSON.stringify(row)));
      print(table(
        ["PEER", "STATE", "TITLES", "KEY", "LAST SEEN"],
        rows.map((it) => [
          plain(it.peer_id),
          stateOf(it),
          String(it.catalog_size),
          it.fingerprint && it.origin
            ? `${it.fingerprint.slice(0, 16)} (${origins[it.origin]})`
            : "none",
          it.last_seen_at ?? "",
        ]),
      ));
    }),
  );

  all.addCommand(
    leaf("invite", "Make a PIN, or a token, with which one peer can join, once")
      .option("--token", "a long one for programs, where nobody types it")
      .option("--minutes <minutes>", "how long it is good for (15)", "15")
      .action(async (options) => {
        const body = {
          "expires_in_sec": secondsOf(options.minutes),
          kind: options.token ? "token" : "pin",
        };
        const agent = await runningAgent(options);
        const made = await ask<Invitation>(agent, "/api/peers/enrolments/", {
          method: "POST",
          body,
          signal,
        });
        if (options.json) return print(JSON.stringify(made));
        print(`${options.token ? "Token" : "PIN"}: ${made.pin} (until ${made.expires_at})`);
        print(`On the peer: giggityflix join <host:port of this edge> --${body.kind} ${made.pin}`);
        // Other commands need nothing of the edge, and should not wait for it.
        const { showFingerprint } = await import("../../../edge/mod.ts");
        print(`This edge's key: ${showFingerprint(made.edge_fingerprint)}`);
      }),
  );

  const verbs = {
    revoke: ["End a peer's link, and never let it in again", { revoked: true }],
    restore: ["Let a revoked peer come back", { revoked: false }],
  } as const;
  for (const [name, [description, body]] of Object.entries(verbs)) {
    all.addCommand(
      leaf(name, description).argument("<peer>").action(async (id: string, options) => {
        const agent = await runningAgent(options);
        const it = await ask<Identity>(agent, pathOf(id), { method: "PATCH", body, signal });
        print(
          options.json
            ? JSON.stringify(it)
            : `${plain(id)} ${it.revoked_at ? "is revoked" : "may come in"}`,
        );
      }),
    );
  }

  all.addCommand(
    leaf("forget", "Forget the key of a peer that has lost it, so that it can join anew")
      .argument("<peer>")
      .action(async (id: string, options) => {
        await ask(await runningAgent(options), pathOf(id, true), { method: "DELETE", signal });
        print(options.json ? "{}" : `${plain(id)} may join with another key`);
      }),
  );
  return all;
}

/** The longest that an invitation of a peer is good: a week. */
const MAX_MINUTES = 10_080;

function secondsOf(minutes: string): number {
  const seconds = /^\d{1,5}(\.\d+)?$/.test(minutes) ? Math.round(Number(minutes) * 60) : 0;
  if (seconds >= 1 && seconds <= MAX_MINUTES * 60) return seconds;
  throw new InvalidError(
    `Cannot read --minutes "${minutes}": expected more than 0 and at most ${MAX_MINUTES} (a week)`,
  );
}

function stateOf({ revoked_at: revokedAt, online, last_seen_at: seenAt }: Peer & Identity): string {
  if (revokedAt) return "revoked";
  if (online) return "online";
  return seenAt ? "offline" : "joined, never connected";
}

function pathOf(id: string, identity = false): string {
  return `/api/peers/${encodeURIComponent(id)}/${identity ? "identity/" : ""}`;
}

async function runningAgent(options: Record<string, unknown>): Promise<RunningAgent> {
  const dataDir = dataDirOf(textsOf(options));
  const agent = await findAgent(dataDir);
  if (agent) return agent;
  throw new UnavailableError(
    `No agent runs for "${dataDir}": start one with "giggityflix edge" or "giggityflix start"`,
  );
}
