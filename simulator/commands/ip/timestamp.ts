// The time that `ip -t monitor` and `bridge -t monitor` put before each event.
// Policy: the machine's clock is in UTC.
// Not simulated: time zones.

import type { Process } from "../../process/process.ts";
import type { IpOptions } from "./options.ts";

/** Whose clock it is, and what was asked for. */
type Asker = {
  readonly self: Process;
  readonly options: Pick<IpOptions, "timestamp" | "timestampShort">;
};

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** With -t a line of its own, with -ts the time in brackets. */
export function stampOf({ options, self }: Asker): string {
  if (!options.timestamp) return "";
  const { now } = self.machine.clock;
  const micros = String(now % 1e6);
  const seconds = Math.floor(now / 1e6);
  const { year, month, day, weekday } = dateOf(Math.floor(seconds / 86400));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hour, minute, second] = [seconds / 3600, seconds / 60, seconds].map((value, index) =>
    two(Math.floor(value) % (index === 0 ? 24 : 60)),
  );
  const time = `${hour}:${minute}:${second}`;
  if (options.timestampShort) {
    return `[${year}-${two(month + 1)}-${two(day)}T${time}.${micros.padStart(6, "0")}] `;
  }
  const date = `${DAYS[weekday]} ${MONTHS[month]} ${String(day).padStart(2)}`;
  return `Timestamp: ${date} ${time} ${year} ${micros} usec\n`;
}

/** The date of a number of days since 1970-01-01 (the civil calendar, days from March on). */
function dateOf(days: number): { year: number; month: number; day: number; weekday: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) -
      Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = (fromMarch + 2) % 12;
  const year = yearOfEra + era * 400 + (month < 2 ? 1 : 0);
  return { year, month, day, weekday: (days + 4) % 7 };
}
