/** The whole page: what the server says on top, the films below, the player over it. @module */
import { useState } from "preact/hooks";
import type { CatalogItem } from "../http/schemas.ts";
import { type Health } from "./api.ts";
import { ProblemNotice } from "./problem.tsx";
import { FilmList } from "./film_list.tsx";
import { Player } from "./player.tsx";
import { type ScanState, useServer } from "./server.ts";
import { countText, sizeText } from "./text.ts";

export function App() {
  const server = useServer();
  const [playing, play] = useState<CatalogItem>();
  const { catalog, problem } = server;
  const isElsewhere = server.health?.parts?.edge?.status === "off";

  return (
    <>
      <header class="top">
        <h1>
          giggity<span>flix</span>
        </h1>
        {catalog && (
          <p class="count" aria-live="polite">
            {countText(catalog.items.length, "film")}
            {catalog.nextCursor ? " and more" : ""}
          </p>
        )}
      </header>
      <main>
        {!server.online && (
          <p class="notice warn" role="status">
            giggityflix does not answer at the moment. This page tries again by itself.
          </p>
        )}
        <Scan scan={server.scan} />
        <Hints health={server.health} reload={server.reload} />
        {problem && isElsewhere && <Elsewhere health={server.health} />}
        {problem && !isElsewhere && (
          <div class="notice bad" role="alert" data-testid="catalog-error">
            <p>{problem}</p>
            <button type="button" onClick={server.reload}>Try again</button>
          </div>
        )}
        {!catalog && !problem && <p class="quiet" role="status">Looking for films …</p>}
        {catalog?.items.length === 0 && (
          <Empty health={server.health} scanning={server.scan?.running ?? false} />
        )}
        {catalog && <FilmList items={catalog.items} onPlay={play} />}
        {catalog?.nextCursor && (
          <button type="button" class="more" onClick={server.more}>Show more</button>
        )}
      </main>
      <footer class="quiet">
        <p>
          {server.health?.version ? `giggityflix ${server.health.version} · ` : ""}
          <a href="api/schema/swagger-ui/">REST API</a>
        </p>
      </footer>
      {playing && <Player item={playing} onClose={() => play(undefined)} />}
    </>
  );
}

function Scan({ scan }: { scan: ScanState | undefined }) {
  if (!scan) return null;
  if (!scan.running) {
    return <p class="notice" role="status" data-testid="scan">{scan.summary}</p>;
  }
  const { files, filesTotal, bytes, bytesTotal } = scan;
  const known = countText(filesTotal ?? files, "file");
  const count = filesTotal ? `${files.toLocaleString("en")} of ${known}` : known;
  const bytesText = bytesTotal ? `${sizeText(bytes)} of ${sizeText(bytesTotal)}` : sizeText(bytes);
  return (
    <div class="notice" data-testid="scan">
      <label for="scan-bar">
        Looking through your folders ({scan.phase}): {count}, {bytesText}
      </label>
      <progress id="scan-bar" {...barOf(scan)} />
      <p class="path" title={scan.path}>{scan.path}</p>
    </div>
  );
}

/** Hashing takes as long as there are bytes, the other phases as there are files. */
function barOf({ phase, files, filesTotal, bytes, bytesTotal }: ScanState) {
  if (phase === "hash" && bytesTotal) return { max: bytesTotal, value: bytes };
  return filesTotal ? { max: filesTotal, value: files } : {};
}

/** A peer has no catalogue of its own when it joined somebody else's edge. */
function Elsewhere({ health }: { health: Health | undefined }) {
  const address = health?.parts?.link?.address;
  return (
    <p class="notice" role="status" data-testid="elsewhere">
      This peer shares its films with another edge{address && (
        <>
          , <code>{address}</code>
        </>
      )}: open the page of that edge to see and play them.
    </p>
  );
}

function Hints({ health, reload }: { health: Health | undefined; reload: () => void }) {
  return (
    <>
      {health?.parts?.media?.["samples_only"] && (
        <p class="notice" data-testid="samples-hint">
          These are sample clips. For your own films, start it with{" "}
          <code>--media-dir /path/to/films</code>, or set <code>MEDIA_DIRS</code>{" "}
          to one or more folders.
        </p>
      )}
      {problemsOf(health).map((problem) => (
        <ProblemNotice key={problem.text} problem={problem} reload={reload} />
      ))}
      {health?.parts?.ffmpeg?.available === false && (
        <p class="notice warn" data-testid="ffmpeg-hint">
          ffmpeg is not installed, so nothing is known about what is in AVI files and other files
          that giggityflix cannot read by itself.
        </p>
      )}
    </>
  );
}

/** ffmpeg has a notice of its own. */
function problemsOf(health: Health | undefined) {
  return Object.entries(health?.parts ?? {})
    .flatMap(([name, part]) => name === "ffmpeg" ? [] : part?.problems ?? []);
}

function Empty({ health, scanning }: { health: Health | undefined; scanning: boolean }) {
  const role = health?.parts?.role;
  if (role && role.name === undefined) {
    return (
      <section class="empty" data-testid="empty">
        <h2>Nothing has been shared with you yet</h2>
        <p>Films appear here by themselves when the owner of this edge shares some.</p>
      </section>
    );
  }
  if (role?.name === "edge") {
    return (
      <section class="empty" data-testid="empty">
        <h2>No films yet</h2>
        <p>This edge has no films of its own: peers bring theirs. Invite one, here,</p>
        <pre><code>giggityflix peers invite</code></pre>
        <p>and type on the machine with the films what that prints.</p>
      </section>
    );
  }
  return (
    <section class="empty" data-testid="empty">
      <h2>{scanning ? "No films found yet" : "No films yet"}</h2>
      <p>Tell giggityflix where your films are, and they appear here: start it with</p>
      <pre><code>--media-dir /path/to/films</code></pre>
      <p>
        or set <code>MEDIA_DIRS</code> to one or more folders.
      </p>
    </section>
  );
}
