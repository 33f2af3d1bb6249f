// Puts IPv6 into a kernel (linux/net/ipv6/af_inet6.c): it follows devices and takes frames.
// Not simulated: what each part says of itself.

import type { Kernel } from "../core/kernel.ts";
import { onDeviceEvent6 } from "./addrconfDevice.ts";
import { receiveIpv6 } from "./ip6Input.ts";

/** Attaches IPv6; to be called after IPv4, which hears of devices first. */
export function attachIpv6(kernel: Kernel): void {
  kernel.deviceListeners.push(onDeviceEvent6);
  receiveIpv6(kernel);
}
