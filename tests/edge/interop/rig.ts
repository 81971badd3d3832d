/**
 * Programs in Python that speak the published protocol with grpcio: another language, another
 * library, and not a line of ours.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the published names
import { join } from "node:path";

const PYTHON = "/usr/bin/python3";

/** Whether Debian's python3-grpcio is there. */
export const hasGrpcio: boolean = await has();

export type Said = { event: string; of?: string; message?: Message } & Record<string, unknown>;

/** In the words of the published texts; or only "hex", bytes that need be no message. */
export interface Message {
  request_id?: string;
  batch_file_offer?: { files: { relative_path: string; size_bytes?: string }[] };
  batch_file_offer_response?: { files: { relative_path: string; catalog_id: string }[] };
  catalog_announcement?: { catalog_ids?: string[] };
  [field: string]: unknown;
}

/** A program that is told things by lines, and all that it has said. */
export class PythonProgram implements AsyncDisposable {
  readonly said: Said[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reading: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor(name: "peer.py" | "edge.py") {
    const path = join(import.meta.dirname!, name);
    this.#child = new Deno.Command(PYTHON, {
      args: ["-B", path],
      stdin: "piped",
      stdout: "piped",
      stderr: Deno.env.get("TEST_LOG") ? "inherit" : "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  tell(what: object): void {
    void this.#input.write(new TextEncoder().encode(JSON.stringify(what) + "\n"));
  }

  /** Takes the first thing said that fits, now or later. */
  async hear(fits: (said: Said) => boolean, limitMs = 15_000): Promise<Said> {
    const late = new Promise<never>((_, reject) => {
      this.#late = setTimeout(() => {
        const before = JSON.stringify(this.said.slice(-5));
        reject(new Error(`Not said in ${limitMs} ms: ${fits}; before: ${before}`));
      }, limitMs);
    });
    try {
      for (;;) {
        const at = this.said.findIndex(fits);
        if (at >= 0) return this.said.splice(at, 1)[0]!;
        await Promise.race([this.#wake.promise, late]);
      }
    } finally {
      clearTimeout(this.#late);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#input.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.said.push(JSON.parse(line));
      const { resolve } = this.#wake;
      this.#wake = Promise.withResolvers();
      resolve();
    }
  }
}

export interface PythonPeerOptions {
  peerId?: string | null;
  /** Of its channel. */
  options?: object;
  /** Said beside its name. */
  metadata?: Record<string, string>;
}

/** One of the peers of a Python program. */
export class PythonPeer {
  constructor(
    readonly program: PythonProgram,
    readonly name: string,
    address: string,
    { peerId = name, options = {}, metadata = {} }: PythonPeerOptions = {},
  ) {
    this.#tell("open", { address, peer_id: peerId, options, metadata });
  }

  send(message: Message): void {
    this.#tell("send", { message });
  }

  halfClose(): void {
    this.#tell("half_close");
  }

  cancel(): void {
    this.#tell("cancel");
  }

  /** The next message of the edge with this field. */
  async receive(field: string): Promise<Message> {
    const said = await this.hear("message", ({ message }) => message![field] !== undefined);
    return said.message!;
  }

  async status(): Promise<[unknown, unknown]> {
    const { code, details } = await this.hear("status");
    return [code, details];
  }

  /** The answer of WebRTCOperations, or the status that it was refused with. */
  async unary(message: Message): Promise<Message> {
    this.#tell("unary", { message });
    const { event, of: _, ...told } = await this.program.hear((it) =>
      it.of === this.name && (it.event === "answer" || it.event === "refused")
    );
    return event === "answer" ? told.message! : told;
  }

  hear(event: string, fits: (said: Said) => boolean = () => true): Promise<Said> {
    return this.program.hear((it) => it.of === this.name && it.event === event && fits(it));
  }

  #tell(what: string, more: object = {}): void {
    this.program.tell({ do: what, of: this.name, ...more });
  }
}

async function has(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(PYTHON, {
      args: ["-c", "import grpc, google.protobuf"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
