import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { InvalidError } from "../../src/base/errors.ts";
import { isWithin, parseDailyWindow, parseSetting } from "../../src/config/mod.ts";

const at = (hour: number, minute = 0) => new Date(2026, 10, 21, hour, minute);

Deno.test("parseDailyWindow() reads a time of day, over midnight too, and nothing from nothing", () => {
  deepStrictEqual(parseDailyWindow("02:00-05:30"), { from: 120, to: 330 });
  deepStrictEqual(parseDailyWindow(" 2:00 - 5:30 "), { from: 120, to: 330 });
  deepStrictEqual(parseDailyWindow("22:00-06:00"), { from: 1320, to: 360 });
  deepStrictEqual(parseDailyWindow("00:00-24:00"), { from: 0, to: 1440 });
  strictEqual(parseDailyWindow(""), undefined);
});

Deno.test("BACKGROUND_WINDOW refuses what is no time of day, and says what would be", () => {
  for (const text of ["2-5", "02:00", "25:00-03:00", "02:60-03:00", "02:00-02:00", "night"]) {
    throws(() => parseDailyWindow(text), InvalidError);
    throws(() => parseSetting("backgroundWindow", text), {
      name: "InvalidError",
      message: `Cannot set BACKGROUND_WINDOW to "${text}": ` +
        "expected HH:MM-HH:MM such as 02:00-05:00, or nothing",
    });
  }
  strictEqual(parseSetting("backgroundWindow", "22:00-06:00"), "22:00-06:00");
  strictEqual(parseSetting("backgroundWindow", ""), "");
});

Deno.test("isWithin() begins with its first minute and ends before its last", () => {
  const night = { from: 1320, to: 360 };
  const morning = { from: 120, to: 300 };

  deepStrictEqual([1, 2, 4, 5].map((hour) => isWithin(morning, at(hour))), [
    false,
    true,
    true,
    false,
  ]);
  deepStrictEqual([21, 22, 0, 5, 6, 12].map((hour) => isWithin(night, at(hour))), [
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
  strictEqual(isWithin({ from: 0, to: 1440 }, at(23, 59)), true);
});
