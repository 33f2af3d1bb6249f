// Reads options as getopt_long(3) of glibc does: short ones together, long ones by any prefix that
// only one has, "--" ends them, operands may stand in between. Error texts are glibc's.
// Not here: what an option means; options of `ip` and of BSD style (`ps aux`).

/** What a command takes. */
export type OptionTable = {
  /**
   * Short options as for getopt(3): "s:" takes a value, "n::" may take one; "+" first: the first
   * operand ends the options.
   */
  readonly short: string;
  /** Long name → the option it stands for, with ":" or "::" as above; without it there are none (getopt). */
  readonly long?: Readonly<Record<string, string>>;
};

/** One option that was given. */
export type GivenOption = { readonly name: string; readonly value: string | undefined };

/** What was given, up to the first mistake. */
export type Given = {
  readonly options: readonly GivenOption[];
  readonly operands: readonly string[];
  /** The line of a mistake, without the newline. */
  readonly error: string | undefined;
};

type Reader = {
  readonly argv: readonly string[];
  readonly table: OptionTable;
  readonly options: GivenOption[];
  at: number;
};

/** Reads the words of a command; `argv[0]` is what it calls itself. */
export function getopt(argv: readonly string[], table: OptionTable): Given {
  const operands: string[] = [];
  const reader: Reader = { argv, table, options: [], at: 1 };
  const { options } = reader;
  while (reader.at < argv.length) {
    const word = argv[reader.at++] ?? "";
    if (word === "--") break;
    if (word === "-" || !word.startsWith("-")) {
      operands.push(word);
      if (table.short.startsWith("+")) break;
      continue;
    }
    const error =
      table.long !== undefined && word.startsWith("--")
        ? readLong(reader, word)
        : readShort(reader, word);
    if (error !== undefined) return { options, operands, error: `${argv[0]}: ${error}` };
  }
  return { options, operands: [...operands, ...argv.slice(reader.at)], error: undefined };
}

function readShort(reader: Reader, word: string): string | undefined {
  const { short } = reader.table;
  for (let index = 1; index < word.length; index++) {
    const name = word.charAt(index);
    const found = name === ":" || name === "+" ? -1 : short.indexOf(name);
    if (found < 0) return `invalid option -- '${name}'`;
    const takes = short.charAt(found + 1) === ":";
    if (!takes) {
      reader.options.push({ name, value: undefined });
      continue;
    }
    const rest = word.slice(index + 1);
    const optional = short.charAt(found + 2) === ":";
    const value = rest !== "" ? rest : optional ? undefined : reader.argv[reader.at++];
    if (value === undefined && !optional) return `option requires an argument -- '${name}'`;
    reader.options.push({ name, value });
    return undefined;
  }
  return undefined;
}

function readLong(reader: Reader, word: string): string | undefined {
  const equals = word.indexOf("=");
  const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const given = equals < 0 ? undefined : word.slice(equals + 1);
  const long = reader.table.long ?? {};
  const exact = Object.hasOwn(long, typed);
  const names = exact ? [typed] : Object.keys(long).filter((name) => name.startsWith(typed));
  const [full = ""] = names;
  const target = long[full];
  if (target === undefined) return `unrecognized option '${word}'`;
  if (names.some((name) => long[name] !== target)) {
    const list = names.map((name) => ` '--${name}'`).join("");
    return `option '${word}' is ambiguous; possibilities:${list}`;
  }
  const name = target.replace(/:+$/, "");
  if (target === name) {
    if (given !== undefined) return `option '--${full}' doesn't allow an argument`;
    reader.options.push({ name, value: undefined });
    return undefined;
  }
  const value = given ?? (target.endsWith("::") ? undefined : reader.argv[reader.at++]);
  if (value === undefined && !target.endsWith("::")) {
    return `option '--${full}' requires an argument`;
  }
  reader.options.push({ name, value });
  return undefined;
}
