/**
 * minidlna's first scan of a folder: it walks, looks into each file with libavformat, and stores
 * what it finds in SQLite. It hashes nothing.
 *
 * @module
 */
import type { Corpus } from "./corpus.ts";

export interface MinidlnaScan {
  /** From its start to the end of the scan. In seconds, as is the other. */
  whole: number;
  /** From the line that says it begins to the line that says it is done. */
  scanning: number;
}

const POLL_MS = 2;
const LIMIT_MS = 300_000;

/** Lets it scan the corpus anew, and ends it as soon as it says that it is done. */
export async function minidlna(
  program: string,
  corpus: Corpus,
  folder: string,
): Promise<MinidlnaScan> {
  const home = `${folder}/minidlna`;
  await Deno.remove(home, { recursive: true }).catch(() => {});
  await Deno.mkdir(home);
  await Deno.writeTextFile(`${home}/conf`, configuration(corpus.folder, home));

  const started = performance.now();
  // -S: in the foreground and, other than -d, without a line for every file.
  const daemon = new Deno.Command(program, {
    args: ["-S", "-f", `${home}/conf`, "-P", `${home}/pid`],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  let ended = false;
  const end = daemon.status.then(() => ended = true);
  try {
    let began: number | undefined;
    while (performance.now() - started < LIMIT_MS && !ended) {
      const log = await Deno.readTextFile(`${home}/minidlna.log`).catch(() => "");
      const now = performance.now();
      if (log.includes("Scanning")) began ??= now;
      const files = /Scanning .* finished \((\d+) files\)/.exec(log)?.[1];
      if (began !== undefined && files !== undefined) {
        if (Number(files) === corpus.files) {
          return { whole: (now - started) / 1000, scanning: (now - began) / 1000 };
        }
        throw new Error(`Cannot measure minidlna: it found ${files} of ${corpus.files} files`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error("Cannot measure minidlna: it ended, or did not end its scan");
  } finally {
    if (!ended) daemon.kill("SIGTERM");
    await end;
  }
}

/** Its log's own times are whole seconds: too coarse, so we read along instead. */
function configuration(media: string, home: string): string {
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr as Deno.NetAddr;
  probe.close();
  return [
    `port=${port}`,
    `media_dir=V,${media}`,
    `db_dir=${home}/db`,
    `log_dir=${home}`,
    "network_interface=lo",
    "inotify=no",
    "friendly_name=bench",
    "",
  ].join("\n");
}
