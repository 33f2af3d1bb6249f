// For tests: what a script does to a network of the simulator, with all frames.

import type { NetworkState } from "../../shared/network.ts";
import type { Packet } from "../../shared/packets.ts";
import { openServerSimulator } from "./serverSimulator.ts";

/** How the network is after a script, and all that has happened in it. */
export type Simulated = {
  readonly output: string;
  readonly code: number | undefined;
  readonly state: NetworkState | undefined;
  readonly packets: readonly Packet[];
};

/** Runs it on a fresh machine. */
export async function simulate(script: string): Promise<Simulated> {
  await using sandbox = openServerSimulator();
  const packets: Packet[] = [];
  void (async () => {
    for await (const one of sandbox.observe({ packets: true })) {
      if (one.type === "packets") packets.push(...one.packets);
    }
  })();
  let output = "";
  let code: number | undefined;
  for await (const event of sandbox.script(script, { name: "script" })) {
    if (event.type === "output") output += Buffer.from(event.bytes).toString();
    if (event.type === "exit") code = event.code;
  }
  // What was seen last is told in one of the next turns.
  for (let turns = 0; turns < 20; turns += 1) await new Promise((turn) => setImmediate(turn));
  let state: NetworkState | undefined;
  for await (const one of sandbox.observe({ state: true })) {
    if (one.type === "state") state = one.state;
    break;
  }
  return { output, code, state, packets };
}
