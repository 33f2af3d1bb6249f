// Objects of `ip` that this kernel does not know or that are not simulated: their help, and how the kernel
// we follow refuses those that it has no module for.
// Not simulated: all that the others do.

import type { Execution } from "../../process/wait.ts";
import type { IpCommand } from "./ipCommand.ts";
import { type Failure, matches } from "./options.ts";
import { finish, notSimulated } from "./refusal.ts";
import { printUsage } from "./usage.ts";

const NO_FAMILY: Failure = {
  text: "RTNETLINK answers: No such file or directory\nError talking to the kernel\n",
  code: 1,
};

/** How an object refuses a first word that it does not know: its words, and what it says. */
const OBJECTS: Readonly<Record<string, readonly [verbs: string, text: (word: string) => string]>> =
  {
    ntable: ["show list lst change replace", unknown("ntable")],
    mptcp: ["endpoint limits monitor", unknown("mptcp")],
    sr: ["hmac tunsrc", (word) => `Error: argument "${word}" is wrong: unknown\n`],
    ioam: ["namespace schema", (word) => `Error: argument "${word}" is wrong: Unknown\n`],
  };

/** Objects whose family the kernel does not have. */
const WITHOUT_FAMILY: ReadonlySet<string> = new Set(["l2tp", "fou", "ila", "macsec"]);

function unknown(object: string): (word: string) => string {
  return (word) => `Command "${word}" is unknown, try "ip ${object} help".\n`;
}

/** The command of an object of which only the help is there. */
export function absentObject(name: string): IpCommand {
  return function* (self, _options, [verb, object]): Execution {
    const listsAlone = name === "ntable" || name === "stats";
    if (verb === undefined ? !listsAlone : matches(verb, "help")) {
      return name === "stats"
        ? yield* printUsage(self, "", "stats")
        : yield* printUsage(self, name);
    }
    if (WITHOUT_FAMILY.has(name)) return yield* finish(self, NO_FAMILY);
    if (name === "xfrm") return yield* refuseTransform(self, [verb ?? "", object]);
    const [verbs, text] = OBJECTS[name] ?? [];
    if (verb !== undefined && !(verbs ?? verb).split(" ").some((word) => matches(verb, word))) {
      return yield* finish(self, { text: text?.(verb) ?? "", code: 255 });
    }
    return yield* finish(self, notSimulated(`ip ${name}`));
  };
}

/** The kernel has no IPsec. */
function* refuseTransform(
  self: Parameters<IpCommand>[0],
  [verb, word]: readonly [string, string | undefined],
): Execution {
  const object = ["state", "policy", "monitor"].find((each) => matches(verb, each));
  if (object === undefined) return yield* printUsage(self, "xfrm");
  const verbs = "add update delete deleteall allocspi get list show lst flush count".split(" ");
  if (word === undefined || verbs.some((each) => matches(word, each))) {
    const text = "Cannot open netlink socket: Protocol not supported\n";
    return yield* finish(self, { text, code: 1 });
  }
  return yield* finish(self, { text: unknown(`xfrm ${object}`)(word), code: 255 });
}
