// `ip route` (ip-route(8), iproute2 6.1.0): what its first word asks for.
// Not simulated: save, restore, showdump.

import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { type IpOptions, matches } from "./options.ts";
import { finish, notSimulated } from "./refusal.ts";
import { getRoute } from "./routeGet.ts";
import { modifyRoute } from "./routeModify.ts";
import { flushRoutes, showRoutes } from "./routeShow.ts";
import { printUsage } from "./usage.ts";

type Action = (self: Process, options: IpOptions, words: readonly string[]) => Execution;

/** Words in the order in which a short word is matched; "=" before those that may not be shortened. */
const ACTIONS: readonly (readonly [string, Action])[] = [
  ["list", showRoutes],
  ["show", showRoutes],
  ["lst", showRoutes],
  ["get", getRoute],
  ["add", (self, options, words) => modifyRoute(self, options, "add", words)],
  ["change", (self, options, words) => modifyRoute(self, options, "change", words)],
  ["=chg", (self, options, words) => modifyRoute(self, options, "change", words)],
  ["replace", (self, options, words) => modifyRoute(self, options, "replace", words)],
  ["prepend", (self, options, words) => modifyRoute(self, options, "prepend", words)],
  ["append", (self, options, words) => modifyRoute(self, options, "append", words)],
  ["test", (self, options, words) => modifyRoute(self, options, "test", words)],
  ["delete", (self, options, words) => modifyRoute(self, options, "delete", words)],
  ["flush", flushRoutes],
  ["save", (self) => finish(self, notSimulated("ip route save"))],
  ["restore", (self) => finish(self, notSimulated("ip route restore"))],
  ["showdump", (self) => finish(self, notSimulated("ip route showdump"))],
  ["help", (self) => printUsage(self, "route")],
];

/** The object `route` of `ip`. */
export function* routeCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [word, ...rest] = words;
  if (word === undefined) return yield* showRoutes(self, options, []);
  const action = ACTIONS.find(([name]) =>
    name.startsWith("=") ? name.slice(1) === word : matches(word, name),
  )?.[1];
  if (action !== undefined) return yield* action(self, options, rest);
  yield* warn(self, `Command "${word}" is unknown, try "ip route help".\n`);
  return 255;
}
