/**
 * The link between peers and edges, both ends: `createLink` is the peer's, `openEdge` the edge's.
 *
 * @module
 */
export type {
  CatalogEntry,
  LinkDeps,
  LinkLibrary,
  LinkScreenshots,
  LinkSettings,
  LinkStreams,
} from "./deps.ts";
export { createLink, type Link, type LinkState } from "./link.ts";
export type { Retold } from "./link/announcer.ts";
export type { ViewerWord } from "./link/viewers.ts";
export {
  isPinOf,
  type NamedEdges,
  parseAddresses,
  pinFor,
  withEdge,
  withoutEdge,
} from "./link/addresses.ts";
export type {
  CatalogedFile,
  IceCandidate,
  IceServer,
  MediaDescription,
  OfferedFile,
  StreamOffer,
  Track,
} from "./messages.ts";
export type {
  CatalogItem,
  CatalogMedia,
  CatalogTrack,
  Page,
  PageRequest,
  Peer,
  Replica,
} from "./server/catalog_item.ts";
export {
  type Identity,
  type IdentityKey,
  type IdentitySettings,
  openIdentityKey,
  showFingerprint,
} from "./identity/mod.ts";
export type { Sees } from "./sight/mod.ts";
export { boundedTags } from "./tags/mod.ts";
export { joinEdge, type JoinOptions } from "./identity/joining/join.ts";
export { type Edge, type EdgeOptions, openEdge } from "./server/edge.ts";
export type {
  EdgeStreamInfo,
  IceSettings,
  OpenedStream,
  StreamRequest,
  TurnServers,
} from "./server/signalling/mod.ts";
export { OWNER } from "./server/signalling/mod.ts";
export { type RelaySettings, relayUrls, runRelay } from "./relay/mod.ts";
export { MAX_TTL_HOURS } from "./server/subscriptions/mod.ts";
export type { NewSubscription, Subscription } from "./server/subscriptions/mod.ts";
export {
  folderObjects,
  LINK_S,
  natsObjects,
  type ObjectStore,
  type PictureRow,
  s3Objects,
  type ScreenshotRequest,
  type Screenshots,
  type ScreenshotSettings,
} from "./server/screenshots/mod.ts";
export {
  type Bus,
  type CommandAnswer,
  type CommandPayload,
  type CommandRow,
  type CommandType,
  commandTypes,
  type GivenCommand,
  openNatsBus,
  readCommand,
  writeCommand,
} from "./server/routing/mod.ts";
export type { Watching } from "./server/watching.ts";
export {
  type EdgeKey,
  type EdgeKeyPort,
  type GrantFilter,
  type GrantRow,
  type GuardedStreams,
  guardStreams,
  toEdgeKey,
} from "./grants/mod.ts";
