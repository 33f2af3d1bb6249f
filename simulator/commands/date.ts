// `date` of coreutils 9.1 (date(1)): the machine's clock, in UTC and in the C locale.
// Not here: formats (dateText.ts). Not simulated: setting the clock, --file, --debug, words of -d
// beyond dates, times, @seconds, now, today, yesterday, tomorrow and "+3 days" or "2 hours ago".

import { errnoText } from "../net/core/errno.ts";
import { print } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { calendar, dayNumber } from "./calendar.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { type DateTime, formatDate, isoText } from "./dateText.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "d:f:I::r:Rs:u",
  long: {
    date: "d:",
    debug: "debug",
    file: "f:",
    "iso-8601": "I::",
    reference: "r:",
    resolution: "resolution",
    "rfc-2822": "R",
    "rfc-3339": "rfc-3339:",
    "rfc-email": "R",
    set: "s:",
    universal: "u",
    utc: "u",
    help: "help",
    version: "version",
  },
};

const ISO = ["hours", "minutes", "date", "seconds", "ns"];
const RFC = ["date", "seconds", "ns"];

/** A moment in seconds and nanoseconds; numbers of this size keep both exact. */
type Moment = { readonly seconds: number; readonly nanoseconds: number };

/** Prints a moment. */
export function* date(self: Process): Execution {
  const name = self.argv[0] ?? "date";
  const given = getopt(self.argv, TABLE);
  let moment: Moment | undefined;
  let format: string | undefined;
  for (const { name: option, value = "" } of given.options) {
    if (["f", "s", "debug", "resolution", "help", "version"].includes(option)) {
      return yield* notSimulated(self, `date ${option.length > 1 ? "--" : "-"}${option}`);
    }
    if (option === "R") format = "%a, %d %b %Y %H:%M:%S %z";
    if (option === "I" || option === "rfc-3339") {
      const words = option === "I" ? ISO : RFC;
      const detail = value === "" && option === "I" ? "date" : value;
      const found = words.filter((word) => word.startsWith(detail));
      const [exact] = found;
      if (exact === undefined || (found.length > 1 && !words.includes(detail))) {
        return yield* wrongWord(self, { value, option, words });
      }
      format = option === "I" ? `iso ${exact}` : rfc3339(exact);
    }
    if (option === "r") {
      const status = self.machine.files.stat(self, value);
      if ("errno" in status) return yield* fail(self, `${value}: ${errnoText(status.errno)}`);
      moment = momentOf(status.modified);
    }
    if (option === "d") {
      const parsed = parseDate(self, value);
      if (parsed === "unknown") return yield* notSimulated(self, `date -d '${value}'`);
      if (parsed === undefined) return yield* fail(self, `invalid date ‘${value}’`);
      moment = parsed;
    }
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const [first, second] = given.operands;
  if (second !== undefined) return yield* tryHelp(self, `${name}: extra operand ‘${second}’`);
  if (first !== undefined && !first.startsWith("+")) {
    if (/^\d+(\.\d+)?$/.test(first)) return yield* notSimulated(self, "setting the clock");
    return yield* fail(self, `invalid date ‘${first}’`);
  }
  if (first !== undefined && format !== undefined) {
    return yield* fail(self, "multiple output formats specified");
  }
  const time = dateTime(moment ?? momentOf(self.machine.clock.now));
  const chosen = first?.slice(1) ?? format ?? "%a %b %e %H:%M:%S %Z %Y";
  const iso = format?.startsWith("iso ") ? isoText(time, format.slice(4)) : undefined;
  yield* print(self, `${iso ?? formatDate(chosen, time)}\n`);
  return 0;
}

function* wrongWord(
  self: Process,
  { value, option, words }: { value: string; option: string; words: readonly string[] },
): Execution {
  const long = option === "I" ? "--iso-8601" : "--rfc-3339";
  const lines = words.map((word) => `  - ‘${word}’`).join("\n");
  const text = `${self.argv[0]}: invalid argument ‘${value}’ for ‘${long}’`;
  return yield* tryHelp(self, `${text}\nValid arguments are:\n${lines}`);
}

function rfc3339(detail: string): string {
  const fraction = detail === "ns" ? ".%N" : "";
  return detail === "date" ? "%Y-%m-%d" : `%Y-%m-%d %H:%M:%S${fraction}%:z`;
}

function momentOf(microseconds: number): Moment {
  const seconds = Math.floor(microseconds / 1e6);
  return { seconds, nanoseconds: Math.round(microseconds - seconds * 1e6) * 1000 };
}

function dateTime({ seconds, nanoseconds }: Moment): DateTime {
  return { ...calendar(seconds * 1e6), seconds, nanoseconds };
}

const UNITS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86400,
  week: 604800,
  fortnight: 1209600,
};

