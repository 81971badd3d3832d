/**
 * ffmpeg and ffprobe as the makers of pictures use them: what they can do here, and how they are run
 * so that nobody else feels it.
 *
 * @module
 */
import { CommandError, type Run } from "../../base/command.ts";
import { UnavailableError } from "../../base/errors.ts";
import { Semaphore } from "../../pool/mod.ts";
import { type Encoding, encodingsOf } from "./formats.ts";

export interface Abilities {
  /** As it calls itself: "7.1.1-static". */
  version: string;
  encodings: Encoding[];
  /** How sheets of tiles are made: the first of the encodings. */
  sheet: Encoding;
  canMapTones: boolean;
  canDeinterlace: boolean;
  /** Pictures keep their own times: "-fps_mode" since ffmpeg 5.1, "-vsync" before. */
  ownTimes: readonly string[];
}

export interface FfmpegOptions {
  signal: AbortSignal;
  timeoutMs?: number;
  /** It runs with the least claim to processor and disk. */
  inBackground?: boolean;
}

export type Ffmpeg = ReturnType<typeof openFfmpeg>;

/** What a person is told, in health as well as by each call that would need it. */
export const NEEDS_FFMPEG =
  "ffmpeg is not installed, or not in PATH. Install it (Debian: apt install ffmpeg; macOS: brew " +
  "install ffmpeg; Windows: winget install ffmpeg); until then there are covers only";

/** ffmpeg may be installed while we run: after a failure it is looked for again, but not each time. */
const LOOK_AGAIN_MS = 30_000;

/** Programs at once: each is busy with one processor, for seconds at most where somebody waits. */
const AT_ONCE = { background: 2, people: 3 };

/** So long a program that was killed is waited for. */
const END_MS = 5000;

/** Of `nice`, which found no such program. */
const NOT_FOUND = 127;
/** By SIGINT, SIGKILL (for want of memory, for one) or SIGTERM. */
const KILLED = [130, 137, 143];

/** What a CommandError tells. */
interface Told {
  missing?: boolean;
  code?: number;
  stderr?: string;
}

export function openFfmpeg(run: Run) {
  let looked: { at: number; abilities: Promise<Abilities> } | undefined;
  let missing = false;
  let careful: Promise<readonly string[]> | undefined;
  // Places of their own: who waits for a picture does not wait for the run over another film.
  const background = new Semaphore(AT_ONCE.background);
  const people = new Semaphore(AT_ONCE.people);

  const abilities = (): Promise<Abilities> => {
    if (looked && missing && performance.now() - looked.at > LOOK_AGAIN_MS) looked = undefined;
    if (!looked) {
      looked = { at: performance.now(), abilities: lookAtFfmpeg(run) };
      looked.abilities.then(() => missing = false, () => missing = true);
    }
    return looked.abilities;
  };

  /** Runs to the end of the program, also when it is killed: what it writes into is then free. */
  const runToEnd = async (program: string, args: string[], options: FfmpegOptions) => {
    const { signal, timeoutMs = 30_000, inBackground = false } = options;
    using _place = await (inBackground ? background : people).acquire({ signal });
    signal.throwIfAborted(); // before it is begun: then there is nothing to wait for
    const ended = Promise.withResolvers<void>();
    try {
      return await run(program, args, { signal, timeoutMs, onEnd: ended.resolve });
    } catch (error) {
      const started = !(error instanceof CommandError && error.details.missing);
      const timer = setTimeout(ended.resolve, started ? END_MS : 0);
      await ended.promise;
      clearTimeout(timer);
      throw translate(error);
    }
  };

  /** What is the machine's fault, and not the film's, may be another time. */
  const translate = (error: unknown): unknown => {
    if (!(error instanceof CommandError)) return error;
    const { missing, code, stderr = "" } = error.details as Told;
    const say = (what: string) =>
      new UnavailableError(`Cannot make pictures: ${what}`, {}, { cause: error });
    if (missing || code === NOT_FOUND) {
      looked = undefined; // it was removed while we ran
      return say(NEEDS_FFMPEG);
    }
    if (code !== undefined && KILLED.includes(code)) return say("ffmpeg was killed; try again");
    if (/No space left|Disk quota/.test(stderr)) return say("the disk of DATA_DIR is full");
    if (/Input\/output error/.test(stderr)) return say("the film's drive, or another, has failed");
    return error;
  };

  return {
    /** @throws {UnavailableError} it cannot be used here: what to install */
    abilities,

    /** Whether it can be used here. */
    isHere: (): Promise<boolean> => abilities().then(() => true, () => false),

    /** What ffprobe says. @throws {CommandError} of the file; {UnavailableError} of the machine */
    probe: (args: string[], options: FfmpegOptions): Promise<string> =>
      runToEnd("ffprobe", args, options),

    /** What ffmpeg says on stdout. @throws as probe() */
    async run(args: string[], options: FfmpegOptions): Promise<string> {
      const before = options.inBackground ? await (careful ??= findCare(run)) : [];
      const [program, ...rest] = [...before, "ffmpeg", ...args];
      return await runToEnd(program!, rest, options);
    },
  };
}

async function lookAtFfmpeg(run: Run): Promise<Abilities> {
  const ask = (what: string) => run("ffmpeg", ["-hide_banner", "-v", "error", what]);
  const [version, ...lists] = await Promise.all([
    ask("-version"),
    ask("-encoders"),
    ask("-muxers"),
    ask("-filters"),
    run("ffprobe", ["-version"]),
  ]).catch((cause) => {
    throw new UnavailableError(`Cannot make pictures: ${NEEDS_FFMPEG}`, {}, { cause });
  });
  return toAbilities(version, lists.join("\n"));
}

/** @param lists of encoders, muxers and filters: flags, then the name */
function toAbilities(version: string, lists: string): Abilities {
  const all = new Set([...lists.matchAll(/^ *\S+ +(\S+) /gm)].map(([, name]) => name!));
  const encodings = encodingsOf((name) => all.has(name));
  const [sheet] = encodings.filter(({ name }) => name !== "avif"); // sheets are large, AVIF is slow
  if (!sheet) {
    throw new UnavailableError("Cannot make pictures: this ffmpeg has no encoder for WebP or JPEG");
  }
  const [, name = "unknown"] = /^ffmpeg version (\S+)/.exec(version) ?? [];
  const [, major, minor] = /^ffmpeg version \D*(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = major !== undefined && Number(major) * 100 + Number(minor) < 501;
  return {
    version: name,
    encodings,
    sheet,
    canMapTones: all.has("zscale") && all.has("tonemap"),
    canDeinterlace: all.has("estdif"),
    ownTimes: [isOld ? "-vsync" : "-fps_mode", "passthrough"],
  };
}

/** What to put before a program that nobody waits for; nothing where the system has no such thing. */
async function findCare(run: Run): Promise<readonly string[]> {
  for (const care of [["nice", "-n", "10", "ionice", "-c", "3"], ["nice", "-n", "10"]]) {
    const [program, ...args] = [...care, "ffmpeg", "-version"];
    if (await run(program!, args).then(() => true, () => false)) return care;
  }
  return [];
}
