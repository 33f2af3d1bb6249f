// The first run of a script is many times slower than the second: its code has to be fetched and
// compiled. So a machine that nobody sees runs a little of everything before the reader presses Run.
// Not here: the machine of the reader (simulatorWorker.ts).

import { openSimulator } from "../../simulator/sandbox/simulatorSandbox.ts";
import { workerWorld } from "./workerClock.ts";

/** What chapters begin with. */
const SCRIPT = `unshare --net --uts sleep 0 & wait $!
ip netns add a && ip link add b netns a type veth peer name c && ip -n a link set b up
ip addr add 10.0.0.1/24 dev c && ip link set c up && ip route show
for i in 1 2; do ping -c 1 127.0.0.1 > /dev/null; done`;

/** Runs it on a machine of its own; a mistake in it is told when the reader's machine makes it. */
export async function warmUp(): Promise<void> {
  try {
    await using sandbox = openSimulator({ world: workerWorld, seed: 1, start: 0, pace: "fastest" });
    const terminal = await sandbox.terminal("lab", { columns: 80, rows: 24 });
    for await (const _ of terminal.run(SCRIPT, { nonce: "0".repeat(32) }));
  } catch {
    // Nothing has been lost.
  }
}
