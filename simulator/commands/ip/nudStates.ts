// The words for states of neighbours in `ip neigh`: a beginning of a state's name, or its one bit.
// Not here: what the states mean (net/core/neighbour.ts).

import type { NudState } from "../../net/core/neighTable.ts";
import { NUD_BITS } from "./neighText.ts";
import { matches } from "./options.ts";
import { unsigned } from "./words.ts";

/** Names in the order in which a short word is matched against them. */
const ORDER: readonly NudState[] = [
  "PERMANENT",
  "REACHABLE",
  "NOARP",
  "NONE",
  "STALE",
  "INCOMPLETE",
  "DELAY",
  "PROBE",
  "FAILED",
];

/** The bits of a word, or undefined if it names no state. */
export function nudBitsOf(word: string): number | undefined {
  const named = ORDER.find((state) => matches(word, state.toLowerCase()));
  if (named !== undefined) return NUD_BITS[named];
  const bits = unsigned(word, 0xff);
  return bits === undefined || (bits & (bits - 1)) !== 0 ? undefined : bits;
}

/** The one state of a word, or undefined if it names none. */
export function nudStateOf(word: string): NudState | undefined {
  const bits = nudBitsOf(word);
  return ORDER.find((state) => NUD_BITS[state] === bits);
}
