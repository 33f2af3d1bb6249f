// What an IP header leads to, of either version (print-ip-demux.c).
// Not simulated: protocols that are not in the list; they are named with a length.

import { printIcmp } from "./icmp.ts";
import { printIcmp6 } from "./icmp6.ts";
import { printIgmp } from "./igmp.ts";
import { type Payload, type Printer, put, putInvalid } from "./printer.ts";
import { protocolWord } from "./protocolNames.ts";
import { printTcp } from "./tcp.ts";
import { printUdp } from "./udp.ts";

/** Prints what follows the IP header. */
export function printIpPayload(printer: Printer, payload: Payload): void {
  const { version, protocol, length, at } = payload;
  switch (protocol) {
    case 1:
      if (version === 4) printIcmp(printer, payload);
      else refuse(printer, "ICMP requires IPv4");
      return;
    case 2:
      if (version === 4) printIgmp(printer, at, length);
      else refuse(printer, "IGMP requires IPv4");
      return;
    case 6:
      printTcp(printer, payload);
      return;
    case 17:
      printUdp(printer, payload);
      return;
    case 58:
      if (version === 6) printIcmp6(printer, payload);
      else refuse(printer, "ICMPv6 requires IPv6");
      return;
    case 4:
      printer.inner.ip4(printer, at, length);
      return;
    case 41:
      printer.inner.ip6(printer, at, length);
      return;
    case 59:
      put(printer, "no next header");
      return;
    default: {
      const word = printer.options.numeric ? undefined : protocolWord(protocol);
      put(printer, ` ${word ?? `ip-proto-${protocol}`} ${length}`);
    }
  }
}

function refuse(printer: Printer, text: string): void {
  put(printer, `[${text}]`);
  putInvalid(printer);
}
