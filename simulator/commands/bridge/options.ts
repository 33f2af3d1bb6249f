// The options before `bridge`'s object (bridge(8)), and how its commands end.
// Policy: what iproute2 does by "return -1" has the status -1 here until the program ends (255), because
// a batch goes on after it; what it does by "exit" is 255 at once.
// Not here: the options of `ip` (../ip/options.ts), which share the words.

import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import {
  DEFAULT_OPTIONS,
  type Failure,
  type IpOptions,
  matches,
  wrongArgument,
} from "../ip/options.ts";

/** What the options before the object said. */
export type BridgeOptions = IpOptions & { readonly compress: boolean };

/** One object of `bridge`; `words` are those after the object's name. */
export type BridgeCommand = (
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
) => Execution;

/** A refusal after which a batch may go on. */
export function returned(text: string, status = -1): Failure {
  return { text: `${text}\n`, code: status };
}

type Parsed = { -readonly [name in keyof BridgeOptions]: BridgeOptions[name] };

/** What the words before the object say, and how they end the command if they do. */
export type ParsedBridgeOptions = {
  readonly options: BridgeOptions;
  readonly words: readonly string[];
  readonly end: "usage" | "version" | Failure | undefined;
};

/** Names in the order in which a short word is matched against them; "=" must be exact. */
const NAMES = [
  "-help",
  "-Version",
  "-stats",
  "-statistics",
  "-details",
  "-oneline",
  "-timestamp",
  "-family",
  "=-4",
  "=-6",
  "-netns",
  "-color",
  "-compressvlans",
  "-force",
  "-json",
  "-pretty",
  "-batch",
] as const;

/** Reads the options from the words after the program's name. */
export function parseBridgeOptions(words: readonly string[]): ParsedBridgeOptions {
  const options: Parsed = { ...DEFAULT_OPTIONS, compress: false };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return { options, words: words.slice(at + 1), end: undefined };
    if (!word.startsWith("-")) return { options, words: words.slice(at), end: undefined };
    const option = word.startsWith("--") ? word.slice(1) : word;
    const takes = apply(options, option, words[at + 1]);
    if (typeof takes !== "number") return { options, words: [], end: takes };
    at += takes;
  }
  return { options, words: [], end: undefined };
}

/** How many words after the option belong to it, or how the command ends. */
function apply(
  options: Parsed,
  option: string,
  next: string | undefined,
): number | "usage" | "version" | Failure {
  const color = /^(-c[^=]*)(?:=(always|auto|never))?$/.exec(option);
  const name =
    color !== null && matches(color[1] ?? "", "-color")
      ? "-color"
      : NAMES.find((each) =>
          each.startsWith("=") ? each.slice(1) === option : matches(option, each),
        );
  switch (name) {
    case "-help":
      return "usage";
    case "-Version":
      return "version";
    case "-stats":
    case "-statistics":
      options.stats += 1;
      return 0;
    case "-details":
      options.details += 1;
      return 0;
    case "-oneline":
      options.oneline = true;
      options.lineEnd = "\\";
      return 0;
    case "-timestamp":
      options.timestamp = true;
      return 0;
    case "-family":
      return family(next);
    case "=-4":
    case "=-6":
      return 0;
    case "-netns":
      options.netns = next ?? "(null)";
      return 1;
    case "-color":
      options.color = (color?.[2] as IpOptions["color"] | undefined) ?? "always";
      return 0;
    case "-compressvlans":
      options.compress = true;
      return 0;
    case "-force":
    case "-json":
    case "-pretty":
      options[name.slice(1) as "force" | "json" | "pretty"] = true;
      return 0;
    case "-batch":
      if (next === undefined) return "usage";
      options.batch = next;
      return 1;
    default:
      return { text: `Option "${option}" is unknown, try "bridge help".\n`, code: 255 };
  }
}

function family(name: string | undefined): number | "usage" | Failure {
  if (name === undefined || name === "help") return "usage";
  return name === "inet" || name === "inet6" ? 1 : wrongArgument("invalid protocol family", name);
}

/** Prints the help of an object to standard error; status 255. */
export function* printUsage(self: Process, object: string): Execution {
  const { USAGE_TEXTS } = yield* self.machine.scheduler.fetch(import("./usageTexts.ts"));
  yield* warn(self, USAGE_TEXTS.get(object) ?? "");
  return 255;
}

/** A whole number at the beginning of a word as atoi(3) reads it; 0 when there is none. */
export function atoi(word: string): number {
  return Number.parseInt(/^\s*[+-]?\d+/.exec(word)?.[0] ?? "0", 10) | 0;
}

/** A MAC as bridge reads it: six hex numbers with colons, whatever follows. */
export function readMac(word: string): number | undefined {
  const parts = /^\s*([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)/i.exec(
    word,
  );
  if (parts === null) return undefined;
  return parts.slice(1).reduce((mac, part) => mac * 256 + (Number.parseInt(part, 16) & 255), 0);
}
