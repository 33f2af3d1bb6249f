// A small network for the tests of IPv6: namespaces, veth pairs with fixed MACs, time that passes,
// and what the wire saw. Texts look as `ip` prints them.

import { createClock } from "../../clock.ts";
import { createRandom } from "../../random.ts";
import { ip6Text, parseIp6 } from "../../wire/address.ts";
import { bootKernel } from "../bootKernel.ts";
import { openDevice } from "../core/devChange.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { createNet, holdNet } from "../core/netLifecycle.ts";
import type { Net } from "../core/netNamespace.ts";
import { newLink } from "../core/rtnetlink.ts";
import { type AddressRequest6, addAddress6 } from "./addrconf.ts";
import { allRoutes6 } from "./ip6Fib.ts";
import { groupsInOrder6 } from "./mcast.ts";

const START = 1_795_507_192_000_000;

/** The 32 hex digits of an address. */
export function a6(text: string): string {
  const address = parseIp6(text);
  if (address === undefined) throw new Error(`no IPv6 address: ${text}`);
  return address;
}

/** A frame that a device sent. */
export type SeenFrame = { readonly dev: string; readonly time: number; readonly hex: string };

/** Starts a machine's kernel with lo up. */
export function startLab(seed = 1) {
  const clock = createClock(START);
  const kernel = bootKernel({ clock, random: createRandom(seed) });
  const net = kernel.initNet;
  const sent: SeenFrame[] = [];
  kernel.packetListeners.add((fact) => {
    if (fact.type !== "seen" || !fact.out) return;
    const hex = Buffer.from(fact.skb.frame).toString("hex");
    sent.push({ dev: fact.dev.name, time: (fact.time - START) / 1e6, hex });
  });
  openDevice(net.loopback);
  return {
    clock,
    kernel,
    net,
    sent,
    /** Lets seconds pass. */
    pass(seconds: number): void {
      const end = clock.now + seconds * 1e6;
      for (let due = clock.nextDue(); due !== undefined && due <= end; due = clock.nextDue()) {
        clock.runNext();
      }
      clock.advanceTo(end);
    },
    namespace(): Net {
      const made = createNet(kernel, net);
      holdNet(made);
      openDevice(made.loopback);
      return made;
    },
    /** Two devices with MACs 02:00:00:00:00:XX, in the namespaces given. */
    pair(one: readonly [string, number, Net?], other: readonly [string, number, Net?]) {
      const source = one[2] ?? net;
      const target = other[2] ?? net;
      newLink(source, {
        kind: "veth",
        name: one[0],
        address: 0x020000000000 + one[1],
        peer: { name: other[0], address: 0x020000000000 + other[1], netns: target },
      });
      return [device(source, one[0]), device(target, other[0])] as const;
    },
  };
}

/** The device of that name. */
export function device(net: Net, name: string): NetDevice {
  const dev = net.byName.get(name);
  if (dev === undefined) throw new Error(`no device ${name}`);
  return dev;
}

/** Addresses of a device as `ip addr` orders and marks them. */
export function addressesOf(dev: NetDevice): string[] {
  return (dev.ip6?.addresses ?? []).map((one) => {
    const flags = [...one.flags].filter((flag) => flag !== "permanent").sort();
    return [`${ip6Text(one.local)}/${one.prefixLength}`, ...flags].join(" ");
  });
}

/** Routes as `ip -6 route show table all` orders them. */
export function routesIn(net: Net): string[] {
  return allRoutes6(net).map((route) => {
    const hops = route.nexthops.map(
      (hop) =>
        `${hop.gateway === undefined ? "" : `via ${ip6Text(hop.gateway)} `}dev ${hop.dev.name}${hop.linkdown ? " linkdown" : ""}`,
    );
    const type = route.type === "unicast" ? "" : `${route.type} `;
    return `${type}${ip6Text(route.destination)}/${route.prefixLength} ${hops.join(" ")} ${route.table} ${route.metric}`;
  });
}

/** Groups of a device as `ip maddr` orders them. */
export function groupsOf(dev: NetDevice): string[] {
  return groupsInOrder6(dev).map(
    (group) => `${ip6Text(group.address)}${group.users > 1 ? ` users ${group.users}` : ""}`,
  );
}

/** Adds an address and answers what was refused. */
export function addTo(
  dev: NetDevice,
  text: string,
  more: Partial<AddressRequest6> = {},
): string | undefined {
  const [address = "", length = "128"] = text.split("/");
  const request = { local: a6(address), prefixLength: Number(length), ...more };
  return addAddress6(dev, request)?.errno;
}
