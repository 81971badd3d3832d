/**
 * REST over Hono, the page, problems and the server.
 *
 * @module
 */
export { type ApiOptions, type ApiPorts, createApi } from "./app.ts";
export { catalogItemBody, peerBody } from "./resources/edge_body.ts";
export type { ViewersPort } from "./resources/watching/mod.ts";
export { driveHealthBody, type DriveHealthPort } from "./resources/drive_health.ts";
export type { EdgePort } from "./resources/edge.ts";
export type { Parts } from "./resources/health.ts";
export { whyBody } from "./resources/drive_bodies.ts";
export { settingBody } from "./resources/configurations.ts";
export { ingestReportBody, planBody, stepBody } from "./resources/library/ingest/bodies.ts";
export type { IdentitiesPort } from "./resources/peers/identities.ts";
export { jobBody, type JobsPort } from "./resources/jobs.ts";
export { mediaBody } from "./resources/media.ts";
export { confirmationBody, reportBody } from "./resources/scan.ts";
export { pageBody as searchBody } from "./resources/library/search/search.ts";
export type { SearchResult } from "./resources/library/search/bodies.ts";
export { duplicatesResource } from "./resources/library/duplicates/duplicates.ts";
export type {
  DuplicateDetail,
  DuplicateGroup,
  DuplicateResolution,
  DuplicatesFound,
  DuplicatesResolved,
} from "./resources/library/duplicates/bodies.ts";
export {
  type Emptied,
  type Restored,
  type TrashEntryBody,
  trashResource,
} from "./resources/library/duplicates/trash.ts";
export { type ItemBody, itemBody } from "./resources/library/items/bodies.ts";
export { type ArtworkUsage, usageBody } from "./resources/library/pictures/artwork.ts";
export { type ChangeBody, changeBody } from "./resources/library/said/changes.ts";
export { serveHttp, type ServeOptions } from "./serve.ts";
export type {
  CatalogItem,
  Job,
  MediaDescription,
  MediaItem,
  Setting,
  Stream,
  Track,
} from "./schemas.ts";
