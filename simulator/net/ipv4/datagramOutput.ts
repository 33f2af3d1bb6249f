// What raw and UDP sockets do alike when they send (linux/net/ipv4/raw.c raw_sendmsg, udp.c
// udp_sendmsg, ip_output.c ip_append_data): route, permission to broadcast, size, "don't fragment".
// Not simulated: corking, ancillary data that overrides options.

import type { Errno } from "../core/errno.ts";
import { confirmNeigh, neighLookup, outputKey } from "../core/neighbour.ts";
import type { Cause } from "../core/skbuff.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { type InetSocketBase, reportTooBig } from "./inetSocket.ts";
import { sendIp } from "./ipOutput.ts";
import type { OutputRoute } from "./ipv4Net.ts";
import { routeOutput } from "./route.ts";

/** Where a datagram goes. Ports are 0 for raw sockets. */
export type DatagramTarget = {
  readonly destination: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The destination is known to answer (MSG_CONFIRM). */
  readonly confirm?: boolean;
};

/** The way and the source of a datagram, or why it cannot go. */
export function routeDatagram(
  socket: InetSocketBase,
  target: DatagramTarget,
): OutputRoute | { errno: Errno } {
  const { options, net } = socket;
  const { device, source = 0 } = options;
  const route = routeOutput(net, {
    destination: target.destination,
    source: source === 0 ? undefined : source,
    oif: device,
    mark: options.mark,
    tos: (options.tos ?? 0) & 0x1e,
    protocol: target.protocol,
    sourcePort: target.sourcePort,
    destinationPort: target.destinationPort,
    onlink: options.dontRoute,
  });
  if ("errno" in route) return route;
  if (route.type === "broadcast" && options.broadcast !== true) return { errno: "EACCES" };
  return route;
}

/** Somebody above knows that the next hop answers (dst_confirm). */
export function confirmNextHop({ dev, nextHop }: OutputRoute): void {
  const neigh = neighLookup(dev.net.kernel.arpTable, dev, outputKey(dev, nextHop));
  if (neigh !== undefined) confirmNeigh(neigh);
}

/** True when the socket's packets of this size must not be cut. */
function mustNotFragment(socket: InetSocketBase, route: OutputRoute, length: number): boolean {
  const discovers = settingNumber(socket.net, "ipv4/ip_no_pmtu_disc") === 0;
  const { pathMtu = discovers ? "want" : "dont" } = socket.options;
  if (pathMtu === "do" || pathMtu === "probe") return true;
  return pathMtu === "want" && !route.mtuLocked && length <= route.mtu;
}

/** Sends the payload of IP for a socket; an error that is pending comes first, and is then told. */
export function sendDatagram(
  socket: InetSocketBase,
  route: OutputRoute,
  target: DatagramTarget,
  payload: Uint8Array,
): Errno | undefined {
  const { options, net } = socket;
  const { error } = socket;
  if (error !== undefined) {
    socket.error = undefined;
    return error;
  }
  // A message that no packet could hold is refused before anything is looked at.
  if (payload.length > 0xffff) return "EMSGSIZE";
  const length = 20 + payload.length;
  const forced = options.pathMtu === "do" || options.pathMtu === "probe";
  const mtu = options.pathMtu === "probe" ? route.dev.mtu : route.mtu;
  if (length > 0xffff || (forced && length > mtu)) {
    reportTooBig(socket, target.destination, target.destinationPort, mtu);
    return "EMSGSIZE";
  }
  if (target.confirm === true) confirmNextHop(route);
  const group = route.type === "multicast";
  const cause: Cause | undefined =
    options.cause === undefined ? undefined : { text: options.cause };
  const way = group && options.multicastLoop === false ? { ...route, loopback: false } : route;
  return sendIp(
    net,
    way,
    {
      source: options.source || route.source,
      destination: target.destination,
      protocol: target.protocol,
      tos: options.tos ?? 0,
      ttl: group ? (options.multicastTtl ?? 1) : options.ttl,
      dontFragment: mustNotFragment(socket, route, length),
      cause,
    },
    payload,
  );
}
