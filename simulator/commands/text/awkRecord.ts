// The record of `awk` and its fields: taken apart when somebody asks, put together again when a field
// was changed (mawk(1), Records and Fields).
// Not here: reading records (awkRecords.ts).

import { toText } from "./awkFormat.ts";
import { type AwkValue, input } from "./awkNumber.ts";
import type { Regex } from "./regex.ts";

/** How texts are taken apart. */
export type Splitter = (text: string) => string[];

/** The record. */
export type AwkRecord = {
  whole: AwkValue;
  fields: AwkValue[] | undefined;
  /** A field was changed: `whole` is to be made of the fields. */
  changed: boolean;
  /** What FS was when the record was read. */
  splitter: Splitter;
};

/** Most fields of a record. */
export const MOST_FIELDS = 32_767;

/** How FS, or the last argument of split, takes texts apart. */
export function splitterOf(
  separator: string | Regex,
  compile: (source: string) => Regex,
): Splitter {
  if (separator === " ")
    return (text) => text.split(/[ \t\n\f\r\v]+/).filter((part) => part !== "");
  if (separator === "") return (text) => [...text];
  if (typeof separator === "string" && separator.length === 1) {
    return (text) => (text === "" ? [] : text.split(separator));
  }
  const regex = typeof separator === "string" ? compile(separator) : separator;
  return (text) => splitBy(text, regex);
}

function splitBy(text: string, regex: Regex): string[] {
  if (text === "") return [];
  const parts: string[] = [];
  let start = 0;
  for (let from = 0; from <= text.length; ) {
    const [at = -1, end = -1] = regex.match(text, from) ?? [];
    if (at < 0) break;
    if (end === at) {
      from = at + 1;
      continue;
    }
    parts.push(text.slice(start, at));
    start = end;
    from = end;
  }
  return [...parts, text.slice(start)];
}

/** A new record. */
export function setRecord(record: AwkRecord, whole: AwkValue, splitter: Splitter): void {
  record.whole = whole;
  record.fields = undefined;
  record.changed = false;
  record.splitter = splitter;
}

/** The fields, from $1 on. */
export function fieldsOf(record: AwkRecord): AwkValue[] {
  record.fields ??= record.splitter(toText(record.whole, "%.6g")).map(input);
  return record.fields;
}

/** $0. */
export function wholeOf(record: AwkRecord, separator: string, format: string): AwkValue {
  if (record.changed) {
    record.changed = false;
    record.whole = input(
      fieldsOf(record)
        .map((field) => toText(field, format))
        .join(separator),
    );
  }
  return record.whole;
}

/** Sets a field; those in between are empty. */
export function setField(record: AwkRecord, index: number, value: AwkValue): void {
  const fields = fieldsOf(record);
  while (fields.length < index - 1) fields.push("");
  fields[index - 1] = value;
  record.changed = true;
}

/** Sets the number of fields. */
export function setFieldCount(record: AwkRecord, count: number): void {
  const fields = fieldsOf(record);
  while (fields.length < count) fields.push("");
  fields.length = count;
  record.changed = true;
}
