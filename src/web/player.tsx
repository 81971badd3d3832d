/** The player over the page: a video element, what goes on, and what went wrong. @module */
import { useEffect, useRef, useState } from "preact/hooks";
import type { CatalogItem } from "../http/schemas.ts";
import { browserSupports } from "./playable.ts";
import { playFilm } from "./player/playback.ts";
import { PlayOverError } from "./player/range_client.ts";

export interface PlayerProps {
  item: CatalogItem;
  onClose(): void;
}

type State = { is: "opening" } | { is: "ready"; note?: string | undefined } | {
  is: "failed";
  problem: string;
  /** Somebody has ended it: there is nothing to try again. */
  isOver: boolean;
};

export function Player({ item, onClose }: PlayerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<State>({ is: "opening" });
  const [attempt, setAttempt] = useState(1);
  /** A retry goes on where the failure was. */
  const resumeAt = useRef(0);

  // A modal dialog keeps the focus inside, closes on Escape, and gives the focus back.
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const stop = new AbortController();
    setState({ is: "opening" });
    const onReady = (note: string | undefined) => {
      setState({ is: "ready", note });
      if (resumeAt.current > 0) element.currentTime = resumeAt.current;
      element.play().catch(() => {
        // Playing by itself is not allowed everywhere; the controls are there.
      });
    };
    const { signal } = stop;
    const catalogId = item.catalog_id;
    playFilm({ video: element, catalogId, supports: browserSupports, signal, onReady })
      .catch((error) => {
        if (signal.aborted) return;
        const problem = error instanceof Error ? error.message : String(error);
        setState({ is: "failed", problem, isOver: error instanceof PlayOverError });
      });
    const leave = () => stop.abort();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      stop.abort();
    };
  }, [item.catalog_id, attempt]);

  const remember = () => {
    const at = video.current?.currentTime ?? 0;
    if (at > 0 && state.is === "ready") resumeAt.current = at;
  };

  return (
    <dialog
      class="player"
      ref={dialog}
      aria-labelledby="player-title"
      data-testid="player"
      onClose={onClose}
    >
      <header>
        <h2 id="player-title">{item.title}</h2>
        <form method="dialog">
          <button type="submit" class="close" aria-label="Close the player">Close</button>
        </form>
      </header>
      <div class="screen">
        <video
          ref={video}
          controls
          playsInline
          onTimeUpdate={remember}
          aria-label={item.title}
        />
        {state.is === "opening" && <p class="over" role="status">Connecting to the peer …</p>}
        {state.is === "failed" && (
          <div class="over bad" role="alert" data-testid="player-error">
            <p>{state.problem}</p>
            {!state.isOver && (
              <button type="button" onClick={() => setAttempt(attempt + 1)}>Retry</button>
            )}
          </div>
        )}
      </div>
      {state.is === "ready" && state.note && <p class="why">{state.note}</p>}
    </dialog>
  );
}
