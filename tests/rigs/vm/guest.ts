/**
 * Commands in the guest, over a serial port: no network and no login. Scripts run side by side.
 * second.sh is the other end and tells the protocol.
 *
 * @module
 */
import { within } from "../../helpers/wait.ts";
import { writeAll } from "./qmp.ts";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Guest {
  /** Runs a script of bash to its end. @throws {Error} it does not end in time */
  run(script: string, limitMs?: number): Promise<Result>;
  /** The output of a script that must work. @throws {Error} it fails; the message says how */
  sh(script: string, limitMs?: number): Promise<string>;
}

const LIMIT_MS = 60_000;
const MARK = 0o35;

/** Speaks over a connection that QEMU has made to the guest's port. */
export function speakToGuest(connection: Deno.Conn): Guest {
  const running = new Map<string, PromiseWithResolvers<Result>>();
  let last = 0;
  listen(connection, (id, result) => running.get(id)?.resolve(result)).catch(() => {})
    .finally(() => {
      for (const { reject } of running.values()) reject(new Error("The guest has ended"));
    });

  async function run(script: string, limitMs = LIMIT_MS): Promise<Result> {
    const id = String(++last);
    const answer = Promise.withResolvers<Result>();
    running.set(id, answer);
    const code = btoa(String.fromCharCode(...new TextEncoder().encode(script)));
    try {
      await writeAll(connection, new TextEncoder().encode(`${id} ${code}\n`));
      return await within(`the guest to end: ${script}`, answer.promise, limitMs);
    } finally {
      running.delete(id);
    }
  }
  return {
    run,
    sh: async (script, limitMs) => {
      const { code, stdout, stderr } = await run(`set -euo pipefail\n${script}`, limitMs);
      if (code === 0) return stdout;
      throw new Error(`In the guest, ended with ${code}:\n${script}\n${stdout}${stderr}`);
    },
  };
}

async function listen(
  connection: Deno.Conn,
  tell: (id: string, result: Result) => void,
): Promise<void> {
  let bytes = new Uint8Array();
  for await (const part of connection.readable) {
    const joined = new Uint8Array(bytes.length + part.length);
    joined.set(bytes);
    joined.set(part, bytes.length);
    bytes = joined;
    for (let taken = takeAnswer(bytes); taken; taken = takeAnswer(bytes)) {
      bytes = bytes.slice(taken.length);
      tell(taken.id, taken.result);
    }
  }
}

/** The first whole answer in `bytes`. Whatever stands before its mark is nobody's. */
function takeAnswer(
  bytes: Uint8Array,
): { id: string; result: Result; length: number } | undefined {
  const from = bytes.indexOf(MARK);
  const newline = bytes.indexOf(0o12, from);
  if (from < 0 || newline < 0) return undefined;
  const text = (start: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(start, start + length));
  const [id, ...numbers] = text(from + 1, newline - from - 1).split(" ");
  const [code, out, err] = numbers.map(Number);
  const length = newline + 1 + out! + err!;
  if (bytes.length < length) return undefined;
  const stdout = text(newline + 1, out!);
  const stderr = text(newline + 1 + out!, err!);
  return { id: id!, result: { code: code!, stdout, stderr }, length };
}
