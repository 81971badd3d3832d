/**
 * Numbers that stand for texts: quick, alike on both ends of the link, and of no use against people
 * who want two texts to look the same. Nobody is here to be deceived: a peer speaks of its own list.
 *
 * @module
 */

/**
 * What both ends know of a list of catalogue ids, whatever the order in which they come: databases
 * sort texts in different ways. Each id is 128 bits, and the list is their sum.
 */
export class CatalogDigest {
  readonly #sum = new Uint32Array(4);
  count = 0;

  add(catalogIds: Iterable<string>): void {
    for (const id of catalogIds) this.addHash(hashOf(id));
  }

  addHash(hash: TextHash): void {
    for (let lane = 0; lane < 4; lane++) this.#sum[lane]! += hash[lane]!;
    this.count++;
  }

  /** Hexadecimal; with the count, lists that differ have different texts. */
  toString(): string {
    return [...this.#sum].map((lane) => lane.toString(16).padStart(8, "0")).join("");
  }
}

/**
 * Texts that were seen, by 64 bits of each: a million take 16 MB, as strings in a Set they would
 * take ten times that.
 */
export class SeenTexts {
  #slots = new Uint32Array(2 * 1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(hash: TextHash): boolean {
    return this.#find(hash[0]!, hash[1]!) < 0;
  }

  add(hash: TextHash): void {
    this.#put(hash[0]!, hash[1]!);
  }

  #put(low: number, high: number): void {
    const at = this.#find(low, high);
    if (at < 0) return;
    this.#slots[at] = low;
    this.#slots[at + 1] = high || 1;
    if (++this.#size * 4 > this.#slots.length) this.#grow();
  }

  /** The slot that is free for it; negative when it is there. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    const stored = high || 1; // a free slot is two zeros
    let at = (low & (slots.length / 2 - 1)) * 2;
    while (slots[at] || slots[at + 1]) {
      if (slots[at] === low && slots[at + 1] === stored) return -1;
      at = (at + 2) % slots.length;
    }
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#size = 0;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] || old[at + 1]) this.#put(old[at]!, old[at + 1]!);
    }
  }
}

/** 128 bits of a text, in four words. */
export type TextHash = Uint32Array;

/**
 * cyrb128, a public-domain hash by bryc, of a text's UTF-16 units.
 *
 * @param into where to put it: who asks a million times needs no million arrays
 */
export function hashOf(text: string, into: TextHash = scratch): TextHash {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    h1 = h2 ^ Math.imul(h1 ^ unit, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ unit, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ unit, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ unit, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  h1 ^= h2 ^ h3 ^ h4;
  into[0] = h1;
  into[1] = h2 ^ h1;
  into[2] = h3 ^ h1;
  into[3] = h4 ^ h1;
  return into;
}

/** Holds the last one; each has it until the next is asked for. */
const scratch = new Uint32Array(4);

/** Of a catalogue id, and of the id with its version: the second is the first, gone on with. */
export function hashOfVersion(id: TextHash, version: string, into: TextHash): TextHash {
  hashOf(version, into);
  into[0] = Math.imul(id[0]! ^ (into[0]! >>> 15), 597399067) ^ into[2]!;
  into[1] = Math.imul(id[1]! ^ (into[1]! >>> 16), 2869860233) ^ into[3]!;
  into[2] = Math.imul(id[2]! ^ into[0]!, 951274213);
  into[3] = Math.imul(id[3]! ^ into[1]!, 2716044179);
  return into;
}
