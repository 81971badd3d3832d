/** What the player has read so far; tests look at it through `window.giggityflix`. @module */

export const stats = {
  bytesOverChannel: 0,
  /** Media never comes over HTTP on this page; the number stands for that promise. */
  bytesOverHttp: 0,
  reads: 0,
  connections: 0,
  seeks: 0,
};

export type Stats = typeof stats;
