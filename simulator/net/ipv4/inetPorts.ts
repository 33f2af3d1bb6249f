// Which local port does a socket get? (linux/net/ipv4/inet_hashtables.c, inet_connection_sock.c,
// udp.c.) Free ports come by chance from net.ipv4.ip_local_port_range; TCP takes even ones for
// connecting, as Linux does.
// Not simulated: SO_REUSEPORT, reserved ports.

import type { Net } from "../core/netNamespace.ts";
import { settingText } from "../core/sysctlTable.ts";
import type { SocketOptions } from "./inetSocket.ts";

type Bound = { readonly localPort: number; readonly options: SocketOptions };

/** True when a new socket may not have an address and port that others hold. */
export function portConflicts(
  others: readonly Bound[],
  source: number,
  options: SocketOptions,
  mayShare: boolean,
): boolean {
  return others.some((other) => {
    const theirs = other.options.source ?? 0;
    const overlap = source === 0 || theirs === 0 || source === theirs;
    const { device } = options;
    const apart =
      device !== undefined && other.options.device !== undefined && device !== other.options.device;
    const shared = mayShare && options.reuse === true && other.options.reuse === true;
    return overlap && !apart && !shared;
  });
}

/** A free port, or undefined when all are taken. */
export function freePort(
  net: Net,
  parity: "any" | "even",
  taken: (port: number) => boolean,
): number | undefined {
  const [low = 32768, high = 60999] = settingText(net, "ipv4/ip_local_port_range")
    .split("\t")
    .map(Number);
  const step = parity === "even" ? 2 : 1;
  const count = Math.max(1, Math.floor((high - low + 1) / step));
  const first = net.kernel.random.below(count);
  for (let index = 0; index < count; index++) {
    const port = low + ((first + index) % count) * step;
    if (!taken(port)) return port;
  }
  return undefined;
}
