// What `arp -s` and `arp -d` ask of the kernel (SIOCSARP and SIOCDARP, linux/net/ipv4/arp.c:
// arp_req_set, arp_req_delete): a route names the device if nobody else does, a published host is put
// on the device that has the MAC.
// Not here: words (arp.ts).

import type { Refusal } from "../net/core/errno.ts";
import { delNeigh, dumpNeigh, newNeigh } from "../net/core/neighAdmin.ts";
import type { NetDevice } from "../net/core/netDevice.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { routeOutput } from "../net/ipv4/route.ts";

/** One request. */
export type ArpRequest = {
  readonly address: number;
  readonly mac: number;
  readonly permanent: boolean;
  readonly published: boolean;
  readonly device: string | undefined;
  /** It asks for what the kernel refuses. */
  readonly invalid: boolean;
};

/** The device of a request: the named one, or the one of the route. */
function deviceOf(net: Net, request: ArpRequest): NetDevice | Refusal {
  if (request.device !== undefined) {
    return net.byName.get(request.device) ?? { errno: "ENODEV" };
  }
  const route = routeOutput(net, { destination: request.address, onlink: true });
  return "errno" in route ? { errno: route.errno } : route.dev;
}

/** Sets an entry, or publishes a host. */
export function setArp(net: Net, request: ArpRequest): Refusal | undefined {
  if (request.invalid) return { errno: "EINVAL" };
  const { address: key, mac } = request;
  if (request.published) {
    const dev =
      request.device === undefined
        ? [...net.devices.values()].find((one) => one.mac === mac)
        : net.byName.get(request.device);
    if (dev === undefined) return { errno: "ENODEV" };
    const wanted = { family: "inet", mode: "replace", key, dev, state: "PERMANENT" } as const;
    return newNeigh(net, { ...wanted, proxy: true });
  }
  const dev = deviceOf(net, request);
  if ("errno" in dev) return dev;
  if (dev.driver.type === "loopback") return { errno: "EINVAL" };
  const state = request.permanent ? "PERMANENT" : "STALE";
  return newNeigh(net, { family: "inet", mode: "replace", key, dev, mac, state });
}

/** Deletes an entry; if there is none, a published host. ENXIO when there is neither. */
export function deleteArp(net: Net, request: ArpRequest): Refusal | undefined {
  const { address: key } = request;
  if (!request.published) {
    const dev = deviceOf(net, request);
    if ("errno" in dev) return dev;
    const found = dumpNeigh(net, "inet").neighbours.find(
      (record) => record.dev === dev && record.key === key,
    );
    if (found !== undefined && found.state !== "NOARP" && found.state !== "NONE") {
      return delNeigh(net, { family: "inet", key, dev });
    }
  }
  const dev = request.device === undefined ? undefined : net.byName.get(request.device);
  const refusal = delNeigh(net, { family: "inet", key, dev, proxy: true });
  return refusal === undefined ? undefined : { errno: "ENXIO" };
}