/** A date in words: undefined when it is none, "unknown" when it may be one that is not known here. */
function parseDate(self: Process, text: string): Moment | "unknown" | undefined {
  const now = momentOf(self.machine.clock.now);
  const at = /^\s*@(-?\d+)(?:[.,](\d{1,9})\d*)?\s*$/.exec(text);
  if (at !== null) {
    const nanoseconds = Number((at[2] ?? "").padEnd(9, "0"));
    return { seconds: Number(at[1]), nanoseconds };
  }
  let rest = text.trim().toLowerCase();
  if (rest.startsWith("@")) return undefined;
  let moment = now;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match !== null) rest = rest.slice(match[0].length).trim();
    return match;
  };
  const day = take(/^(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[\st])/);
  if (day !== null) {
    const [year, month, dayOfMonth] = [Number(day[1]), Number(day[2]), Number(day[3])];
    const days = dayNumber(year, month, dayOfMonth);
    const real = calendar(days * 86400e6);
    if (real.month !== month || real.day !== dayOfMonth) return undefined;
    moment = { seconds: days * 86400, nanoseconds: 0 };
  }
  const clock = take(
    /^t?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(?:z|utc|gmt|\+00:?00)?/,
  );
  if (clock !== null) {
    const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hour > 23 || minute > 59 || second > 60) return undefined;
    const midnight = Math.floor(moment.seconds / 86400) * 86400;
    const nanoseconds = Number((clock[4] ?? "").padEnd(9, "0"));
    moment = { seconds: midnight + hour * 3600 + minute * 60 + second, nanoseconds };
  }
  const moved = moveBy(moment, rest);
  if (moved !== undefined) return moved;
  return /^[a-z]*$/.test(rest) &&
    !/^(sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|noon|midnight|last|next)/.test(
      rest,
    )
    ? undefined
    : "unknown";
}

/** "yesterday", "+3 days", "2 hours ago", one after the other. */
function moveBy(start: Moment, text: string): Moment | undefined {
  let { seconds } = start;
  let rest = text;
  while (rest !== "") {
    const word = /^(now|today|yesterday|tomorrow)(?=\s|$)\s*/.exec(rest);
    const step = /^([-+]?)\s*(\d{1,9})?\s*([a-z]+?)s?(\s+ago)?(?=\s|$|[-+])\s*/.exec(rest);
    if (word !== null) {
      seconds += word[1] === "yesterday" ? -86400 : word[1] === "tomorrow" ? 86400 : 0;
      rest = rest.slice(word[0].length);
    } else if (step !== null && UNITS[step[3] ?? ""] !== undefined) {
      const sign = (step[1] === "-" ? -1 : 1) * (step[4] === undefined ? 1 : -1);
      seconds += sign * Number(step[2] ?? 1) * (UNITS[step[3] ?? ""] ?? 0);
      rest = rest.slice(step[0].length);
    } else {
      return undefined;
    }
  }
  return { seconds, nanoseconds: start.nanoseconds };
}
