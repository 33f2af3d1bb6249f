// How `bridge fdb` and `bridge monitor` print one entry (iproute2 6.1.0, bridge/fdb.c).
// Not simulated: VXLAN destinations, nexthop ids, offload.

import { type FdbRow, type FdbState, fdbStateOf } from "../../net/bridge/brFdbAdmin.ts";
import { macText } from "../../wire/address.ts";
import type { Output } from "../ip/output.ts";
import type { BridgeOptions } from "./options.ts";

/** The words that iproute2 has for netlink's states. */
const STATE_WORDS: Readonly<Record<FdbState, string>> = {
  permanent: "permanent",
  noarp: "static",
  stale: "stale",
  reachable: "",
};

/** What is told of an entry besides itself. */
export type FdbView = { readonly gone?: boolean; readonly withDevice: boolean };

/** Prints an entry; the caller opens and closes the object of JSON. */
export function printFdb(out: Output, options: BridgeOptions, row: FdbRow, view: FdbView): void {
  const entry = "entry" in row ? row.entry : undefined;
  const mac = macText("entry" in row ? row.entry.mac : row.listed);
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  out.put("mac", mac, out.paint("mac", `${mac} `));
  if (view.withDevice) {
    out.text("dev ");
    out.put("ifname", row.dev.name, out.paint("name", `${row.dev.name} `));
  }
  if (entry === undefined) {
    printFlags(out, ["self"]);
    out.put("state", "permanent", "permanent\n");
    return;
  }
  if (entry.vid !== 0) out.put("vlan", entry.vid, `vlan ${entry.vid} `);
  if (options.stats > 0) {
    const { now } = entry.bridge.dev.net.kernel.clock;
    const seconds = (since: number) => Math.floor((now - since) / 1_000_000);
    const used = seconds(entry.used);
    const updated = seconds(entry.updated);
    out.put("used", used, `used ${used}/${updated} `);
    out.property("updated", updated);
  }
  const flags: string[] = [];
  if (entry.externLearn) flags.push("extern_learn");
  if (entry.sticky) flags.push("sticky");
  printFlags(out, flags);
  const master = entry.bridge.dev.name;
  out.put("master", master, `master ${master} `);
  const state = STATE_WORDS[fdbStateOf(entry)];
  out.put("state", state, `${state}\n`);
}

function printFlags(out: Output, flags: readonly string[]): void {
  out.openArray("flags");
  for (const flag of flags) out.item(flag, `${flag} `);
  out.closeArray();
}
