// What the bridges of one namespace have learnt and been told, in the words of `bridge fdb` and
// `bridge vlan`.

import type { FdbEntry, PortVlan } from "../../shared/network.ts";
import { byNumber, macOwners, ownerNote } from "./macOwners.ts";
import { changedField, markedRows } from "./markedRows.ts";
import type { Moments, Row } from "./viewTable.ts";

/** Rows by MAC; what the kernel keeps for its own devices and for groups stands aside. */
export function fdbRows(moments: Moments, namespace: string): Row[] {
  const owners = macOwners(moments.state);
  const rows = markedRows<FdbEntry>(moments, namespace, {
    itemsOf: ({ fdb }) => fdb,
    keyOf: ({ mac, device, vlan, master }) => [mac, device, vlan ?? "", master ?? ""].join(" "),
    show: ({ mac, device, vlan, master, state }, old) => ({
      aside: state === "permanent",
      fields: [
        { text: mac, ...ownerNote(owners, mac) },
        { text: device },
        { text: vlan === undefined ? "" : String(vlan) },
        { text: master ?? "" },
        changedField(state || "learned", old && (old.state || "learned")),
      ],
    }),
  });
  return rows.sort((one, other) => byNumber.compare(one.key, other.key));
}

/** Rows by port, then by VLAN, as the kernel lists them. */
export function vlanRows(moments: Moments, namespace: string): Row[] {
  return markedRows<PortVlan>(moments, namespace, {
    itemsOf: ({ portVlans }) => portVlans,
    keyOf: ({ device, vlan }) => `${device} ${vlan}`,
    show: ({ device, vlan, pvid, untagged }, old) => ({
      aside: false,
      fields: [
        { text: device },
        { text: String(vlan) },
        changedField(pvid ? "PVID" : "", old && (old.pvid ? "PVID" : "")),
        changedField(
          untagged ? "untagged" : "tagged",
          old && (old.untagged ? "untagged" : "tagged"),
        ),
      ],
    }),
  });
}
