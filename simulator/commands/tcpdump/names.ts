// Names for printing and for filters, from this machine's files and name servers; and a filter compiled
// with them.

import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { portsOf, servicesOf } from "../fileRows.ts";
import { lookUp, nameOfAddress, networkNames } from "../resolver.ts";
import type { FilterTarget } from "./filter/codes.ts";
import { type CompiledFilter, compileFilter } from "./filter/compileFilter.ts";
import type { HostAddresses } from "./filter/filterNames.ts";
import type { Names } from "./print/names.ts";

/** Names for printing. */
export function printNames(self: Process, numeric: boolean): Names {
  const ports = numeric ? new Map<string, string>() : servicesOf(self);
  return { numeric, hosts: new Map(), wanted: new Set(), ports };
}

/** Prints something; names that are missing are looked up, and it is printed anew. */
export function* withNames(self: Process, names: Names, print: () => string): Steps<string> {
  const text = print();
  if (names.wanted.size === 0) return text;
  for (const address of names.wanted) {
    names.hosts.set(address, yield* nameOfAddress(self, address));
  }
  names.wanted.clear();
  return print();
}

/** Compiles a filter, looking up the hosts in it. */
export function* filterWithNames(
  self: Process,
  text: string,
  target: FilterTarget,
): Steps<Exclude<CompiledFilter, { readonly wanted: string }>> {
  const hosts = new Map<string, HostAddresses | undefined>();
  const services = portsOf(self);
  const networks = networkNames(self);
  for (;;) {
    const compiled = compileFilter(text, target, { hosts, networks, services });
    if (!("wanted" in compiled)) return compiled;
    const found = yield* lookUp(self, compiled.wanted, "both");
    hosts.set(compiled.wanted, "problem" in found ? undefined : found);
  }
}
