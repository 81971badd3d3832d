/**
 * The REST API: one line per resource.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { InvalidError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { type Metric, METRICS_TYPE, toExposition } from "../base/metrics.ts";
import { VERSION } from "../base/version.ts";
import { MAX_PICTURE_BYTES } from "../media/mod.ts";
import type { People } from "../people/mod.ts";
import { cookieNames } from "./admission/connection.ts";
import { withSecurity } from "./admission/security_schemes.ts";
import { refuseMalformed } from "./admission/well_formed.ts";
import { auth } from "./auth.ts";
import { unrouted } from "./methods.ts";
import { withExamples } from "./openapi/examples.ts";
import { problems } from "./problem.ts";
import { configurations, type ConfigurationsPort } from "./resources/configurations.ts";
import { driveHealth, type DriveHealthPort } from "./resources/drive_health.ts";
import { drives, type DrivesPort, partitions, volumes } from "./resources/drives.ts";
import { catalog, type EdgePort, peers } from "./resources/edge.ts";
import { commandResources, peerCommands } from "./resources/commands/mod.ts";
import { catalogueResources } from "./resources/catalogue/mod.ts";
import { type ViewersPort, watchingResources } from "./resources/watching/mod.ts";
import { events, type EventsPort } from "./resources/events/mod.ts";
import { health, type HealthPort } from "./resources/health.ts";
import { holders } from "./resources/peers/holders.ts";
import { identities } from "./resources/peers/identities.ts";
import { jobs, type JobsPort } from "./resources/jobs.ts";
import { type LibraryPort, libraryResources } from "./resources/library/mod.ts";
import { mediaPictures } from "./resources/library/pictures/media_pictures.ts";
import { screenshots } from "./resources/screenshots/mod.ts";
import { screenshotUpload } from "./resources/screenshots/upload.ts";
import { peopleResources } from "./resources/people/mod.ts";
import { peoplePages } from "./resources/people/page.ts";
import { narrowBy } from "./resources/people/heard.ts";
import { sharedEdge } from "./resources/people/shared_edge.ts";
import { media, type MediaPort } from "./resources/media.ts";
import { absent } from "./router.ts";
import { securityHeaders, SWAGGER_START, swaggerPage, ui } from "./ui.ts";

export interface ApiPorts {
  health: HealthPort;
  configurations: ConfigurationsPort;
  events: EventsPort;
  /** The peer's own resources, or why this program has none. */
  peer: PeerPorts | string;
  /** The edge's resources, or why this program has none. */
  edge: EdgePort | string;
  /** Those who have accounts at this edge; or why there are none. */
  people?: People | string;
  metrics(): Metric[];
}

export interface PeerPorts {
  drives: DrivesPort & DriveHealthPort;
  media: MediaPort;
  library: LibraryPort;
  jobs: JobsPort;
  /** Who watches what this peer has, without an edge. */
  viewers?: ViewersPort | undefined;
}

export interface ApiOptions {
  /** What callers from other machines must show, unless they have an account. */
  token: string;
  log: Log;
  /** By which the page may be opened, besides addresses and localhost. */
  names?: () => readonly string[];
}

