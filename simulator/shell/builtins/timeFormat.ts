// Dates as strftime(3) writes them in the locale C, in UTC.
// Not simulated: time zones, %E and %O.

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months =
  "January February March April May June July August September October November December".split(
    " ",
  );

type Parts = {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly yearDay: number;
};

const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function partsOf(seconds: number): Parts {
  const dayNumber = Math.floor(seconds / 86400);
  const rest = seconds - dayNumber * 86400;
  let year = 1970 + Math.trunc(dayNumber / 365.2425);
  const startOf = (one: number) =>
    (one - 1970) * 365 +
    Math.floor((one - 1) / 4) -
    492 -
    Math.floor((one - 1) / 100) +
    19 +
    Math.floor((one - 1) / 400) -
    4;
  while (startOf(year) > dayNumber) year -= 1;
  while (startOf(year + 1) <= dayNumber) year += 1;
  const yearDay = dayNumber - startOf(year);
  const lengths = [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  let month = 0;
  let day = yearDay;
  while (day >= (lengths[month] ?? 31)) day -= lengths[month++] ?? 31;
  return {
    year,
    month,
    day: day + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((dayNumber + 4) % 7) + 7) % 7,
    yearDay,
  };
}

const two = (value: number): string => `${value}`.padStart(2, "0");

/** Writes a time, seconds since 1970. */
export function formatTime(format: string, seconds: number): string {
  const parts = partsOf(seconds);
  return format.replace(/%([-_0^#]?)([A-Za-z%+])/g, (whole, flag: string, letter: string) => {
    const text = field(parts, seconds, letter);
    if (text === undefined) return whole;
    if (flag === "-") return text.replace(/^[0 ]+(?=.)/, "");
    return flag === "_" ? text.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length)) : text;
  });
}

function field(parts: Parts, seconds: number, letter: string): string | undefined {
  const { year, month, day, hour, minute, second, weekday, yearDay } = parts;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const weekdayName = days[weekday] ?? "";
  const monthName = months[month] ?? "";
  const fields: Readonly<Record<string, () => string>> = {
    a: () => weekdayName.slice(0, 3),
    A: () => weekdayName,
    b: () => monthName.slice(0, 3),
    h: () => monthName.slice(0, 3),
    B: () => monthName,
    c: () => formatTime("%a %b %e %H:%M:%S %Y", seconds),
    C: () => two(Math.floor(year / 100)),
    d: () => two(day),
    D: () => formatTime("%m/%d/%y", seconds),
    e: () => `${day}`.padStart(2),
    F: () => formatTime("%Y-%m-%d", seconds),
    H: () => two(hour),
    I: () => two(twelve),
    j: () => `${yearDay + 1}`.padStart(3, "0"),
    k: () => `${hour}`.padStart(2),
    l: () => `${twelve}`.padStart(2),
    m: () => two(month + 1),
    M: () => two(minute),
    n: () => "\n",
    p: () => (hour < 12 ? "AM" : "PM"),
    P: () => (hour < 12 ? "am" : "pm"),
    r: () => formatTime("%I:%M:%S %p", seconds),
    R: () => formatTime("%H:%M", seconds),
    s: () => `${seconds}`,
    S: () => two(second),
    t: () => "\t",
    T: () => formatTime("%H:%M:%S", seconds),
    u: () => `${weekday === 0 ? 7 : weekday}`,
    U: () => two(Math.floor((yearDay + 7 - weekday) / 7)),
    w: () => `${weekday}`,
    W: () => two(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7)),
    x: () => formatTime("%m/%d/%y", seconds),
    X: () => formatTime("%H:%M:%S", seconds),
    y: () => two(year % 100),
    Y: () => `${year}`,
    z: () => "+0000",
    Z: () => "UTC",
    "%": () => "%",
  };
  return Object.hasOwn(fields, letter) ? fields[letter]?.() : undefined;
}
