// UDP (print-udp.c): its length; names for what runs on known ports.
// Not simulated: what runs on ports other than DNS's; its length is printed.

import { ip6At } from "./address6.ts";
import { pseudoSum } from "./checksum.ts";
import { printDns } from "./dns.ts";
import { host4, host6, portText } from "./names.ts";
import {
  has,
  hex,
  type Payload,
  type Printer,
  put,
  putCut,
  shouldBe,
  u16,
  u32,
} from "./printer.ts";

/** "10.0.0.1.53 > 10.0.0.2.4000: "; without ports where they were cut off. */
export function endPointsText(
  printer: Printer,
  payload: Payload,
  ports?: { readonly source: number; readonly destination: number },
): string {
  const { names } = printer;
  const { ip, version, protocol } = payload;
  const kind = protocol === 6 ? "tcp" : "udp";
  const port = (value: number) => portText(names, kind, value);
  // Behind an extension header the addresses are there already.
  const direct = (printer.bytes[ip + (version === 4 ? 9 : 6)] ?? 0) === protocol;
  if (!direct && ports !== undefined) return `${port(ports.source)} > ${port(ports.destination)}: `;
  const source =
    version === 4 ? host4(names, u32(printer, ip + 12)) : host6(names, ip6At(printer, ip + 8));
  const destination =
    version === 4 ? host4(names, u32(printer, ip + 16)) : host6(names, ip6At(printer, ip + 24));
  if (ports === undefined) return `${source} > ${destination}: `;
  return `${source}.${port(ports.source)} > ${destination}.${port(ports.destination)}: `;
}

/** Prints a datagram. */
export function printUdp(printer: Printer, payload: Payload): void {
  printer.protocol = "udp";
  const { at, fragmented } = payload;
  const { options } = printer;
  if (!has(printer, at + 4)) {
    put(printer, endPointsText(printer, payload));
    putCut(printer);
    return;
  }
  const source = u16(printer, at);
  const destination = u16(printer, at + 2);
  put(printer, endPointsText(printer, payload, { source, destination }));
  if (payload.length < 8) {
    put(printer, `truncated-udp ${payload.length}`);
    return;
  }
  if (!has(printer, at + 6)) {
    putCut(printer);
    return;
  }
  const claimed = u16(printer, at + 4);
  if (claimed < 8) {
    put(printer, `truncated-udplength ${claimed}`);
    return;
  }
  const length = Math.min(payload.length, claimed) - 8;
  if (!has(printer, at + 8)) {
    putCut(printer);
    return;
  }
  if (options.verbose > 0 && !options.noChecksums && !fragmented) {
    putChecksum(printer, payload, length + 8);
  }
  if (
    options.quick === 0 &&
    (source === 53 || destination === 53 || source === 5353 || destination === 5353)
  ) {
    printDns(printer, at + 8, length, source !== 53 && destination !== 53);
    return;
  }
  const bad = claimed - 8 > length && !fragmented;
  put(printer, bad ? `UDP, bad length ${claimed - 8} > ${length}` : `UDP, length ${claimed - 8}`);
}

function putChecksum(printer: Printer, payload: Payload, length: number): void {
  const field = u16(printer, payload.at + 6);
  // Over IPv6 it is a duty, so -v is enough; over IPv4 -vv asks for it.
  if (payload.version === 4 && printer.options.verbose === 1) return;
  if (field === 0 && payload.version === 4) put(printer, "[no cksum] ");
  else if (has(printer, payload.at + length)) {
    const sum = pseudoSum(printer, payload, length);
    if (sum === 0) put(printer, "[udp sum ok] ");
    else put(printer, `[bad udp cksum 0x${hex(field, 4)} -> 0x${hex(shouldBe(field, sum), 4)}!] `);
  }
}
