// Filters of tcpdump (pcap-filter(7), pcap_compile(3)): from text to a function that says of a packet
// whether it passes.
// Any text ends in such a function, in a sentence of libpcap, or in what we cannot.

import type { Compiler, FilterTarget } from "./codes.ts";
import { FilterError, NameWanted, NotSimulated } from "./filterError.ts";
import type { Names } from "./filterNames.ts";
import { parseFilter } from "./parse.ts";
import { rejectsAll } from "./rejection.ts";
import { acceptor, type FilterPacket } from "./tests.ts";
import { tokensOf } from "./tokens.ts";

/** A filter that was compiled, or why not. */
export type CompiledFilter =
  | { readonly accept: (packet: FilterPacket) => boolean }
  | { readonly error: string }
  /** Something that libpcap can. */
  | { readonly notSimulated: string }
  /** A host that has to be looked up first. */
  | { readonly wanted: string };

/** Words in one filter; more would go deeper than the stack. */
const MOST_WORDS = 3000;

/** Compiles a filter. */
export function compileFilter(text: string, target: FilterTarget, names: Names): CompiledFilter {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return { accept: () => true };
  if (tokens.length > MOST_WORDS) return { notSimulated: "a tcpdump filter of this length" };
  const compiler: Compiler = { target, names, shift: 0, shiftExtra: undefined, vlans: 0 };
  try {
    const test = parseFilter({ tokens, compiler, at: 0 });
    if (rejectsAll(test)) return { error: "expression rejects all packets" };
    return { accept: acceptor(test) };
  } catch (reason) {
    if (reason instanceof FilterError) return { error: reason.message };
    if (reason instanceof NotSimulated) return { notSimulated: reason.message };
    if (reason instanceof NameWanted) return { wanted: reason.message };
    throw reason;
  }
}
