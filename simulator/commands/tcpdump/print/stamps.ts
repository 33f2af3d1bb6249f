// Times in front of packets (-t to -ttttt; ts_print of util-print.c).
// Not simulated: time zones other than UTC.

import { calendar, two } from "../../calendar.ts";
import type { PrintOptions } from "./printer.ts";

/** A moment since 1970. */
export type Moment = { readonly seconds: number; readonly nanoseconds: number };

/** Times of one run: some count from the packet before or from the first. */
export type Stamps = {
  /** The time of packet `number` and a blank; asking again for the same number is no new packet. */
  text(time: Moment, number: number): string;
};

/** Times for these options. */
export function createStamps({ stamp, nano }: Pick<PrintOptions, "stamp" | "nano">): Stamps {
  let reference: Moment | undefined;
  let last: { readonly number: number; readonly time: Moment } | undefined;
  const fraction = (nanoseconds: number) =>
    nano
      ? String(nanoseconds).padStart(9, "0")
      : String(Math.floor(nanoseconds / 1000)).padStart(6, "0");
  const clock = ({ seconds, nanoseconds }: Moment) => {
    const { hour, minute, second } = calendar(seconds * 1e6);
    return `${two(hour)}:${two(minute)}:${two(second)}.${fraction(nanoseconds)}`;
  };
  return {
    text(time, number) {
      if (last !== undefined && last.number !== number && stamp === 3) reference = last.time;
      reference ??= time;
      last = { number, time };
      if (stamp === 1) return "";
      if (stamp === 0) return `${clock(time)} `;
      if (stamp === 2) return `${time.seconds}.${fraction(time.nanoseconds)} `;
      if (stamp === 4) {
        const { year, month, day } = calendar(time.seconds * 1e6);
        return `${year}-${two(month)}-${two(day)} ${clock(time)} `;
      }
      const isEarlier = isBefore(time, reference);
      const passed = isEarlier ? difference(reference, time) : difference(time, reference);
      return `${isEarlier ? "-" : " "}${clock(passed)} `;
    },
  };
}

function isBefore(a: Moment, b: Moment): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}

function difference(late: Moment, early: Moment): Moment {
  const seconds = late.seconds - early.seconds;
  const nanoseconds = late.nanoseconds - early.nanoseconds;
  return nanoseconds < 0
    ? { seconds: seconds - 1, nanoseconds: nanoseconds + 1e9 }
    : { seconds, nanoseconds };
}
