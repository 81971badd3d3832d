/** The server's state as the page sees it, kept fresh by its events. @module */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Catalog, fetchCatalog, fetchHealth, fetchIceServers, type Health } from "./api.ts";
import { listenToServer, type ServerEvent } from "./events.ts";
import { countText, sizeText } from "./text.ts";

export interface ScanState {
  running: boolean;
  phase: string;
  files: number;
  filesTotal: number | undefined;
  bytes: number;
  bytesTotal: number | undefined;
  path: string;
  summary: string;
}

const PAGE = 60;
/** Many changes in a row are fetched once. */
const SETTLE_MS = 500;

/** Everything that the page shows, and what it can ask for. */
export function useServer() {
  const [catalog, setCatalog] = useState<Catalog>();
  const [problem, setProblem] = useState<string>();
  const [health, setHealth] = useState<Health>();
  const [scan, setScan] = useState<ScanState>();
  const [online, setOnline] = useState(true);
  const wanted = useRef(PAGE);

  const reload = async () => {
    // The hints are worth less than the films: without an answer there are none.
    const asked = fetchHealth().catch(() => undefined);
    try {
      const films = await fetchAll(wanted.current);
      // Where there are none, it says what brings some.
      if (films.items.length === 0) setHealth(await asked);
      setCatalog(films);
      setProblem(undefined);
      void fetchIceServers();
    } catch (error) {
      // It says which problem is to be expected here.
      setHealth(await asked);
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setHealth(await asked);
  };
  const more = () => {
    wanted.current += PAGE;
    void reload();
  };

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(reload, SETTLE_MS);
    };
    const onEvent = (event: ServerEvent) => {
      if (event.type.startsWith("scan.")) setScan(scanState(event));
      if (event.type !== "scan.progress") soon();
    };
    let heard = false;
    const onOnline = (now: boolean) => {
      setOnline(now);
      // What happened while the server could not be heard, or not yet, is not told again.
      if (now && !heard) soon();
      heard = now;
    };
    const stop = listenToServer({ onEvent, onOnline });
    void reload();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);

  return { catalog, problem, health, scan, online, reload, more };
}

/** From the beginning, so that what was inserted or removed in between is right. */
async function fetchAll(wanted: number): Promise<Catalog> {
  let cursor: string | null = null;
  const items: Catalog["items"] = [];
  do {
    const page: Catalog = await fetchCatalog(cursor, PAGE);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && items.length < wanted);
  return { items, nextCursor: cursor };
}

function scanState({ type, data }: ServerEvent): ScanState {
  const number = (key: string) => Number(data[key] ?? 0);
  const total = (key: string) => data[key] === undefined ? undefined : number(key);
  const running = type === "scan.progress";
  const errors = number("errors");
  const seconds = number("seconds");
  const words = [
    `Scan finished: ${countText(number("files"), "file")}`,
    `${number("new").toLocaleString("en")} new`,
    ...(errors ? [countText(errors, "unreadable file")] : []),
    `${sizeText(number("bytes_read"))} read in ${seconds.toFixed(1)} s`,
  ];
  return {
    running,
    phase: String(data["phase"] ?? "scan"),
    files: number("files"),
    filesTotal: total("files_total"),
    bytes: number("bytes"),
    bytesTotal: total("bytes_total"),
    path: String(data["path"] ?? ""),
    summary: type === "scan.failed"
      ? `The scan gave up: ${String(data["reason"] ?? "the log says why")}`
      : words.join(", "),
  };
}