export function createApi(ports: ApiPorts, { token, log, names }: ApiOptions): OpenAPIHono {
  const { peer } = ports;
  const people = ports.people ?? "Cannot answer: there are no accounts without an edge";
  const known = typeof people === "string" ? undefined : people;
  const edge = typeof ports.edge === "string" || !known
    ? ports.edge
    : sharedEdge(ports.edge, known);
  const resources = {
    health: health(ports.health),
    configurations: configurations(ports.configurations),
    events: events(heardBy(ports.events, typeof edge === "string" ? undefined : edge, known)),
    drives: typeof peer === "string"
      ? absent(peer)
      : drives(peer.drives).route("/", driveHealth(peer.drives)),
    partitions: typeof peer === "string" ? absent(peer) : partitions(peer.drives),
    volumes: typeof peer === "string" ? absent(peer) : volumes(peer.drives),
    media: typeof peer === "string"
      ? absent(peer)
      : media(peer.media).route("/", mediaPictures(peer.library.pictures)),
    ...libraryResources(typeof peer === "string" ? peer : peer.library),
    jobs: typeof peer === "string" ? absent(peer) : jobs(peer.jobs),
    peers: typeof edge === "string"
      ? absent(edge)
      : identities(edge).route("/", peerCommands(edge)).route("/", holders(edge))
        .route("/", peers(edge)),
    catalog: typeof edge === "string" ? absent(edge) : catalog(edge).route("/", screenshots(edge)),
    screenshot: typeof edge === "string" ? absent(edge) : screenshotUpload(edge),
    ...catalogueResources(edge),
    ...commandResources(edge),
    ...watchingResources(edge, typeof peer === "string" ? undefined : peer.viewers),
    ...peopleResources(people),
  };

  const api = new OpenAPIHono({ getPath: pathWithoutSlash });
  api.use(auth({ token, people: known, names }));
  // The router answers HEAD with what GET says, and drops the body: its source must hear of it.
  api.use(async (c, next) => {
    await next();
    if (c.req.method === "HEAD") await c.res.body?.cancel();
  });
  const limits = { text: limitBody(MAX_BODY_BYTES), picture: limitBody(MAX_PICTURE_BYTES) };
  api.use((c, next) => {
    if (isLong(c.req.path)) return next();
    const isPicture = c.req.header("content-type")?.startsWith("image/");
    return limits[isPicture ? "picture" : "text"](c, next);
  });
  api.use((c, next) => isLong(c.req.path) ? next() : refuseMalformed(c, next));
  for (const [name, routes] of Object.entries(resources)) api.route(`/api/${name}`, routes);
  api.get(
    "/metrics",
    (c) => c.body(toExposition(ports.metrics()), 200, { "content-type": METRICS_TYPE }),
  );
  api.get("/api/schema", (c) => {
    const document = withExamples(api.getOpenAPI31Document(openApiHead));
    return c.json(withSecurity(document, cookieNames(c)));
  });
  api.get(
    "/api/schema/swagger-ui",
    (c) => c.html(swaggerPage("/api/schema/"), 200, securityHeaders),
  );
  api.get(
    "/swagger-start.js",
    (c) => c.body(SWAGGER_START, 200, { "content-type": "text/javascript" }),
  );
  if (known) api.route("/", peoplePages());
  api.route("/", ui(typeof edge === "string" ? undefined : edge.picturesAt));
  api.notFound(unrouted(api));
  api.onError(problems(log));
  return api;
}

/** Events tell nobody more than the lists of the edge do. */
function heardBy(port: EventsPort, edge: EdgePort | undefined, people: People | undefined) {
  const narrow = edge && people && narrowBy(edge, people);
  return {
    get last() {
      return port.last;
    },
    listen: (...args: Parameters<EventsPort["listen"]>) => port.listen(...args),
    narrow,
  };
}

/** An export is as long as the library; it is read line by line. Uploads count for themselves. */
const isLong = (path: string) => path === "/api/import" || path.startsWith("/api/screenshot/");

/** An SDP offer is the largest that anybody sends. */
const MAX_BODY_BYTES = 1024 * 1024;

function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new InvalidError(`Cannot read the body: it is larger than ${maxSize} bytes`);
    },
  });
}

const openApiHead = {
  openapi: "3.1.0",
  info: {
    title: "giggityflix",
    version: VERSION,
    description: "A peer of a private streaming network, and the edge between peers and viewers.",
  },
};

/** `/api/media/` and `/api/media` are the same place. */
function pathWithoutSlash(request: Request): string {
  const { pathname } = new URL(request.url);
  return pathname.length > 1 ? pathname.replace(/\/+$/, "") || "/" : pathname;
}
