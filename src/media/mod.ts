/**
 * Media files: finding them, looking into them, hashing them, and opening them for playing.
 *
 * @module
 */
export { type FileState, stateOf } from "./file_state.ts";
export type { DigestOptions, FileWork } from "./file_work.ts";
export {
  algorithms,
  type Hashes,
  type HashName,
  prepareHashers,
  toHashName,
} from "./hash/algorithms.ts";
export { openIdentify, type Piece } from "./hash/identity.ts";
export { fingerprintDistance, LIKELY_SAME } from "./images/fingerprint.ts";
export {
  type Artwork,
  type ArtworkDeps,
  openArtwork,
  type Screenshot,
  type Shown,
} from "./images/artwork.ts";
export { MAX_PICTURE_BYTES } from "./images/covers.ts";
export { NEEDS_FFMPEG } from "./images/ffmpeg.ts";
export type { PosterKind, Wanted } from "./images/posters.ts";
export { type Library, type LibraryDeps, type LibrarySettings, openLibrary } from "./library.ts";
export { type NfoToWrite, writeNfo } from "./nfo/write_nfo.ts";
export type { Details, Facts, Nfo, NfoActor, ParsedName, Sidecar } from "./details.ts";
export {
  type Description,
  extensionOf,
  type HdrKind,
  isMisnamed,
  kindOf,
  type MediaFile,
  type MediaKind,
  type MediaStatus,
  mediaTypes,
  stemOf,
  type Track,
} from "./media.ts";
export { languageForms, languageSpellings } from "./names/languages.ts";
export { openNameParser, type ParseName } from "./names/parse_name.ts";
export { sortTitleOf } from "./names/sort_title.ts";
export type { OpenedFile } from "./open_file.ts";
export { codecSpellings, commonCodec } from "./probe/codec/names.ts";
export { hasFfprobe } from "./probe/ffprobe.ts";
export type { ScanRequest, ScanState } from "./scanning.ts";
export type { Confirmation } from "./scan/gone/confirmations.ts";
export type { ScanProgress, ScanReport } from "./scan/progress.ts";
export type { ListOptions, MediaCounts } from "./store.ts";
export { isRuleFile } from "./scan/walk/ignored.ts";
export { explain } from "./scan/walk/touch.ts";
export { filmOfArt, isFolderArt, picturesOfFilms } from "./sidecars/pictures.ts";
export { subtitleExtensions } from "./sidecars/subtitles.ts";
export { TEMPORARY, TRASH_FOLDER } from "./trash/folder.ts";
export { watchFolders, type WatchState } from "./watch/watch.ts";
export { share, type Sharing, sharings } from "./trash/share.ts";
export type { TrashEntry } from "./trash/store.ts";
export type { Trash } from "./trash/trash.ts";
