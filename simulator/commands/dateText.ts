// Formats of `date` (date(1), strftime(3)) in the C locale and in UTC: %a to %Z with the flags -, _, 0,
// ^, # and a width.
// Not simulated: other locales and time zones, eras (%E, %O change nothing).

import { type Calendar, dayNumber, MONTHS, WEEKDAYS } from "./calendar.ts";

/** A moment with nanoseconds. */
export type DateTime = Calendar & { readonly seconds: number; readonly nanoseconds: number };

type Field = readonly [value: string | number, width: number, pad: "0" | "_" | ""];

/** Text of a format. */
export function formatDate(format: string, time: DateTime): string {
  const pattern = /%([-_0^#+]*)(\d*)[EO]?(:{0,3}z|[\s\S])/g;
  return format.replace(pattern, (all, flags: string, width: string, name: string) => {
    if (name === "%") return "%";
    const field = fieldOf(name, time);
    if (field === undefined) return all;
    return draw(field, flags, width === "" ? undefined : Math.min(1000, Number(width)), name);
  });
}

function draw(
  [value, least, pad]: Field,
  flags: string,
  width: number | undefined,
  name: string,
): string {
  let text = String(value);
  if (flags.includes("^")) text = text.toUpperCase();
  if (flags.includes("#")) text = name === "p" ? text.toLowerCase() : text.toUpperCase();
  if (flags.includes("-") && pad !== "") return text;
  const given = [...flags].reverse().find((flag) => flag === "_" || flag === "0");
  const fill = given ?? (pad === "" ? "_" : pad);
  return text.padStart(width ?? least, fill === "0" ? "0" : " ");
}

function fieldOf(name: string, time: DateTime): Field | undefined {
  const { year, month, day, hour, minute, second, weekday, dayOfYear } = time;
  const nested = (format: string): Field => [formatDate(format, time), 0, ""];
  const short = (word: string | undefined): Field => [(word ?? "").slice(0, 3), 0, ""];
  const fields: Record<string, () => Field> = {
    a: () => short(WEEKDAYS[weekday]),
    A: () => [WEEKDAYS[weekday] ?? "", 0, ""],
    b: () => short(MONTHS[month - 1]),
    B: () => [MONTHS[month - 1] ?? "", 0, ""],
    c: () => nested("%a %b %e %H:%M:%S %Y"),
    C: () => [Math.floor(year / 100), 2, "0"],
    d: () => [day, 2, "0"],
    D: () => nested("%m/%d/%y"),
    e: () => [day, 2, "_"],
    F: () => nested("%Y-%m-%d"),
    g: () => [isoWeek(time).year % 100, 2, "0"],
    G: () => [isoWeek(time).year, 4, "0"],
    h: () => short(MONTHS[month - 1]),
    H: () => [hour, 2, "0"],
    I: () => [hour % 12 || 12, 2, "0"],
    j: () => [dayOfYear, 3, "0"],
    k: () => [hour, 2, "_"],
    l: () => [hour % 12 || 12, 2, "_"],
    m: () => [month, 2, "0"],
    M: () => [minute, 2, "0"],
    n: () => ["\n", 0, ""],
    N: () => [String(time.nanoseconds).padStart(9, "0"), 9, "0"],
    p: () => [hour < 12 ? "AM" : "PM", 0, ""],
    P: () => [hour < 12 ? "am" : "pm", 0, ""],
    q: () => [Math.ceil(month / 3), 1, "0"],
    r: () => nested("%I:%M:%S %p"),
    R: () => nested("%H:%M"),
    s: () => [time.seconds, 1, "0"],
    S: () => [second, 2, "0"],
    t: () => ["\t", 0, ""],
    T: () => nested("%H:%M:%S"),
    u: () => [weekday || 7, 1, "0"],
    U: () => [Math.floor((dayOfYear + 6 - weekday) / 7), 2, "0"],
    V: () => [isoWeek(time).week, 2, "0"],
    w: () => [weekday, 1, "0"],
    W: () => [Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7), 2, "0"],
    x: () => nested("%m/%d/%y"),
    X: () => nested("%H:%M:%S"),
    y: () => [((year % 100) + 100) % 100, 2, "0"],
    Y: () => [year, 4, "0"],
    z: () => ["+0000", 0, ""],
    ":z": () => ["+00:00", 0, ""],
    "::z": () => ["+00:00:00", 0, ""],
    ":::z": () => ["+00", 0, ""],
    Z: () => ["UTC", 0, ""],
  };
  return Object.hasOwn(fields, name) ? fields[name]?.() : undefined;
}

/** Year and week of ISO 8601: weeks begin on Monday, the first has the year's first Thursday. */
function isoWeek({ year, month, day, weekday }: Calendar): { year: number; week: number } {
  const days = dayNumber(year, month, day);
  const thursday = days - ((weekday + 6) % 7) + 3;
  const own = [year - 1, year, year + 1].find(
    (each) => thursday >= dayNumber(each, 1, 1) && thursday < dayNumber(each + 1, 1, 1),
  );
  const isoYear = own ?? year;
  return { year: isoYear, week: Math.floor((thursday - dayNumber(isoYear, 1, 1)) / 7) + 1 };
}

/** 2026-11-24T07:57:10+00:00 and its shorter kinds. */
export function isoText(time: DateTime, detail: string): string {
  const formats: Record<string, string> = {
    date: "%Y-%m-%d",
    hours: "%Y-%m-%dT%H%:z",
    minutes: "%Y-%m-%dT%H:%M%:z",
    seconds: "%Y-%m-%dT%H:%M:%S%:z",
    ns: "%Y-%m-%dT%H:%M:%S,%N%:z",
  };
  return formatDate(formats[detail] ?? "", time);
}
