/**
 * THE COMMANDS: what a peer can be told to do, in the published words and in messages, and when its
 * answer is whole.
 *
 * @module
 */
import { wordsOf } from "../../catalog_item.ts";
import type { Case, EdgePayloads, FailureKind, PeerPayloads } from "../../../messages.ts";

export type CommandPayload = Case<
  Pick<
    EdgePayloads,
    | "fileDeleteRequest"
    | "fileHashRequest"
    | "fileRemapRequest"
    | "screenshotCaptureRequest"
    | "catalogAnnouncementRequest"
  >
>;

/** One of what a peer says to a command; of a list, only how long it is. */
export type CommandAnswer =
  | Case<Pick<PeerPayloads, "fileDeleteResponse" | "fileHashResponse">>
  | { case: "commandResult"; value: { error?: FailureKind; message: string } }
  | { case: "announced"; value: Record<never, never> };

/** What the collector of answers is told of the peer. */
export interface Speaker {
  greeted: boolean;
  extensions: readonly string[];
}

/** Fields as they are in JSON. */
export type Words = { [name: string]: unknown };

interface Kind<Name extends CommandPayload["case"]> {
  payload: Name;
  /** As the seeds' edge reads it: what is missing is empty, or the default. */
  read(words: Words): Extract<CommandPayload, { case: Name }>["value"];
  write(value: Extract<CommandPayload, { case: Name }>["value"]): Words;
  /** Whether nothing more comes after these answers; asked before the first one, too. */
  isWhole(
    value: Extract<CommandPayload, { case: Name }>["value"],
    answers: readonly CommandAnswer[],
    peer: Speaker,
  ): boolean;
}

const kind = <Name extends CommandPayload["case"]>(it: Kind<Name>) => it;

/** The published wire has no answer for these: of a peer that gives none, sending is all. */
const told = (_value: unknown, answers: readonly CommandAnswer[], peer: Speaker) =>
  answers.length > 0 || !peer.extensions.includes("command_result");

export const kinds = {
  "file_delete": kind({
    payload: "fileDeleteRequest",
    read: ({ catalog_ids: ids }) => ({ catalogIds: texts(ids) }),
    write: ({ catalogIds }) => ({ "catalog_ids": catalogIds }),
    isWhole: ({ catalogIds }, answers) => answers.length >= new Set(catalogIds).size,
  }),
  "file_hash": kind({
    payload: "fileHashRequest",
    read: ({ catalog_id: id, hash_types: types }) => ({
      catalogId: text(id),
      hashTypes: texts(types),
    }),
    write: ({ catalogId, hashTypes }) => ({ "catalog_id": catalogId, "hash_types": hashTypes }),
    isWhole: (_value, answers) => answers.length > 0,
  }),
  "file_remap": kind({
    payload: "fileRemapRequest",
    read: ({ old_catalog_id: old, new_catalog_id: anew }) => ({
      oldCatalogId: text(old),
      newCatalogId: text(anew),
    }),
    write: ({ oldCatalogId, newCatalogId }) => ({
      "old_catalog_id": oldCatalogId,
      "new_catalog_id": newCatalogId,
    }),
    isWhole: told,
  }),
  "screenshot": kind({
    payload: "screenshotCaptureRequest",
    read: (words) => ({
      catalogId: text(words.catalog_id),
      quantity: Number.isInteger(words.quantity) ? words.quantity as number : 1,
      uploadToken: text(words.upload_token),
      uploadEndpoint: text(words.upload_endpoint),
    }),
    write: ({ catalogId, quantity, uploadToken, uploadEndpoint }) => ({
      "catalog_id": catalogId,
      quantity,
      "upload_token": uploadToken,
      "upload_endpoint": uploadEndpoint,
    }),
    isWhole: told,
  }),
  // Ours: the seeds have no command for it.
  "announce": kind({
    payload: "catalogAnnouncementRequest",
    read: () => ({}),
    write: () => ({}),
    isWhole: (_value, answers) => answers.length > 0,
  }),
} as const;

export type CommandType = keyof typeof kinds;

export const commandTypes = Object.keys(kinds) as CommandType[];

type AnyKind = Kind<CommandPayload["case"]>;

const byPayload = new Map(
  Object.entries(kinds).map(([type, it]) => [it.payload as string, type as CommandType]),
);

export function typeOf(payload: CommandPayload): CommandType {
  return byPayload.get(payload.case)!;
}

/** The command in these words; undefined if there is none of this type. */
export function readCommand(type: unknown, words: Words): CommandPayload | undefined {
  const kind = kinds[type as CommandType] as AnyKind | undefined;
  if (typeof type !== "string" || !Object.hasOwn(kinds, type) || !kind) return undefined;
  return { case: kind.payload, value: kind.read(words) } as CommandPayload;
}

export function writeCommand(payload: CommandPayload): Words {
  return (kinds[typeOf(payload)] as AnyKind).write(payload.value as never);
}

export function isWhole(
  payload: CommandPayload,
  answers: readonly CommandAnswer[],
  peer: Speaker,
): boolean {
  return (kinds[typeOf(payload)] as AnyKind).isWhole(payload.value as never, answers, peer);
}

/** The answer in a message to this command; undefined if that says nothing about it. */
export function toAnswer(
  payload: CommandPayload,
  said: Case<PeerPayloads>,
  peer: Speaker,
): CommandAnswer | undefined {
  const { case: name } = said;
  switch (payload.case) {
    case "fileDeleteRequest":
      return name === "fileDeleteResponse" ? said : undefined;
    case "fileHashRequest":
      return name === "fileHashResponse" ? said : undefined;
    case "catalogAnnouncementRequest": {
      const last = peer.extensions.includes("announcement_end")
        ? "announcementEnd"
        : "catalogAnnouncement";
      return name === last ? { case: "announced", value: {} } : undefined;
    }
    default:
      if (name !== "commandResult") return undefined;
      return { case: name, value: { ...said.value, message: wordsOf(said.value.message) } };
  }
}

function text(it: unknown): string {
  return typeof it === "string" ? it : "";
}

function texts(it: unknown): string[] {
  return Array.isArray(it) ? it.filter((one) => typeof one === "string") : [];
}
