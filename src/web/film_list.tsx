/** The films, each with what is known of it and whether it plays here. @module */
import type { CatalogItem } from "../http/schemas.ts";
import { browserSupports, judge } from "./playable.ts";
import { durationText, sizeText } from "./text.ts";

export interface FilmListProps {
  items: CatalogItem[];
  onPlay(item: CatalogItem): void;
}

export function FilmList({ items, onPlay }: FilmListProps) {
  return (
    <ul class="films">
      {items.map((item) => <Film key={item.catalog_id} item={item} onPlay={onPlay} />)}
    </ul>
  );
}

function Film({ item, onPlay }: { item: CatalogItem; onPlay(item: CatalogItem): void }) {
  const { canPlay, why } = judge(item, browserSupports);
  const id = item.catalog_id;
  const peers = [...new Set(item.replicas.map((replica) => replica.peer_id))];
  return (
    <li class={canPlay ? "film" : "film off"} data-testid={`item-${id}`}>
      <div class="about">
        <h2 id={`title-${id}`}>{item.title}</h2>
        <ul class="facts" aria-label="Facts">
          {facts(item).map((fact) => <li key={fact}>{fact}</li>)}
        </ul>
        <p class="peer">
          <span class={item.online ? "dot on" : "dot"} aria-hidden="true" />
          {item.online ? "online" : "offline"} · {peers.map(shortPeer).join(", ") || "no peer"}
        </p>
      </div>
      <button
        type="button"
        class="play"
        data-testid={`play-${id}`}
        aria-label={`Play ${item.title}`}
        aria-describedby={why ? `why-${id}` : undefined}
        disabled={!canPlay}
        onClick={() => onPlay(item)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M7 4.5v15l13-7.5z" />
        </svg>
        Play
      </button>
      {why && <p class="why" id={`why-${id}`} data-testid={`why-${id}`}>{why}</p>}
    </li>
  );
}

function facts({ media, size_bytes: sizeBytes }: CatalogItem): string[] {
  const [video] = media?.tracks.filter((track) => track.kind === "video") ?? [];
  const codecs = media?.tracks.filter(({ kind }) => kind !== "subtitle").map((it) => it.codec);
  const subtitles = media?.tracks.some(({ kind }) => kind === "subtitle");
  return [
    ...(media?.duration_ms ? [durationText(media.duration_ms)] : []),
    sizeText(sizeBytes),
    ...(video?.width && video.height ? [`${video.width} × ${video.height}`] : []),
    ...(media ? [media.container] : []),
    ...(codecs?.length ? [[...new Set(codecs)].join(" + ")] : []),
    ...(subtitles ? ["subtitles"] : []),
  ];
}

/** Peer ids are long random words; their beginning tells them apart. */
function shortPeer(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…` : id;
}
