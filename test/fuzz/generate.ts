// Random networks and random things done to them: the commands of one case of the fuzzer, from a
// seed.
// Left out on purpose: what is random on Linux itself (MACs are given).
// Not here: running them (differ.ts).

import { createRandom } from "../../simulator/random.ts";
import { addressActions } from "./actions/addresses.ts";
import { backgroundActions } from "./actions/background.ts";
import { bridgeActions } from "./actions/bridges.ts";
import { countActions } from "./actions/counts.ts";
import { linkActions } from "./actions/links.ts";
import { routeActions } from "./actions/routes.ts";
import { showActions } from "./actions/shows.ts";
import { trafficActions } from "./actions/traffic.ts";
import { wrongActions } from "./actions/wrong.ts";
import { preparation, topology } from "./topology.ts";
import { type Action, createWorld, inside, ipAt, LETTERS, type World } from "./world.ts";

/** How often a command of each kind comes. */
const KINDS: readonly (readonly [number, readonly Action[]])[] = [
  [20, linkActions],
  [12, bridgeActions],
  [14, addressActions],
  [22, routeActions],
  [24, trafficActions],
  [8, backgroundActions],
  [10, countActions],
  [20, showActions],
  [5, wrongActions],
];

/** The commands of one case; the same seed gives the same. */
export function generate(seed: number): readonly string[] {
  const world = createWorld(createRandom(seed));
  const commands = [...preparation(world), ...topology(world)];
  const count = 8 + world.random.below(14);
  for (let index = 0; index < count; index++) commands.push(action(world));
  return [...commands, ...closing(world)];
}

function action(world: World): string {
  let left = world.random.below(KINDS.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, actions] of KINDS) {
    if (left < weight) return world.pick(actions)(world);
    left -= weight;
  }
  throw new Error("unreachable: the weights add up");
}

function closing(world: World): string[] {
  const r = ipAt(world, "r");
  return [
    // What is under way (duplicate address detection, a probe) comes to its end.
    "sleep 2",
    ...LETTERS.flatMap((where) => [
      `${ipAt(world, where)} addr`,
      `${ipAt(world, where)} route show table all`,
    ]),
    `${r} -d link | grep -v -e promiscuity`,
    `${inside(world, "r")}bridge vlan; ${inside(world, "r")}bridge link`,
  ];
}
