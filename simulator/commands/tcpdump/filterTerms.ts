// What the words of a filter ask of a packet (pcap-filter(7)).
// Not here: grammar (filter.ts). Not simulated: wireless, MPLS, PPPoE, gateway, protochain.

import { getIp6, getMac } from "../../wire/bytes.ts";
import { type FrameView, networkAt, numberAt, reaches, typeAt } from "./frameView.ts";

/** Says yes or no of a packet; `tags` is how many tags in the bytes were passed. */
export type Test = (view: FrameView, tags: number) => boolean;

/** EtherTypes by the words for them. */
export const ETHER_TYPES: Readonly<Record<string, number>> = {
  ip: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ip6: 0x86dd,
  aarp: 0x80f3,
  lat: 0x6004,
  loopback: 0x9000,
};
/** Protocols over IP by the words for them. */
export const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  icmp6: 58,
  esp: 50,
  ah: 51,
  pim: 103,
  sctp: 132,
  vrrp: 112,
  igrp: 9,
};

/** The packet has this EtherType. */
export function isType(type: number): Test {
  return (view, tags) => typeAt(view, tags) === type;
}

/** The packet is of this protocol over IPv4 or IPv6. */
export function isProtocol(protocol: number, family?: 4 | 6): Test {
  return (view, tags) => {
    const at = networkAt(view, tags);
    if (family !== 6 && typeAt(view, tags) === 0x0800) return view.bytes[at + 9] === protocol;
    if (family === 4 || typeAt(view, tags) !== 0x86dd) return false;
    const next = view.bytes[at + 6];
    return next === protocol || (next === 44 && view.bytes[at + 40] === protocol);
  };
}

/** Either side, or both, as the direction says. */
export type Direction = "src" | "dst" | "either" | "both";

function sides(direction: Direction, source: boolean, destination: boolean): boolean {
  switch (direction) {
    case "src":
      return source;
    case "dst":
      return destination;
    case "both":
      return source && destination;
    default:
      return source || destination;
  }
}

/** The IPv4 address, under a mask, of IP and ARP packets; `only` leaves it to one of them. */
export function hasHost4(address: number, mask: number, direction: Direction, only?: string): Test {
  return (view, tags) => {
    const type = typeAt(view, tags);
    const isIp = type === 0x0800 && (only === undefined || only === "ip");
    const isArp =
      (type === 0x0806 && only !== "ip" && only !== "rarp") ||
      (type === 0x8035 && only !== "ip" && only !== "arp");
    if (!isIp && !isArp) return false;
    const at = networkAt(view, tags);
    const [source, destination] = isIp ? [at + 12, at + 16] : [at + 14, at + 24];
    const fits = (where: number) => {
      const found = numberAt(view, where, 4);
      return found !== undefined && (found & mask) >>> 0 === (address & mask) >>> 0;
    };
    return sides(direction, fits(source), fits(destination));
  };
}

/** The IPv6 address, of which `length` bits count. */
export function hasHost6(address: string, length: number, direction: Direction): Test {
  const digits = Math.floor(length / 4);
  const rest = length % 4;
  const fits = (view: FrameView, at: number) => {
    if (!reaches(view, at, 16)) return false;
    const found = getIp6(view.bytes, at);
    if (found.slice(0, digits) !== address.slice(0, digits)) return false;
    if (rest === 0) return true;
    const shift = 4 - rest;
    return (
      Number.parseInt(found.charAt(digits), 16) >> shift ===
      Number.parseInt(address.charAt(digits), 16) >> shift
    );
  };
  return (view, tags) => {
    if (typeAt(view, tags) !== 0x86dd) return false;
    const at = networkAt(view, tags);
    return sides(direction, fits(view, at + 8), fits(view, at + 24));
  };
}

/** The MAC address of the Ethernet header. */
export function hasMac(mac: number, direction: Direction): Test {
  return (view) =>
    view.link === 14 &&
    view.bytes.length >= 12 &&
    sides(direction, getMac(view.bytes, 6) === mac, getMac(view.bytes, 0) === mac);
}

/** A port from `low` to `high` of TCP, UDP or SCTP, or of one of them. */
export function hasPort(low: number, high: number, direction: Direction, protocol?: number): Test {
  return (view, tags) => {
    const at = transportAt(view, tags);
    if (
      at === undefined ||
      !(protocol === undefined ? [6, 17, 132].includes(at.protocol) : at.protocol === protocol)
    )
      return false;
    const fits = (where: number) => {
      const port = numberAt(view, where, 2);
      return port !== undefined && port >= low && port <= high;
    };
    return sides(direction, fits(at.at), fits(at.at + 2));
  };
}

/** Where the transport header begins, of packets that are no later fragment. */
export function transportAt(
  view: FrameView,
  tags: number,
): { readonly at: number; readonly protocol: number } | undefined {
  const at = networkAt(view, tags);
  const type = typeAt(view, tags);
  const protocol = view.bytes[at + (type === 0x0800 ? 9 : 6)] ?? 0;
  if (type === 0x86dd) return { at: at + 40, protocol };
  if (type !== 0x0800 || ((numberAt(view, at + 6, 2) ?? 0) & 0x1fff) !== 0) return undefined;
  return { at: at + ((view.bytes[at] ?? 0) & 15) * 4, protocol };
}

/** A group address in the link header, or in an IP packet. */
export function isMulticast(protocol: string | undefined): Test {
  return (view, tags) => {
    const at = networkAt(view, tags);
    if (protocol === "ip")
      return typeAt(view, tags) === 0x0800 && (view.bytes[at + 16] ?? 0) >= 224;
    if (protocol === "ip6") return typeAt(view, tags) === 0x86dd && view.bytes[at + 24] === 255;
    if (view.link === 14) return ((view.bytes[0] ?? 0) & 1) === 1;
    return view.packetType === "multicast" || view.packetType === "broadcast";
  };
}

/** Sent to everybody on the link, or to an address of all ones. */
export function isBroadcast(protocol: string | undefined): Test {
  return (view, tags) => {
    if (protocol === "ip") return hasHost4(0xffffffff, 0xffffffff, "dst", "ip")(view, tags);
    return view.link === 14
      ? getMac(view.bytes, 0) === 0xffffffffffff
      : view.packetType === "broadcast";
  };
}

/** An LLC frame (a length instead of a type); STP is the one to SAP 0x42. */
export function isLlc(sap?: number): Test {
  return (view, tags) => {
    if (view.link !== 14 || typeAt(view, tags) > 1500) return false;
    return sap === undefined || view.bytes[networkAt(view, tags)] === sap;
  };
}
