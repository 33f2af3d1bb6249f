// Receiving ICMP (linux/net/ipv4/icmp.c): echo and timestamp requests are answered, errors go to the
// sockets whose packets they quote and teach the routes (redirect, path MTU).
// Policy: a reply has the request's TOS and payload; its source is the address that was spoken to, or
// for broadcasts what the route back gives. An ignored broadcast ping counts as an error, as on Linux.
// Not simulated: address mask replies (Linux sends none), extended echo (RFC 8335).

import { ip4Text } from "../../wire/address.ts";
import { get32, put32 } from "../../wire/bytes.ts";
import { ICMP, ICMP_HEADER, icmpBytes, isIcmpChecksumRight, UNREACHABLE } from "../../wire/icmp.ts";
import {
  IPPROTO,
  IPV4_HEADER,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Source,
  ipv4TotalLength,
} from "../../wire/ipv4.ts";
import { consumeSkb, kfreeSkb, logLine } from "../core/dev.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { selectAddress } from "./devinet.ts";
import { addressType } from "./fibSemantics.ts";
import { SCOPE } from "./inDevice.ts";
import type { IcmpReport } from "./inetSocket.ts";
import { count, countIcmp, inetOf } from "./inetState.ts";
import { IP_AT, sendIp } from "./ipOutput.ts";
import { rawError } from "./raw.ts";
import { routeOutput } from "./route.ts";
import { acceptRedirect, updatePmtu } from "./routeExceptions.ts";
import { tcpError } from "./tcpIpv4.ts";
import { udpError } from "./udp.ts";

type Destination = "local" | "broadcast" | "multicast";

/** Takes an ICMP packet for this host (icmp_rcv). */
export function icmpReceive(skb: SkBuff, destination: Destination): void {
  const { frame } = skb;
  const { net } = skb.dev;
  const at = IP_AT + ipv4HeaderLength(frame, IP_AT);
  const end = IP_AT + ipv4TotalLength(frame, IP_AT);
  count(net, "Icmp.InMsgs");
  if (end - at < ICMP_HEADER) {
    fail(skb, "PKT_TOO_SMALL");
    return;
  }
  if (!isIcmpChecksumRight(frame, at, end)) {
    count(net, "Icmp.InCsumErrors");
    fail(skb, "CSUM");
    return;
  }
  const type = frame[at] ?? 0;
  countIcmp(net, "In", type);
  if (type > 18) {
    fail(skb, "ICMP_UNKNOWN");
    return;
  }
  if (destination !== "local") {
    const request = type === ICMP.ECHO || type === ICMP.TIMESTAMP;
    const other = type === ICMP.ADDRESS_MASK || type === ICMP.ADDRESS_MASK_REPLY;
    const ignored = request && settingNumber(net, "ipv4/icmp_echo_ignore_broadcasts") !== 0;
    if (ignored || !(request || other)) {
      fail(skb, "NOT_SPECIFIED");
      return;
    }
  }
  if (type === ICMP.ECHO) {
    if (settingNumber(net, "ipv4/icmp_echo_ignore_all") === 0) {
      reply(skb, { type: ICMP.ECHO_REPLY, at, end, destination });
    }
  } else if (type === ICMP.TIMESTAMP) {
    if (end - at < ICMP_HEADER + 4) {
      fail(skb, "PKT_TOO_SMALL");
      return;
    }
    reply(skb, { type: ICMP.TIMESTAMP_REPLY, at, end, destination });
  } else if (!reportError(skb, at, end)) {
    fail(skb, "PKT_TOO_SMALL");
    return;
  }
  consumeSkb(skb);
}

function fail(
  skb: SkBuff,
  reason: "PKT_TOO_SMALL" | "CSUM" | "ICMP_UNKNOWN" | "NOT_SPECIFIED",
): void {
  count(skb.dev.net, "Icmp.InErrors");
  kfreeSkb(skb, reason, "ICMP");
}

