// The devices that libpcap finds (pcap_findalldevs(3)): what can be used comes first, and "any" before
// the loopback. Devices for Bluetooth and D-Bus are listed as on the machine that we follow.
// Not simulated: capturing on those.

import { devicesInOrder, isRunning } from "../../net/core/devChange.ts";
import { IFF, type NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";

/** One line of `tcpdump -D`. */
export type ListedDevice = {
  readonly name: string;
  readonly text: string;
  /** What ranks it: lower is better. */
  readonly rank: number;
};

const NOT_RUNNING = 8;
const NOT_UP = 4;
const DISCONNECTED = 2;
const LOOPBACK = 1;
const ANY = 0.5;

/** All of them, the best first. */
export function listDevices(net: Net): ListedDevice[] {
  const list: ListedDevice[] = [
    ...devicesInOrder(net).map(listed),
    {
      name: "any",
      text: "any (Pseudo-device that captures on all interfaces) [Up, Running]",
      rank: ANY,
    },
    {
      name: "bluetooth-monitor",
      text: "bluetooth-monitor (Bluetooth Linux Monitor) [Wireless]",
      rank: 12,
    },
    { name: "dbus-system", text: "dbus-system (D-Bus system bus) [none]", rank: 12 },
    { name: "dbus-session", text: "dbus-session (D-Bus session bus) [none]", rank: 12 },
  ];
  return list.sort((a, b) => a.rank - b.rank);
}

function listed(dev: NetDevice): ListedDevice {
  const isUp = (dev.flags & IFF.UP) !== 0;
  const running = isRunning(dev);
  const isLoopback = dev.driver.type === "loopback";
  // What ethtool cannot ask for its link is left out.
  const connection =
    isLoopback || dev.driver.type === "dummy"
      ? undefined
      : isUp && dev.carrier
        ? "Connected"
        : "Disconnected";
  const flags = [
    ...(isUp ? ["Up"] : []),
    ...(running ? ["Running"] : []),
    ...(isLoopback ? ["Loopback"] : []),
  ];
  const states = [...(flags.length > 0 ? flags : ["none"]), ...(connection ? [connection] : [])];
  const rank =
    (running ? 0 : NOT_RUNNING) +
    (isUp ? 0 : NOT_UP) +
    (connection === "Disconnected" ? DISCONNECTED : 0) +
    (isLoopback ? LOOPBACK : 0);
  return { name: dev.name, text: `${dev.name} [${states.join(", ")}]`, rank };
}

/** A device that can be captured on, or why it cannot. */
export function usableDevice(net: Net, name: string): NetDevice | { readonly error: string } {
  const device = net.byName.get(name);
  if (device === undefined) {
    return { error: `${name}: No such device exists\n(No such device exists)` };
  }
  return (device.flags & IFF.UP) !== 0 ? device : { error: `${name}: That device is not up` };
}

/** The text of `tcpdump -D`. */
export function deviceList(net: Net): string {
  return listDevices(net)
    .map(({ text }, index) => `${index + 1}.${text}\n`)
    .join("");
}
