// How iproute2 6.1.0 prints one neighbour or proxied address.
// Not simulated: neighbours of other families than IPv4 and IPv6.

import type { NeighRecord } from "../../net/core/neighNotify.ts";
import type { NudState } from "../../net/core/neighTable.ts";
import { ip4Text, ip6Text, macText } from "../../wire/address.ts";
import type { IpOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { protocolName } from "./protocolNames.ts";

/** How a neighbour is to be printed. */
export type NeighView = {
  readonly options: IpOptions;
  /** Its device is known from the command and left out. */
  readonly withoutDevice: boolean;
  readonly gone?: boolean;
};

/** Bits of the states as netlink has them. */
export const NUD_BITS: Readonly<Record<NudState, number>> = {
  NONE: 0,
  INCOMPLETE: 0x01,
  REACHABLE: 0x02,
  STALE: 0x04,
  DELAY: 0x08,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
};

const FLAGS = ["router", "proxy", "extern_learn", "offload", "managed", "sticky"] as const;

/** Prints one line. */
export function printNeighbour(out: Output, record: NeighRecord, view: NeighView): void {
  const { options } = view;
  const { brief } = options;
  const address = typeof record.key === "number" ? ip4Text(record.key) : ip6Text(record.key);
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  out.put("dst", address, out.paint(record.family, brief ? address.padEnd(40) : `${address} `));
  if (!view.withoutDevice && record.dev !== undefined) {
    const { name } = record.dev;
    if (!brief) out.text("dev ");
    out.put("dev", name, out.paint("name", brief ? name.padEnd(17) : `${name} `));
  }
  if (record.mac !== undefined) {
    const mac = macText(record.mac);
    if (!brief) out.text("lladdr ");
    out.put("lladdr", mac, out.paint("mac", brief ? mac : `${mac} `));
  }
  if (!brief) printRest(out, record, options);
  out.text("\n");
}

function printRest(out: Output, record: NeighRecord, options: IpOptions): void {
  for (const flag of FLAGS) {
    const set = flag === "proxy" ? record.proxy : record.flags.has(flag);
    if (set) out.put(flag, null, `${flag} `);
  }
  if (options.stats > 0 && !record.proxy) printTimes(out, record);
  if (record.state !== "NONE") {
    out.openArray("state");
    out.item(record.state, `${record.state} `);
    out.closeArray();
  }
  if (record.protocol !== 0) {
    const name = protocolName(record.protocol, options.numeric);
    out.put("protocol", name, `proto ${name} `);
  }
}

/** No blank stands between the times and "probes"; iproute2 has it so. */
function printTimes(out: Output, record: NeighRecord): void {
  const { used, confirmed, updated, probes, refs } = record;
  if (refs > 0) out.put("refcnt", refs, ` ref ${refs}`);
  out.put("used", used, ` used ${used}`);
  out.put("confirmed", confirmed, `/${confirmed}`);
  out.put("updated", updated, `/${updated}`);
  out.put("probes", probes, `probes ${probes} `);
}