/** Answers an echo or timestamp request (icmp_echo, icmp_timestamp, icmp_reply). */
function reply(
  skb: SkBuff,
  request: { type: number; at: number; end: number; destination: Destination },
): void {
  const { frame, dev } = skb;
  const { net } = dev;
  const peer = ipv4Source(frame, IP_AT);
  const tos = frame[IP_AT + 1] ?? 0;
  const source =
    request.destination === "local"
      ? ipv4Destination(frame, IP_AT)
      : selectAddress(net, dev, peer, SCOPE.UNIVERSE);
  const route = routeOutput(net, {
    destination: peer,
    source: source || undefined,
    tos: tos & 0x1c,
    protocol: IPPROTO.ICMP,
  });
  if ("errno" in route) return;
  const payload = frame.slice(request.at + ICMP_HEADER, request.end);
  if (request.type === ICMP.TIMESTAMP_REPLY) {
    // Milliseconds since midnight, received and sent at once.
    const now = Math.floor(net.kernel.clock.now / 1000) % 86_400_000;
    const times = new Uint8Array(12);
    times.set(payload.subarray(0, 4));
    put32(times, 4, now);
    put32(times, 8, now);
    sendReply(times);
  } else sendReply(payload);

  function sendReply(data: Uint8Array): void {
    if ("errno" in route) return;
    sendIp(
      net,
      route,
      {
        source: source || route.source,
        destination: peer,
        protocol: IPPROTO.ICMP,
        tos,
        cause: { text: `reply to ${ip4Text(peer)}`, frame: skb.id },
      },
      icmpBytes({ type: request.type, code: 0, rest: get32(frame, request.at + 4), payload: data }),
    );
  }
}

/** An error: to whom it concerns (icmp_unreach, icmp_redirect). False when it is too short. */
function reportError(skb: SkBuff, at: number, end: number): boolean {
  const { frame, dev } = skb;
  const type = frame[at] ?? 0;
  const code = frame[at + 1] ?? 0;
  const known =
    type === ICMP.UNREACHABLE ||
    type === ICMP.SOURCE_QUENCH ||
    type === ICMP.REDIRECT ||
    type === ICMP.TIME_EXCEEDED ||
    type === ICMP.PARAMETER_PROBLEM;
  if (!known) return true;
  const inner = at + ICMP_HEADER;
  if (end - inner < IPV4_HEADER) return false;
  const header = ipv4HeaderLength(frame, inner);
  if (header < IPV4_HEADER) return false;
  if (type === ICMP.UNREACHABLE && code > 15) return true;
  // The time for the other fragments is over: nobody can do anything about it.
  if (type === ICMP.TIME_EXCEEDED && code === 1) return true;
  if (end - inner < header + 8) return false;
  const report: IcmpReport = {
    skb,
    type,
    code,
    info: infoOf(type, code, get32(frame, at + 4)),
    offender: ipv4Source(frame, IP_AT),
    source: ipv4Source(frame, inner),
    destination: ipv4Destination(frame, inner),
    protocol: frame[inner + 9] ?? 0,
    tos: frame[inner + 1] ?? 0,
    original: frame.subarray(inner + header, end),
  };
  if (type === ICMP.UNREACHABLE && isBogus(report)) return true;
  const { net } = dev;
  if (inetOf(net).raw.size > 0) rawError(report);
  const flow = {
    destination: report.destination,
    source: report.source,
    tos: report.tos & 0x1c,
    protocol: report.protocol,
  };
  if (type === ICMP.REDIRECT) {
    acceptRedirect(net, flow, { from: report.offender, to: report.info });
  } else if (type === ICMP.UNREACHABLE && code === UNREACHABLE.FRAGMENTATION_NEEDED) {
    const ignored = settingNumber(net, "ipv4/ip_no_pmtu_disc");
    if (ignored === 0 || ignored === 3) updatePmtu(net, flow, report.info);
  }
  if (report.protocol === IPPROTO.UDP) udpError(report);
  else if (report.protocol === IPPROTO.TCP) tcpError(report);
  return true;
}

function infoOf(type: number, code: number, rest: number): number {
  if (type === ICMP.REDIRECT) return rest;
  if (type === ICMP.PARAMETER_PROBLEM) return rest >>> 24;
  if (type === ICMP.UNREACHABLE && code === UNREACHABLE.FRAGMENTATION_NEEDED) return rest & 0xffff;
  return 0;
}

/** An error about something that was sent to everybody; only routers that are wrong send these. */
function isBogus(report: IcmpReport): boolean {
  const { skb, destination } = report;
  const { net } = skb.dev;
  if (settingNumber(net, "ipv4/icmp_ignore_bogus_error_responses") === 0) return false;
  if (addressType(net, destination, skb.dev) !== "broadcast") return false;
  logLine(
    net.kernel,
    `${ip4Text(report.offender)} sent an invalid ICMP type ${report.type}, code ${report.code} error to a broadcast: ${ip4Text(destination)} on ${skb.dev.name}`,
  );
  return true;
}
