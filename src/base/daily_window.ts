/**
 * A time of day, every day, by this machine's own clock: "02:00-05:00", or "22:00-06:00" over
 * midnight.
 *
 * @module
 */
import { InvalidError } from "./errors.ts";

export interface DailyWindow {
  /** Minutes after midnight; inside. */
  from: number;
  /** Minutes after midnight, up to 1440; outside. Smaller than `from` when midnight is inside. */
  to: number;
}

const pattern = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)$/;

/** What a text has to be for `parseDailyWindow`, in words. */
export const DAILY_WINDOW_FORM = "expected HH:MM-HH:MM such as 02:00-05:00, or nothing";

/**
 * The window in `text`; undefined when it is empty.
 *
 * @throws {InvalidError} it is no window, or one of no length
 */
export function parseDailyWindow(text: string): DailyWindow | undefined {
  if (text.trim() === "") return undefined;
  const found = pattern.exec(text.trim());
  const minutes = (hour: string, minute: string) => Number(hour) * 60 + Number(minute);
  const from = found ? minutes(found[1]!, found[2]!) : NaN;
  const to = found?.[3] ? minutes(found[3], found[4]!) : 1440;
  if (!found || from === to) {
    throw new InvalidError(`Cannot read the time "${text}": ${DAILY_WINDOW_FORM}`, { text });
  }
  return { from, to };
}

/** Whether it is that time of day. */
export function isWithin({ from, to }: DailyWindow, time: Date): boolean {
  const now = time.getHours() * 60 + time.getMinutes();
  return from < to ? now >= from && now < to : now >= from || now < to;
}

/** "02:00". */
export function formatMinutes(minutes: number): string {
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
