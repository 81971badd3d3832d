/**
 * `giggityflix invite`: a link by which somebody makes an account.
 *
 * @module
 */
import { Command } from "commander";
import { InvalidError } from "../../../base/errors.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { common, openEdge } from "./agent.ts";

interface Invitation {
  id: string;
  url?: string;
  role: string;
  state: string;
  note: string;
  "uses_left": number;
  uses: number;
  "expires_at": string;
  notices?: string[];
}

const several = (value: string, before: string[]) => [...before, value];

export function invite(context: CommandContext): Command {
  const { print } = context.terminal;
  const command = common(new Command("invite"))
    .description("Make a link by which somebody makes an account")
    .option("--role <role>", "owner, member or guest", "member")
    .option("--uses <n>", "how many accounts it makes", "1")
    .option("--hours <n>", "how long it is good", "168")
    .option("--note <text>", "for whom it is", "")
    .option("--share-tag <path>", "they may play what has this tag; may be repeated", several, [])
    .option("--share-peer <id>", "they may play what this peer has", several, [])
    .action(async (options) => {
      const edge = await openEdge(options, context);
      const share = (kind: string) => (value: string) => ({
        effect: "allow",
        action: "play",
        kind,
        value,
      });
      const body = {
        role: options.role,
        uses: whole("--uses", options.uses),
        "expires_in_hours": whole("--hours", options.hours),
        note: options.note,
        shares: [
          ...options.shareTag.map(share("tag")),
          ...options.sharePeer.map(share("peer")),
        ],
      };
      const made = await edge.send<Invitation>("/api/invitations/", { method: "POST", body });
      print(
        options.json ? JSON.stringify(made) : `${made.url}\n` +
          `It makes ${made.uses} account(s) of a ${made.role}, until ${made.expires_at}. ` +
          "Elsewhere, put this machine's address in place of the first part",
      );
      if (!options.json) { for (const notice of made.notices ?? []) print(notice); }
    });
  const list = common(new Command("list")).description("Invitations, the last made first");
  list.action(async () => {
    const edge = await openEdge(list.optsWithGlobals(), context);
    const all = await edge.all<Invitation>("/api/invitations/");
    const rows = all.map((it) => [
      it.id,
      it.role,
      it.state,
      `${it.uses_left} of ${it.uses}`,
      it.expires_at,
      it.note,
    ]);
    const shown = table(["ID", "ROLE", "STATE", "LEFT", "UNTIL", "NOTE"], rows);
    print(list.optsWithGlobals().json ? JSON.stringify(all) : shown);
  });
  const revoke = common(new Command("revoke")).argument("<id>")
    .description("Make a link useless; the accounts that it has made stay");
  revoke.action(async (id: string) => {
    const edge = await openEdge(revoke.optsWithGlobals(), context);
    await edge.send(`/api/invitations/${encodeURIComponent(id)}`, { method: "DELETE" });
    print(
      revoke.optsWithGlobals().json ? JSON.stringify({ revoked: id }) : `${id} is good no more`,
    );
  });
  return command.addCommand(list).addCommand(revoke);
}

function whole(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidError(`Cannot read ${flag} "${text}": expected a number`);
  }
  return Number(text);
}
