// Reads records as mawk 1.3.4 does (mawk(1), RS): lines, parts between a character or an expression,
// or paragraphs. What is no terminal is read in blocks of 4096 bytes that have to be full, so a pipe
// gives nothing before that.
// Not here: fields (awkRecord.ts), which files are read (awkStreams.ts).

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { readOrErrno } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { awkRegex } from "./awkCompile.ts";
import type { Regex } from "./regex.ts";

const BLOCK = 4096;

/** A file that is read record by record. */
export type RecordReader = {
  readonly self: Process;
  readonly fd: number;
  readonly patient: boolean;
  buffer: string;
  at: number;
  ended: boolean;
  errno: Errno | undefined;
};

/** The records of a descriptor. */
export function openRecords(self: Process, fd: number): RecordReader {
  const patient = self.files.get(fd)?.kind !== "tty";
  return { self, fd, patient, buffer: "", at: 0, ended: false, errno: undefined };
}

function* fill(reader: RecordReader): Steps<void> {
  const parts = [reader.buffer.slice(reader.at)];
  let count = 0;
  do {
    const bytes = yield* readOrErrno(reader.self, reader.fd, BLOCK - count);
    if (typeof bytes !== "string") reader.errno = bytes.errno;
    if (typeof bytes !== "string" || bytes === "") {
      reader.ended = true;
      break;
    }
    parts.push(bytes);
    count += bytes.length;
  } while (reader.patient && count < BLOCK);
  reader.buffer = parts.join("");
  reader.at = 0;
}

/** Where a separator begins and ends, from `from` on. */
type Separator = (text: string, from: number) => readonly [number, number] | undefined;

function separatorOf(rs: string, cache: Map<string, Regex>): Separator {
  if (rs.length === 1) {
    return (text, from) => {
      const at = text.indexOf(rs, from);
      return at < 0 ? undefined : [at, at + 1];
    };
  }
  let regex = cache.get(rs);
  if (regex === undefined) {
    const compiled = awkRegex(rs === "" ? "\n\n+" : rs);
    regex = typeof compiled === "string" ? undefined : compiled;
    if (regex !== undefined) cache.set(rs, regex);
  }
  return (text, from) => {
    const [start = -1, end = -1] = regex?.match(text, from) ?? [];
    return start < 0 || start === end ? undefined : [start, end];
  };
}

/** The next record; undefined at the end. */
export function* nextRecord(
  reader: RecordReader,
  rs: string,
  cache: Map<string, Regex>,
): Steps<string | undefined> {
  const find = separatorOf(rs, cache);
  if (rs === "") yield* skipBlankLines(reader);
  for (;;) {
    const found = find(reader.buffer, reader.at);
    // A separator of any length may go on behind what has been read.
    const sure = found !== undefined && (rs.length === 1 || found[1] < reader.buffer.length);
    if (found !== undefined && (sure || reader.ended)) {
      const record = reader.buffer.slice(reader.at, found[0]);
      reader.at = found[1];
      return record;
    }
    if (!reader.ended) {
      yield* fill(reader);
      continue;
    }
    if (reader.at >= reader.buffer.length) return undefined;
    const rest = reader.buffer.slice(reader.at);
    reader.at = reader.buffer.length;
    return rs === "" ? rest.replace(/\n$/, "") : rest;
  }
}

function* skipBlankLines(reader: RecordReader): Steps<void> {
  for (;;) {
    while (reader.buffer.charAt(reader.at) === "\n") reader.at += 1;
    if (reader.at < reader.buffer.length || reader.ended) return;
    yield* fill(reader);
  }
}

/** What is printed when a file cannot be read. */
export function readError(reader: RecordReader): string | undefined {
  return reader.errno === undefined ? undefined : `read error (${errnoText(reader.errno)})`;
}
