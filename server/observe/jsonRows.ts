// Which rows of JSON stand in this output, and what do they hold? For text that other programs
// wrote: a line that is no JSON is passed over, a value of the wrong type is as good as missing.
// Not here: what a row means (readState.ts).

/** A JSON object whose values nobody has looked at yet. */
export type Json = Readonly<Record<string, unknown>>;

/** All objects in the JSON arrays of the output, one array per line. */
export function* jsonRows(output: string): Iterable<Json> {
  for (const line of output.split("\n")) {
    // A complaint that was written while a line was still open stands in front of the bracket.
    const start = line.indexOf("[");
    if (start < 0) continue;
    for (const row of parsedArray(line.slice(start))) if (isRecord(row)) yield row;
  }
}

function parsedArray(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text under this key. */
export function textOf(row: Json, key: string): string | undefined {
  const value = row[key];
  return typeof value === "string" ? value : undefined;
}

/** The number under this key. */
export function numberOf(row: Json, key: string): number | undefined {
  const value = row[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The texts in the array under this key. */
export function textsOf(row: Json, key: string): readonly string[] {
  const value = row[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The object under this key, empty when there is none. */
export function record(row: Json, key: string): Json {
  const value = row[key];
  return isRecord(value) ? value : {};
}

/** The objects in the array under this key. */
export function list(row: Json, key: string): readonly Json[] {
  const value = row[key];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
