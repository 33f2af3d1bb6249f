// The neighbour table of one namespace as rows, in the words of `ip neigh`. A MAC is shown with the
// device that owns it, since which device answered is what most experiments are about.

import type { Neighbour } from "../../shared/network.ts";
import { byNumber, macOwners, ownerNote } from "./macOwners.ts";
import { changedField, markedRows } from "./markedRows.ts";
import type { Moments, Row } from "./viewTable.ts";

/** Rows by address: the kernel lists them by a hash, in an order that says nothing and changes. */
export function arpRows(moments: Moments, namespace: string): Row[] {
  const owners = macOwners(moments.state);
  const rows = markedRows<Neighbour>(moments, namespace, {
    itemsOf: ({ neighbours }) => neighbours,
    keyOf: ({ address, device, proxy }) => [address, device, proxy ? "proxy" : ""].join(" "),
    show: (row, old) => ({
      aside: row.address.includes(":") || row.state === "NOARP" || isMulticast(row.address),
      fields: [
        { text: row.address },
        { text: row.device },
        {
          ...changedField(row.mac ?? "none", old && (old.mac ?? "none")),
          ...ownerNote(owners, row.mac),
        },
        changedField(row.proxy ? "proxy" : row.state, old && (old.proxy ? "proxy" : old.state)),
      ],
    }),
  });
  return rows.sort((one, other) => byNumber.compare(one.key, other.key));
}

function isMulticast(address: string): boolean {
  const first = Number(address.split(".")[0]);
  return first >= 224 && first <= 239;
}
