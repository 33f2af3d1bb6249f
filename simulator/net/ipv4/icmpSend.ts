// Telling a sender by ICMP that his packet could not be delivered (linux/net/ipv4/icmp.c,
// __icmp_send).
// Policy: never about frames that were not for this host alone, later fragments or ICMP errors. At
// most 576 bytes with the quoted packet. Source is the address that was spoken to if it is ours, else
// what the route gives, else 192.0.0.8. Errors of net.ipv4.icmp_ratemask are limited per destination
// and for the machine; never those that leave by the loopback, nor "fragmentation needed".
// Not simulated: echoing IP options, extensions (RFC 4884).

import { get16 } from "../../wire/bytes.ts";
import { ICMP, icmpBytes, isIcmpError, UNREACHABLE } from "../../wire/icmp.ts";
import {
  IPPROTO,
  IPV4_HEADER,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Source,
  ipv4TotalLength,
} from "../../wire/ipv4.ts";
import { IFF } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { selectAddress } from "./devinet.ts";
import { SCOPE } from "./inDevice.ts";
import { allowsError, globalBucketHolds, takeFromGlobalBucket } from "./inetPeer.ts";
import { count } from "./inetState.ts";
import { IP_AT, sendIp } from "./ipOutput.ts";
import { routeOutput } from "./route.ts";

/** What to report. `info` is the second word: the MTU, the gateway, a pointer << 24. */
export type IcmpError = {
  readonly type: number;
  readonly code: number;
  readonly info: number;
  /** The packet was for us, was to be forwarded, or was on its way out. */
  readonly origin: "local" | "forward" | "output";
};

const DUMMY_SOURCE = 0xc0000008;
const MOST = 576;

/** Reports an error about the IPv4 packet in a frame to its source. */
export function icmpSend(skb: SkBuff, error: IcmpError): void {
  const { frame, dev } = skb;
  const { net } = dev;
  if (!mayBeReported(skb)) return;
  const limited = (dev.flags & IFF.LOOPBACK) === 0 && isLimited(net, error);
  if (limited && !globalAllows(net)) {
    count(net, "Icmp.OutRateLimitGlobal");
    return;
  }
  const destination = ipv4Source(frame, IP_AT);
  let source = error.origin === "local" ? ipv4Destination(frame, IP_AT) : 0;
  const inbound = settingNumber(net, "ipv4/icmp_errors_use_inbound_ifaddr") !== 0;
  if (error.origin === "forward" && inbound) {
    source = selectAddress(net, dev, destination, SCOPE.LINK);
  }
  const original = frame[IP_AT + 1] ?? 0;
  const tos = (original & 0x1e) | 0xc0;
  const route = routeOutput(net, {
    destination,
    source: source === 0 ? undefined : source,
    tos: tos & 0x1e,
    protocol: IPPROTO.ICMP,
  });
  if ("errno" in route) return;
  if (limited && (route.dev.flags & IFF.LOOPBACK) === 0) {
    if (!allowsError(net, destination, settingNumber(net, "ipv4/icmp_ratelimit") * 1000)) {
      count(net, "Icmp.OutRateLimitHost");
      return;
    }
    takeFromGlobalBucket(net.kernel);
  }
  const room = Math.min(route.mtu, MOST) - IPV4_HEADER - 8;
  const length = Math.min(frame.length - IP_AT, ipv4TotalLength(frame, IP_AT), room);
  const payload = frame.slice(IP_AT, IP_AT + length);
  sendIp(
    net,
    route,
    {
      source: source || route.source || DUMMY_SOURCE,
      destination,
      protocol: IPPROTO.ICMP,
      tos,
      cause: { text: `ICMP ${error.type}/${error.code} about a packet`, frame: skb.id },
    },
    icmpBytes({ type: error.type, code: error.code, rest: error.info, payload }),
  );
}

function mayBeReported({ frame, packetType }: SkBuff): boolean {
  if (packetType !== "host" && packetType !== "outgoing") return false;
  if (frame.length < IP_AT + IPV4_HEADER || (get16(frame, IP_AT + 6) & 0x1fff) !== 0) return false;
  if (frame[IP_AT + 9] !== IPPROTO.ICMP) return true;
  const inner = frame[IP_AT + ipv4HeaderLength(frame, IP_AT)];
  return inner !== undefined && inner <= 18 && !isIcmpError(inner);
}

function isLimited(net: Net, { type, code }: IcmpError): boolean {
  if (type === ICMP.UNREACHABLE && code === UNREACHABLE.FRAGMENTATION_NEEDED) return false;
  return ((settingNumber(net, "ipv4/icmp_ratemask") >>> type) & 1) !== 0;
}

function globalAllows({ kernel }: Net): boolean {
  const perSecond = settingNumber(kernel.initNet, "ipv4/icmp_msgs_per_sec");
  return globalBucketHolds(
    kernel,
    perSecond,
    settingNumber(kernel.initNet, "ipv4/icmp_msgs_burst"),
  );
}
