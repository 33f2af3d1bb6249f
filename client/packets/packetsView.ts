// What a view of packets shows: the frames of the devices that it names, or of all.
// Not here: their text (tcpdumpText.ts), which is made for the lines on show only.

import type { Moments } from "../views/viewTable.ts";
import { type Captured, type Frames, namespaceNames } from "./captured.ts";

/** The frames of some devices. */
export type PacketsView = {
  readonly title: string;
  /** Says why there is nothing to see; empty where there is. */
  readonly sentence: string;
  readonly frames: readonly Captured[];
  readonly names: ReadonlyMap<number, string>;
};

/** The view; without names of devices it shows all of them. */
export function packetsView(
  moments: Moments | undefined,
  frames: Frames | undefined,
  devices: readonly string[],
): PacketsView {
  const title =
    devices.length === 0 ? "Packets on all devices" : `Packets on ${devices.join(", ")}`;
  const all = frames?.list ?? [];
  const own = devices.length === 0 ? all : all.filter(({ device }) => devices.includes(device));
  return {
    title,
    sentence: frames?.missing ?? sentence(moments, own, devices),
    frames: own,
    names: namespaceNames(moments?.state),
  };
}

function sentence(
  moments: Moments | undefined,
  own: readonly Captured[],
  devices: readonly string[],
): string {
  if (moments === undefined) return "Nothing has run yet, so there is no network to look at.";
  const known = new Set(
    moments.state.namespaces.flatMap(({ links }) => links.map(({ name }) => name)),
  );
  const missing = devices.filter((name) => !known.has(name));
  if (missing.length > 0 && missing.length === devices.length) {
    return `There is no device ${missing.join(", ")} yet; a set-up cell makes it.`;
  }
  return own.length === 0 ? "No frame has passed yet." : "";
}
