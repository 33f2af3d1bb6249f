// IPv6 addresses in packets.

import { getIp6 } from "../../../wire/bytes.ts";
import { host6 } from "./names.ts";
import { need, type Printer } from "./printer.ts";

/** The address at `at` as 32 hex digits. */
export function ip6At(printer: Printer, at: number): string {
  need(printer, at + 16);
  return getIp6(printer.bytes, at);
}

/** The address at `at` or its host's name. */
export function host6At(printer: Printer, at: number): string {
  return host6(printer.names, ip6At(printer, at));
}
