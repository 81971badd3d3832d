/**
 * What the edge counts. Labels come from the tables here or from the protocol's own: no peer, title
 * or person is ever one.
 *
 * @module
 */
import type { Publish } from "../../../base/events.ts";
import type { Distribution, Metric } from "../../../base/metrics.ts";
import { toSnake } from "../../../base/text/snake_case.ts";
import type { Case, PeerPayloads } from "../../messages.ts";
import type { Session } from "../sessions.ts";

/** THE COUNTERS: what each is called, and what its one label says. */
const table = {
  sessions: { name: "sessions_total", help: "Peers that have come in" },
  messages: { name: "messages_total", help: "Messages of peers", label: "type" },
  announcements: { name: "announcements_total", help: "Lists of peers, whole or in parts" },
  announcedIds: { name: "announced_ids_total", help: "Catalogue ids in lists of peers" },
  commands: { name: "commands_total", help: "Commands by what became of them", label: "state" },
  grants: { name: "grants_total", help: "Grants by what became of them", label: "state" },
  streams: { name: "streams_total", help: "Streams that viewers asked for", label: "outcome" },
  requests: {
    name: "screenshot_requests_total",
    help: "Requests for screenshots by what became of them",
    label: "state",
  },
  uploads: {
    name: "screenshot_uploads_total",
    help: "Uploads of screenshots by the status of the answer; refused unless 200",
    label: "status",
  },
  uploadedPictures: { name: "screenshots_stored_total", help: "Screenshots that have come" },
  matches: { name: "subscription_matches_total", help: "Titles found for who waits for them" },
  busReconnects: { name: "bus_reconnects_total", help: "Times that the bus has come back" },
} as const;

type CounterName = keyof typeof table;

/** Told at zero from the start: what never happened can be asked for, too. */
const known: Partial<Record<CounterName, readonly string[]>> = {
  commands: ["done", "dead"],
  grants: ["issued", "refused", "expired", "revoked", "ended"],
  streams: ["opened", "failed"],
  requests: ["requested", "completed", "failed"],
  uploads: ["200"],
};

/** Events that are counted, and as what. */
const counted: Record<string, readonly [CounterName, string]> = {
  "peer.connected": ["sessions", ""],
  "grant.issued": ["grants", "issued"],
  "grant.refused": ["grants", "refused"],
  "grant.expired": ["grants", "expired"],
  "grant.revoked": ["grants", "revoked"],
  "grant.ended": ["grants", "ended"],
  "command.done": ["commands", "done"],
  "command.dead": ["commands", "dead"],
  "screenshots.requested": ["requests", "requested"],
  "screenshots.completed": ["requests", "completed"],
  "screenshots.failed": ["requests", "failed"],
  "subscription.matched": ["matches", ""],
};

/** Seconds from a command's being given to its last answer. */
const BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600];

export class EdgeCounters {
  readonly #counts = new Map<CounterName, Map<string, number>>();
  readonly #latency = {
    counts: BOUNDS_S.map(() => 0).concat(0),
    sum: 0,
  };

  constructor() {
    for (const name of Object.keys(table) as CounterName[]) {
      const labels = known[name] ?? ("label" in table[name] ? [] : [""]);
      this.#counts.set(name, new Map(labels.map((label) => [label, 0])));
    }
  }

  /** `label` is of a small set of words; see above. */
  add(name: CounterName, label = "", count = 1): void {
    const counts = this.#counts.get(name)!;
    counts.set(label, (counts.get(label) ?? 0) + count);
  }

  /** A command's last answer has come so long after it was given. */
  answered(ms: number): void {
    const seconds = Math.max(ms, 0) / 1000;
    const at = BOUNDS_S.findIndex((bound) => seconds <= bound);
    const { counts } = this.#latency;
    counts[at === -1 ? BOUNDS_S.length : at]!++;
    this.#latency.sum += seconds;
  }

  /** A message of a peer; of a list also how long it is. */
  heard(payload: Case<PeerPayloads> | undefined): void {
    this.add("messages", payload?.case ?? "other");
    if (payload?.case !== "catalogAnnouncement") return;
    this.add("announcements");
    this.add("announcedIds", "", payload.value.catalogIds.length);
  }

  /** Publishes, and counts what it knows by its event. */
  counting(publish: Publish): Publish {
    return (type, data) => {
      const counter = counted[type];
      if (counter) this.add(...counter);
      publish(type, data);
    };
  }

  /** What there is `now`, and what was counted. */
  metrics(now?: EdgeState): Metric[] {
    const { counts, sum } = this.#latency;
    const latency: Distribution = { bounds: BOUNDS_S, counts: [...counts], sum };
    return [
      ...now ? stateMetrics(now) : [],
      ...[...this.#counts].map(([key, counts]): Metric => {
        const counter: { name: string; help: string; label?: string } = table[key];
        const { name, help, label } = counter;
        return {
          name: `giggityflix_edge_${name}`,
          type: "counter",
          help,
          samples: [...counts].map(([value, count]) => ({
            ...label && { labels: { [label]: toSnake(value) } },
            value: count,
          })),
        };
      }),
      {
        name: "giggityflix_edge_command_seconds",
        type: "histogram",
        help: "From giving a command to its last answer",
        samples: [{ value: latency }],
      },
    ];
  }
}

export interface EdgeState {
  sessions: { all(): Session[] };
  /** What each has proved at the door. */
  signed: WeakMap<Session, { key: string }>;
  /** At the door, and of what was wrong in what they sent. */
  refusals: { count: number };
  streams: { all(): unknown[] };
  routing: { edges(): string[] };
  /** To other edges, where there are any. */
  bus: { isUp(): boolean } | undefined;
}

/** What is there now. */
function stateMetrics(
  { sessions, signed, refusals, streams, routing, bus }: EdgeState,
): Metric[] {
  const kinds = { signed: 0, unsigned: 0, original: 0 };
  for (const session of sessions.all()) {
    const isSigned = Boolean(signed.get(session)?.key);
    kinds[isSigned ? "signed" : session.greeted ? "unsigned" : "original"]++;
  }
  const gauge = (name: string, help: string, value: number): Metric => ({
    name: `giggityflix_edge_${name}`,
    type: "gauge",
    help,
    samples: [{ value }],
  });
  return [
    {
      name: "giggityflix_edge_sessions",
      type: "gauge",
      help: "Peers that are connected: with a proven key, without, of the published protocol only",
      samples: Object.entries(kinds).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    {
      name: "giggityflix_edge_refusals_total",
      type: "counter",
      help: "Peers and messages that were refused",
      samples: [{ value: refusals.count }],
    },
    gauge("streams_open", "Streams that play by this edge", streams.all().length),
    gauge("other_edges", "Other edges that are there", routing.edges().length),
    ...bus ? [gauge("bus_up", "1 while the bus can be reached", bus.isUp() ? 1 : 0)] : [],
  ];
}
