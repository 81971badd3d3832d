/**
 * Who waits for which drives, and who goes next. Whoever waits for several drives gets all of them
 * at once: so nobody holds one drive while another lets him wait, and nobody waits in a circle.
 *
 * @module
 */

/** A drive, as the queue needs it: room for so many readers. */
export interface Place {
  readonly limit: number;
  held: number;
}

export interface Request<P extends Place> {
  places: readonly P[];
  /** Smaller goes first. */
  rank: number;
  /** The older of two equals goes first: its number, that it keeps when it steps aside. */
  age: number;
  /**
   * Whether it may begin now, were there room. One that may not keeps nobody else from going.
   */
  mayBegin(): boolean;
  /** Whether it takes one of the readers of this place; one beside a film's reads takes none. */
  takes(place: P): boolean;
  /** Its turn has come; the places in `taken` are taken for it right after. */
  grant(taken: readonly P[]): void;
}

export class Queue<P extends Place> {
  readonly #waiting: Request<P>[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(request: Request<P>): void {
    const at = this.#waiting.findLastIndex((other) => !goesFirst(request, other));
    this.#waiting.splice(at + 1, 0, request);
  }

  /** @returns whether it was still waiting */
  remove(request: Request<P>): boolean {
    const at = this.#waiting.indexOf(request);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /** Those that wait, in the order in which they go. */
  [Symbol.iterator](): Iterator<Request<P>> {
    return this.#waiting[Symbol.iterator]();
  }

  /**
   * Grants all that can be granted. A request that lacks room keeps the places it wants from all
   * behind it; else a request for two drives would wait for ever behind those for one.
   */
  dispatch(): void {
    const wanted = new Set<P>();
    for (const request of [...this.#waiting]) {
      if (!request.mayBegin()) continue;
      const taken = request.places.filter((it) => request.takes(it));
      const hasRoom = taken.every((it) => it.held < it.limit && !wanted.has(it));
      if (hasRoom) {
        this.remove(request);
        request.grant(taken);
        for (const place of taken) place.held++;
      } else {
        for (const place of taken) wanted.add(place);
      }
    }
  }
}

function goesFirst(one: Request<Place>, other: Request<Place>): boolean {
  return one.rank === other.rank ? one.age < other.age : one.rank < other.rank;
}
