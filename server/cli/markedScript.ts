// How do we know what each of several commands printed, when one bash runs them all? Each command is
// an `eval` of one line, so that bash speaks of "line 1" of it, and is followed by a mark with its
// exit status in the same stream. A mark carries a nonce: a command that prints marks ends nothing.
// Source: bash(1) QUOTING ($'string'), eval, exec.
// Not here: where the script runs (exec.ts).

/** What one command did. */
export type CommandResult = {
  readonly command: string;
  readonly output: string;
  readonly exitCode: number;
};

/** A copy of standard output for marks, which no redirection by a command reaches. */
const markDescriptor = 61;

/** One line of bash that runs the commands in order and marks the end of each. */
export function markedScript(commands: readonly string[], nonce: string): string {
  const mark = `__vethbook_${nonce.slice(0, 8)}`;
  const define =
    `${mark}() { builtin printf '\\036${nonce} %d\\036' "$1" >&${markDescriptor}; ` +
    'return "$1"; }';
  // The function hands the status on, so that the next command finds it in $?. Its errors and
  // what `set -x` says of it are not the command's.
  const parts = commands.map((command) => `eval ${quoted(command)}; { ${mark} $?; } 2>/dev/null`);
  return `exec ${markDescriptor}>&1; ${[define, ...parts].join("; ")}\n`;
}

/** The text as one word of bash without a line break in it. */
function quoted(text: string): string {
  return `$'${text.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n")}'`;
}

/** Cuts the stream of a marked script into what each command printed. */
export type MarkReader = {
  push(bytes: Uint8Array): void;
  /**
   * What the commands did, when the script has ended with this code. The command that ended the
   * shell counts with that code; those after it did not run and are left out.
   */
  finish(exitCode: number): readonly CommandResult[];
  /** What the commands did that are known to have ended. */
  finished(): readonly CommandResult[];
};

/** Reads the output of `markedScript(commands, nonce)`. */
export function markReader(commands: readonly string[], nonce: string): MarkReader {
  const opening = Buffer.from(`\x1e${nonce} `);
  const markLength = opening.length + "255\x1e".length;
  const results: CommandResult[] = [];
  let parts: Uint8Array[] = [];
  let tail: Buffer = Buffer.alloc(0);

  const keep = (bytes: Buffer) => {
    if (bytes.length > 0) parts.push(bytes);
  };
  /** Takes the first whole mark out of the tail; false when there is none. */
  const takeMark = (): boolean => {
    const start = tail.indexOf(opening);
    if (start < 0) return false;
    const end = tail.indexOf(0x1e, start + opening.length);
    if (end < 0) return false;
    keep(tail.subarray(0, start));
    const exitCode = Number(tail.subarray(start + opening.length, end).toString());
    results.push({ command: commands[results.length] ?? "", output: textOf(parts), exitCode });
    parts = [];
    tail = tail.subarray(end + 1);
    return true;
  };

  return {
    push(bytes) {
      tail = Buffer.concat([tail, bytes]);
      while (takeMark()) {
        // Several short commands may end in one piece of output.
      }
      // What is kept back may be the beginning of a mark.
      const whole = Math.max(0, tail.length - markLength);
      keep(tail.subarray(0, whole));
      tail = tail.subarray(whole);
    },
    finish(exitCode) {
      const rest = textOf([...parts, tail]);
      const command = commands[results.length];
      if (command !== undefined) return [...results, { command, output: rest, exitCode }];
      // What an EXIT trap or a background job still said belongs to the last command.
      const last = results.at(-1);
      if (last === undefined) return [];
      return [...results.slice(0, -1), { ...last, output: last.output + rest }];
    },
    finished: () => results,
  };
}

function textOf(parts: readonly Uint8Array[]): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(parts));
}
