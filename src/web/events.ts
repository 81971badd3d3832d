/** What happens on the server, as it happens. @module */

export interface ServerEvent {
  id: number;
  type: string;
  time: string;
  data: Record<string, unknown>;
}

const types = [
  "scan.progress",
  "scan.finished",
  "scan.failed",
  "catalog.changed",
  "peer.connected",
  "peer.disconnected",
];

export interface EventListeners {
  onEvent(event: ServerEvent): void;
  /** Whether the server can be heard; the browser tries again by itself. */
  onOnline(online: boolean): void;
}

/** Listens until the returned function is called. */
export function listenToServer({ onEvent, onOnline }: EventListeners): () => void {
  const source = new EventSource("api/events");
  const tell = ({ data }: MessageEvent<string>) => {
    const event = parse(data);
    if (event) onEvent(event);
  };
  for (const type of types) source.addEventListener(type, tell);
  source.onopen = () => onOnline(true);
  source.onerror = () => onOnline(false);
  return () => source.close();
}

function parse(text: string): ServerEvent | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // A line cut off by a broken connection; the next event tells the newer state anyway.
    return undefined;
  }
}
