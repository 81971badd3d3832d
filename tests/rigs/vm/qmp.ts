/**
 * QEMU's machine protocol: one JSON object a line, answers in order, events in between.
 *
 * @module
 */
import { within } from "../../helpers/wait.ts";

/** QEMU is a slow guest's host: it answers late, but it answers. */
const LIMIT_MS = 20_000;

export interface Qmp {
  /** Runs one command. @throws {Error} QEMU refuses it, or does not answer */
  execute<T = unknown>(command: string, args?: Record<string, unknown>): Promise<T>;
  /** A command of the monitor that people type at. @throws {Error} it says anything */
  monitor(line: string): Promise<void>;
  /** The next event of that kind about that device. */
  event(name: string, device: string, limitMs?: number): Promise<void>;
}

interface Message {
  return?: unknown;
  error?: { desc: string };
  event?: string;
  data?: { device?: string };
}

type Answer = PromiseWithResolvers<unknown>;

/** Speaks over a connection that QEMU has made. */
export function speakQmp(connection: Deno.Conn): Qmp {
  const answers: Answer[] = [];
  const waiting: { name: string; device: string; seen: () => void }[] = [];

  function take({ event, data, error, return: value }: Message): void {
    if (event) {
      for (const one of waiting) if (one.name === event && one.device === data?.device) one.seen();
    } else if (error) answers.shift()?.reject(new Error(`QEMU: ${error.desc}`));
    else if (value !== undefined) answers.shift()?.resolve(value);
  }
  listen(connection, take).catch(() => {}).finally(() => {
    for (const answer of answers) answer.reject(new Error("QEMU has ended"));
  });

  async function send(execute: string, args: Record<string, unknown> = {}): Promise<unknown> {
    const answer: Answer = Promise.withResolvers();
    answers.push(answer);
    const line = JSON.stringify({ execute, arguments: args }) + "\n";
    await writeAll(connection, new TextEncoder().encode(line));
    return await within(`QEMU's answer to ${execute}`, answer.promise, LIMIT_MS);
  }
  const ready = send("qmp_capabilities");
  ready.catch(() => {});

  async function execute<T>(command: string, args?: Record<string, unknown>): Promise<T> {
    await ready;
    return await send(command, args) as T;
  }
  return {
    execute,
    monitor: async (line) => {
      const said = await execute<string>("human-monitor-command", { "command-line": line });
      if (said.trim()) throw new Error(`QEMU, asked "${line}": ${said.trim()}`);
    },
    event: async (name, device, limitMs = LIMIT_MS) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const one = { name, device, seen: resolve };
      waiting.push(one);
      await within(`${name} of ${device}`, promise, limitMs)
        .finally(() => waiting.splice(waiting.indexOf(one), 1));
    },
  };
}

async function listen(connection: Deno.Conn, take: (message: Message) => void): Promise<void> {
  let text = "";
  for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    for (const line of lines) if (line.trim()) take(JSON.parse(line));
  }
}

/** A socket may take less than it is given. */
export async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
