/**
 * What health says of each part, as lines for a person; a part that this program does not know is
 * told by what it says of itself.
 *
 * @module
 */
import { counted } from "../../base/text/counted.ts";
import { formatBytes, plain, table } from "../terminal.ts";

export interface Part extends Record<string, unknown> {
  status: string;
  problems?: { text: string; fix?: string }[];
}

/** One part: the first line stands beside its name. Fields as `GET /api/health/` has them. */
const sayings: Record<string, (part: Part) => string[]> = {
  role: ({ name, peer_id }) => [`${name}${peer_id ? ` ${peer_id}` : ""}`],
  media: (
    { files, bytes, by_status = {}, scanning, samples_only, folders = [], with_errors },
  ) => {
    const states = Object.entries(by_status as Record<string, number>)
      .filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
    return [
      [`${counted(Number(files), "file")}, ${formatBytes(Number(bytes))}`, ...states].join(", "),
      ...with_errors ? [`${counted(Number(with_errors), "file")} with something wrong`] : [],
      ...samples_only ? ["only the samples: say where your films are by MEDIA_DIRS"] : [],
      ...scanning ? ["a scan is at work"] : [],
      ...(folders as string[]).map((it) => `folder ${it}`),
    ];
  },
  drives: ({ present, lanes = [] }) => {
    const busy = (lanes as Lane[]).filter(({ held, waiting }) => held + waiting > 0);
    return [
      `${present} present`,
      ...busy.map(({ drive_ids, held, limit, waiting, streaming }) =>
        `${drive_ids.join(" + ")}: ${held} of ${counted(limit, "read")} at a time, ` +
        `${waiting} waiting${streaming ? "; a film is played from it" : ""}`
      ),
    ];
  },
  watch: ({ folders = [] }) =>
    (folders as Watched[]).map(({ root, mode, reason, left_out: leftOut = [] }) =>
      `${root}: ${mode}${reason ? `, ${reason}` : ""}` +
      (leftOut.length > 0 ? `, without ${counted(leftOut.length, "folder")} not to be read` : "")
    ),
  ffmpeg: ({ available }) => [available ? "it is here" : "it is not here"],
  link: ({ connected, address, since }) => [
    `${connected ? "to the edge" : "none to the edge"}${
      address ? ` at ${address}` : ""
    } since ${since}`,
  ],
  edge: ({ status, address, peers }) =>
    status === "off"
      ? []
      : [`${address ?? "no address yet"}, ${counted(Number(peers), "peer")} online`],
};

interface Lane {
  "drive_ids": string[];
  limit: number;
  held: number;
  waiting: number;
  streaming: boolean;
}

interface Watched {
  root: string;
  mode: string;
  reason?: string;
  "left_out"?: string[];
}

/** A table of all parts; beneath a part what is wrong with it, and the line that helps. */
export function statusLines(parts: Record<string, Part>): string {
  const rows = Object.entries(parts).flatMap(([name, part]) => {
    const { status, problems = [] } = part;
    const [first = "", ...more] = (sayings[name] ?? ownWords)(part);
    return [
      [name, status, first],
      ...more.map((line) => ["", "", line]),
      ...problems.flatMap(({ text, fix }) => [
        ["", "", `! ${text}`],
        ...fix ? [["", "", `  ${fix}`]] : [],
      ]),
    ];
  });
  return table(["part", "state", ""], rows);
}

/** Single values only: what is made of several is for `--json`. */
function ownWords({ status: _status, problems: _problems, ...facts }: Part): string[] {
  const single = Object.entries(facts).filter(([, value]) => typeof value !== "object");
  return single.map(([name, value]) => plain(`${name.replaceAll("_", " ")}: ${value}`));
}
