// The options before `ip`'s object (ip(8)), what a word may be shortened to, and the sentences with
// which iproute2's commands refuse their words. The bridge command shares all but the option table.
// A command that cannot go on answers a Failure: what goes to stderr and the exit status; nothing here throws.
// Not simulated: -M and -B as families of anything that is printed.

/** How a command ends without having done its work. */
export type Failure = { readonly text: string; readonly code: number };

/** Address families that `ip` can be told to look at. */
export type Family = "unspec" | "inet" | "inet6" | "link" | "bridge" | "mpls";

/** What the options before the object said. Counters count repetitions (`-s -s`). */
export type IpOptions = {
  /** -4, -6, -0, -f: "unspec" when nothing was said. */
  readonly family: Family;
  readonly stats: number;
  readonly details: number;
  readonly resolve: boolean;
  /** -o: each record on one line, parts separated by a backslash (`lineEnd`). */
  readonly oneline: boolean;
  /** "\n", or "\\" with -o: what stands between the lines of one record. */
  readonly lineEnd: string;
  readonly timestamp: boolean;
  readonly timestampShort: boolean;
  readonly force: boolean;
  /** File of -batch, "-" for standard input. */
  readonly batch: string | undefined;
  readonly brief: boolean;
  readonly json: boolean;
  readonly pretty: boolean;
  /** When to colour: `auto` looks at standard output. */
  readonly color: "never" | "always" | "auto";
  readonly human: boolean;
  readonly iec: boolean;
  readonly numeric: boolean;
  readonly all: boolean;
  /** Name of -netns; undefined when there was none. */
  readonly netns: string | undefined;
  /** Rounds of `ip neigh flush` and `ip addr flush`. */
  readonly loops: number;
  /** A batch has shown links before; iproute2 shows addresses in their manner from then on. */
  readonly afterLink: boolean;
};

/** What is there when no option was given. */
export const DEFAULT_OPTIONS: IpOptions = {
  family: "unspec",
  stats: 0,
  details: 0,
  resolve: false,
  oneline: false,
  lineEnd: "\n",
  timestamp: false,
  timestampShort: false,
  force: false,
  batch: undefined,
  brief: false,
  json: false,
  pretty: false,
  color: "never",
  human: false,
  iec: false,
  numeric: false,
  all: false,
  netns: undefined,
  loops: 10,
  afterLink: false,
};

/** True when `word` is a beginning of `full`; iproute2's rule for most of its words. "" never is. */
export function matches(word: string, full: string): boolean {
  return word !== "" && full.startsWith(word);
}

/** A word is missing at the end. */
export const INCOMPLETE: Failure = {
  text: 'Command line is not complete. Try option "help"\n',
  code: 255,
};

/** `Error: argument "x" is wrong: MESSAGE` */
export function wrongArgument(message: string, word: string): Failure {
  return { text: `Error: argument "${word}" is wrong: ${message}\n`, code: 255 };
}

/** `Error: duplicate "x": "y" is the second value.` */
export function duplicateArgument(name: string, word: string): Failure {
  return { text: `Error: duplicate "${name}": "${word}" is the second value.\n`, code: 255 };
}

/** `Error: either "x" is duplicate, or "y" is a garbage.` */
export function garbageArgument(name: string, word: string): Failure {
  return { text: `Error: either "${name}" is duplicate, or "${word}" is a garbage.\n`, code: 255 };
}

/** The families that -f reads, by their full names. */
const FAMILIES: Readonly<Record<string, Family>> = {
  inet: "inet",
  inet6: "inet6",
  link: "link",
  mpls: "mpls",
  bridge: "bridge",
};

type Parsed = { -readonly [name in keyof IpOptions]: IpOptions[name] };

/** What an option does: properties that it sets, a counter that it raises, or more; `take` gives its argument. */
type Rule = readonly [
  name: string,
  effect:
    | Partial<IpOptions>
    | "stats"
    | "details"
    | ((options: Parsed, take: () => string | undefined) => Failure | undefined),
];

const USAGE: Failure = { text: "usage", code: 255 };
const VERSION: Failure = { text: "version", code: 0 };

