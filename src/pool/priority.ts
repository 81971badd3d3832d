/**
 * Who goes first: a film that plays, a person who waits, and then the machine's own work.
 *
 * @module
 */

/** Walking and probing are "scan", hashing and artwork are "hash". */
export const priorities = ["playback", "interactive", "scan", "hash", "housekeeping"] as const;

export type Priority = (typeof priorities)[number];

/** 0 goes first. */
export function rankOf(priority: Priority): number {
  return priorities.indexOf(priority);
}

/** Nobody waits for it: it steps aside for as long as somebody watches. */
export function isBackground(priority: Priority): boolean {
  return rankOf(priority) > rankOf("interactive");
}

/** One value for each priority. */
export function byPriority<T>(value: (priority: Priority) => T): Record<Priority, T> {
  const entries = priorities.map((priority) => [priority, value(priority)] as const);
  return Object.fromEntries(entries) as Record<Priority, T>;
}
