/** What happens on the server, as it happens. @module */

import { renewSession } from "./session.ts";

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
  // What of it is shown to whom is another matter now.
  "sharing.changed",
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
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const tell = ({ data }: MessageEvent<string>) => {
    const event = parse(data);
    if (event) onEvent(event);
  };
  const open = () => {
    source = new EventSource("api/events");
    for (const type of types) source.addEventListener(type, tell);
    source.onopen = () => onOnline(true);
    source.onerror = () => {
      onOnline(false);
      // An answer that is no stream: the browser gives up. Maybe the session is over.
      if (source.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(async () => {
        await renewSession();
        if (source.readyState === EventSource.CLOSED && retry !== undefined) open();
      }, RETRY_MS);
    };
  };
  open();
  return () => {
    clearTimeout(retry);
    retry = undefined;
    source.close();
  };
}

const RETRY_MS = 5000;

function parse(text: string): ServerEvent | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // A line cut off by a broken connection; the next event tells the newer state anyway.
    return undefined;
  }
}
