// What `brctl show`, `showmacs` and `showstp` print (bridge-utils 1.7).
// Policy: values come from /sys where it shows the bridge. Where it does not, they come by the old
// ioctls, which give some times in jiffies (250 in a second) although brctl prints hundredths; and ports
// stand in the order of their numbers instead of their names. The list of bridges is that of /sys.
// Not simulated: bridges in a /sys that is not mounted.

import { fdbInOrder, hasExpired } from "../net/bridge/brFdb.ts";
import { bridgeOf } from "../net/bridge/brIf.ts";
import type { BridgePort, BridgeState } from "../net/bridge/bridgeState.ts";
import { ownId } from "../net/bridge/brStpRoles.ts";
import { centisecondsLeft } from "../net/bridge/brTimer.ts";
import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { macText } from "../wire/address.ts";

/** A bridge, and whether /sys shows it. */
type Found = { readonly bridge: BridgeState; readonly bySys: boolean };

/** The bridge of a name, or what brctl says without it. */
function findBridge(self: Process, name: string): Found | string {
  const shown = self.sysNet.byName.get(name);
  const shownBridge = shown === undefined ? undefined : bridgeOf(shown);
  if (shownBridge !== undefined) return { bridge: shownBridge, bySys: true };
  const dev = self.net.byName.get(name);
  const bridge = dev === undefined ? undefined : bridgeOf(dev);
  if (bridge !== undefined) return { bridge, bySys: false };
  return dev === undefined
    ? `bridge ${name} does not exist!\n`
    : `device ${name} is not a bridge!\n`;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function portsOf({ bridge, bySys }: Found): BridgePort[] {
  return [...bridge.ports].sort((a, b) =>
    bySys ? byName(a.dev.name, b.dev.name) : a.number - b.number,
  );
}

function idText(id: bigint): string {
  const digits = id.toString(16).padStart(16, "0");
  return `${digits.slice(0, 4)}.${digits.slice(4)}`;
}

/** `brctl show [BRIDGE…]`. What is wrong comes first, because output to files waits in a buffer. */
export function* showBridges(self: Process, words: readonly string[]): Execution {
  const names =
    words.length > 0
      ? words
      : [...self.sysNet.devices.values()]
          .filter((dev) => bridgeOf(dev) !== undefined)
          .map((dev) => dev.name)
          .sort(byName);
  let text = "";
  let status = 0;
  for (const name of names) {
    const found = findBridge(self, name);
    if (typeof found === "string") {
      yield* warn(self, found);
      status = 1;
    } else text += bridgeText(found);
  }
  // The header comes with the first bridge.
  const header = "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n";
  if (text !== "") yield* print(self, header + text);
  return status;
}

function bridgeText(found: Found): string {
  const { bridge } = found;
  const stp = bridge.stpEnabled ? "yes" : "no";
  const ports = portsOf(found).map((port) => port.dev.name);
  const list = ports.length === 0 ? "\n" : `${ports.join("\n\t\t\t\t\t\t\t")}\n`;
  return `${bridge.dev.name}\t\t${idText(ownId(bridge))}\t${stp}\t\t${list}`;
}

/** Hundredths of a second as brctl prints them. */
function timeText(centiseconds: number): string {
  const seconds = Math.floor(centiseconds / 100);
  const rest = Math.floor(centiseconds % 100);
  return `${String(seconds).padStart(4)}.${String(rest).padStart(2, "0")}`;
}

/** `brctl showmacs BRIDGE`. */
export function* showMacs(self: Process, [name = ""]: readonly string[]): Execution {
  const found = findBridge(self, name);
  if (typeof found === "string") {
    const errno = self.net.byName.has(name) ? "EOPNOTSUPP" : "ENODEV";
    yield* warn(self, `read of forward table failed: ${errnoText(errno)}\n`);
    return 1;
  }
  const { now } = self.machine.clock;
  const entries = fdbInOrder(found.bridge)
    .filter((entry) => entry.port !== undefined && !hasExpired(entry))
    .sort((a, b) => a.mac - b.mac);
  let text = "port no\tmac addr\t\tis local?\tageing timer\n";
  for (const entry of entries) {
    const age = entry.static ? 0 : Math.floor((now - entry.updated) / 10_000);
    const number = String(entry.port?.number ?? 0).padStart(3);
    const local = entry.local ? "yes" : "no";
    text += `${number}\t${macText(entry.mac)}\t${local}\t\t${timeText(age)}\n`;
  }
  yield* print(self, text);
  return 0;
}

/** `brctl showstp BRIDGE`. */
export function* showStp(self: Process, [name = ""]: readonly string[]): Execution {
  const found = findBridge(self, name);
  if (typeof found === "string") {
    yield* warn(self, found);
    return 1;
  }
  let text = stpText(found);
  for (const port of portsOf(found)) text += portText(port);
  yield* print(self, text);
  return 0;
}

/** Milliseconds as hundredths of a second, and as jiffies taken for such. */
const hundredths = (milliseconds: number) => Math.floor(milliseconds / 10);
const jiffies = (milliseconds: number) => Math.floor(milliseconds / 4);

function stpText({ bridge, bySys }: Found): string {
  const { kernel } = bridge.dev.net;
  const left = (timer: BridgeState["gcTimer"]) => timeText(centisecondsLeft(kernel, timer));
  const own = bySys ? hundredths : jiffies;
  const maxAge = timeText(hundredths(bridge.usedMaxAgeMs));
  const hello = timeText(hundredths(bridge.usedHelloTimeMs));
  const delay = timeText(own(bridge.usedForwardDelayMs));
  const ownMaxAge = timeText(own(bySys ? bridge.usedMaxAgeMs : bridge.maxAgeMs));
  const ownHello = timeText(own(bySys ? bridge.usedHelloTimeMs : bridge.helloTimeMs));
  const ownDelay = timeText(hundredths(bySys ? bridge.usedForwardDelayMs : bridge.forwardDelayMs));
  const rootPort = String(bridge.rootPort).padStart(4);
  const cost = String(bridge.rootPathCost).padStart(4);
  const flags =
    (bridge.topologyChange ? "TOPOLOGY_CHANGE " : "") +
    (bridge.topologyChangeDetected ? "TOPOLOGY_CHANGE_DETECTED " : "");
  return [
    bridge.dev.name,
    ` bridge id\t\t${idText(ownId(bridge))}`,
    ` designated root\t${idText(bridge.designatedRoot)}`,
    ` root port\t\t${rootPort}\t\t\tpath cost\t\t${cost}`,
    ` max age\t\t${maxAge}\t\t\tbridge max age\t\t${ownMaxAge}`,
    ` hello time\t\t${hello}\t\t\tbridge hello time\t${ownHello}`,
    ` forward delay\t\t${delay}\t\t\tbridge forward delay\t${ownDelay}`,
    ` ageing time\t\t${timeText(hundredths(bridge.ageingTimeMs))}`,
    ` hello timer\t\t${left(bridge.helloTimer)}\t\t\ttcn timer\t\t${left(bridge.tcnTimer)}`,
    ` topology change timer\t${left(bridge.topologyTimer)}\t\t\tgc timer\t\t${left(bridge.gcTimer)}`,
    ` flags\t\t\t${flags}\n\n\n`,
  ].join("\n");
}

function portText(port: BridgePort): string {
  const { kernel } = port.dev.net;
  const left = (timer: BridgePort["holdTimer"]) => timeText(centisecondsLeft(kernel, timer));
  const hex = (value: number) => value.toString(16).padStart(4, "0");
  const number = (value: number) => String(value).padStart(4);
  const flags =
    (port.configPending ? "CONFIG_PENDING " : "") +
    (port.topologyChangeAck ? "TOPOLOGY_CHANGE_ACK " : "");
  const hairpin = port.flags.hairpin ? "\n hairpin mode\t\t   1" : "";
  return [
    `${port.dev.name} (${port.number})`,
    ` port id\t\t${hex(port.portId)}\t\t\tstate\t\t${port.state.padStart(15)}`,
    ` designated root\t${idText(port.designatedRoot)}\tpath cost\t\t${number(port.pathCost)}`,
    ` designated bridge\t${idText(port.designatedBridge)}\tmessage age timer\t${left(port.messageAgeTimer)}`,
    ` designated port\t${hex(port.designatedPort)}\t\t\tforward delay timer\t${left(port.forwardDelayTimer)}`,
    ` designated cost\t${number(port.designatedCost)}\t\t\thold timer\t\t${left(port.holdTimer)}`,
    ` flags\t\t\t${flags}${hairpin}\n\n`,
  ].join("\n");
}
