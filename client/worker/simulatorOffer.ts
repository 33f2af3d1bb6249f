// What a page says it would get before its simulator has said anything.

import type { Offer } from "../../shared/session.ts";

/** The simulator in the page. */
export const simulatorOffer = {
  kind: "simulator",
  label: "simulator",
  pace: 1,
} as const satisfies Offer;