/** Tried from the first to the last; a word may be shortened, but those with "=" (-4 …) not. */
const RULES: readonly Rule[] = [
  [
    "-loops",
    (options, take) => {
      const count = take();
      if (count === undefined) return USAGE;
      options.loops = Number.parseInt(count, 10) || 0;
      return undefined;
    },
  ],
  [
    "-family",
    (options, take) => {
      const name = take();
      if (name === undefined || name === "help") return USAGE;
      const family = FAMILIES[name];
      if (family === undefined) return wrongArgument("invalid protocol family", name);
      options.family = family;
      return undefined;
    },
  ],
  ["=-4", { family: "inet" }],
  ["=-6", { family: "inet6" }],
  ["=-0", { family: "link" }],
  ["=-M", { family: "mpls" }],
  ["=-B", { family: "bridge" }],
  ["-human-readable", { human: true }],
  ["-iec", { iec: true }],
  ["=-echo", {}],
  ["-stats", "stats"],
  ["-statistics", "stats"],
  ["-details", "details"],
  ["-resolve", { resolve: true }],
  ["-oneline", { oneline: true, lineEnd: "\\" }],
  ["-timestamp", { timestamp: true }],
  ["-tshort", { timestamp: true, timestampShort: true }],
  ["-Version", () => VERSION],
  ["-force", { force: true }],
  [
    "-batch",
    (options, take) => {
      options.batch = take();
      return options.batch === undefined ? USAGE : undefined;
    },
  ],
  ["-brief", { brief: true }],
  ["-json", { json: true }],
  ["-pretty", { pretty: true }],
  ["-rcvbuf", (_options, take) => receiveBuffer(take())],
  ["-help", () => USAGE],
  [
    "-netns",
    (options, take) => {
      options.netns = take() ?? "(null)";
      return undefined;
    },
  ],
  ["-Numeric", { numeric: true }],
  ["-all", { all: true }],
];

function receiveBuffer(size: string | undefined): Failure | undefined {
  if (size === undefined) return USAGE;
  if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(size)) return undefined;
  return { text: `Invalid rcvbuf size '${size}'\n`, code: 255 };
}

/** -c, -color, -color=always|auto|never; undefined when the word is something else. */
function colorOf(word: string): IpOptions["color"] | undefined {
  const [name = "", value] = word.split(/=(.*)/s);
  if (!matches(name, "-color")) return undefined;
  if (value === undefined || value === "always") return "always";
  return value === "auto" || value === "never" ? value : undefined;
}

/** What the words before the object say, and how they end the command if they do. */
export type ParsedOptions = {
  readonly options: IpOptions;
  /** The object and its words. */
  readonly words: readonly string[];
  /** "usage" and "version" ask for these texts; else a refusal. */
  readonly end: "usage" | "version" | Failure | undefined;
};

/** Reads the options of `ip` from the words after its name. */
export function parseOptions(words: readonly string[], command = "ip"): ParsedOptions {
  const options: Parsed = { ...DEFAULT_OPTIONS };
  let at = 0;
  const take = () => {
    at += 1;
    return words[at];
  };
  const stop = (end: ParsedOptions["end"]): ParsedOptions => ({ options, words: [], end });
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-")) break;
    const option = word.startsWith("--") ? word.slice(1) : word;
    const color = colorOf(option);
    const rule = RULES.find(([name]) =>
      name.startsWith("=") ? name.slice(1) === option : matches(option, name),
    );
    if (color !== undefined) {
      options.color = color;
      continue;
    }
    if (rule === undefined) {
      return stop({ text: `Option "${option}" is unknown, try "${command} -help".\n`, code: 255 });
    }
    const effect = rule[1];
    let end: Failure | undefined;
    if (typeof effect === "function") end = effect(options, take);
    else if (typeof effect === "string") options[effect] += 1;
    else Object.assign(options, effect);
    if (end === USAGE) return stop("usage");
    if (end === VERSION) return stop("version");
    if (end !== undefined) return stop(end);
  }
  return { options, words: words.slice(at), end: undefined };
}
