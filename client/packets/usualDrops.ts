// Reasons that end most copies of a flooded frame, and frames to groups that nobody here has joined. They
// say nothing about what the reader did, so no view counts them as a fault.

import type { Captured } from "./captured.ts";

const USUAL = new Set([
  ...["ARP_NOT_FOR_US", "OTHERHOST", "UNICAST_IN_L2_MULTICAST", "IP_INADDRERRORS"],
  "BRIDGE_NO_EGRESS",
]);

/** Whether the frame was dropped as most of its copies are. */
export function isUsualDrop({ dropped }: Captured): boolean {
  return dropped !== undefined && USUAL.has(dropped.reason);
}
