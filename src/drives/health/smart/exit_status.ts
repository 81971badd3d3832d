/**
 * smartctl's exit status: eight bits, of which only two say that it did not get to the drive.
 * As in smartctl(8), EXIT STATUS.
 *
 * @module
 */
import type { Reason } from "./report.ts";

/** The command line was wrong, or no type of device could be told. */
export const BIT_COMMAND_LINE = 1;
/** The device could not be opened or identified, or is in a low-power mode. */
export const BIT_OPEN = 2;

/**
 * What `-n standby` answers for a sleeping drive, instead of the ambiguous 2. Bit 0 never comes
 * with another bit, so that no failure can ever look like this; smartctl(8) proposes 3 itself.
 */
export const STANDBY_EXIT = 3;

/** What the other bits mean where the report itself has not said so already. */
const bits: (Reason & { bit: number })[] = [
  { bit: 4, code: "partial", level: "info", text: "A part of what was asked was not answered" },
  {
    bit: 8,
    code: "overall",
    level: "failing",
    text: "It calls itself failing: save what is on it",
  },
  {
    bit: 16,
    code: "attribute_failing",
    level: "failing",
    text: "One of its attributes is at the maker's limit, which foretells a failure",
  },
  {
    bit: 32,
    code: "attribute_past",
    level: "warning",
    text: "One of its attributes was once at the maker's limit",
  },
  { bit: 64, code: "error_log", level: "info", text: "Errors stand in the drive's log" },
  { bit: 128, code: "self_test", level: "warning", text: "A self-test has failed" },
];

/** The reasons that an exit status gives. */
export function exitReasons(status = 0): Reason[] {
  if (status === STANDBY_EXIT) return [];
  return bits.filter(({ bit }) => status & bit).map(({ code, level, text }) => ({
    code,
    level,
    text,
  }));
}
