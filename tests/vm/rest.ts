/**
 * What the tests ask of the agent in the guest, over REST.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import type { Machine } from "./machine.ts";

export interface Drive {
  id: string;
  name: string;
  kind: string;
  serial?: string;
  present: boolean;
}

export interface Partition {
  id: string;
  "drive_ids": string[];
  present: boolean;
}

export interface Volume extends Partition {
  "mount_points": string[];
  answering: boolean;
}

export interface Item {
  id: string;
  title: string;
  "drive_ids": string[];
  root: string;
  status: string;
}

export interface Why {
  "drive_ids": string[];
  chain: string[];
}

export async function list<T>({ get }: Machine, what: string): Promise<T[]> {
  return (await get<{ items: T[] }>(`/api/${what}/?limit=500`)).items;
}

export async function driveWith(machine: Machine, serial: string): Promise<Drive> {
  const drive = (await list<Drive>(machine, "drives")).find((one) => one.serial === serial);
  ok(drive, `there is a drive ${serial}`);
  return drive;
}

export const idsOf = (things: { id: string }[]) => things.map(({ id }) => id).sort();
