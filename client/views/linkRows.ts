// The devices of one namespace as rows, in the words of `ip link`.

import type { Address, Link, Namespace } from "../../shared/network.ts";
import { changedField, markedRows } from "./markedRows.ts";
import type { Moments, Row } from "./viewTable.ts";

type Device = Link & { readonly addresses: readonly string[] };

/** Rows in the order of their indices; the loopback device stands aside. */
export function linkRows(moments: Moments, namespace: string): Row[] {
  return markedRows<Device>(moments, namespace, {
    itemsOf: (one) => one.links.map((link) => ({ ...link, addresses: addressesOf(one, link) })),
    keyOf: ({ index }) => String(index),
    show: (row, old) => ({
      aside: row.kind === undefined,
      fields: [
        { ...changedField(row.name, old?.name), ...noteOf(row) },
        changedField(row.operstate, old?.operstate),
        changedField(row.flags.join(","), old?.flags.join(",")),
        changedField(row.mac, old?.mac),
        changedField(String(row.mtu), old && String(old.mtu)),
        changedField(row.master ?? "", old && (old.master ?? "")),
        changedField(row.addresses.join(" "), old?.addresses.join(" ")),
      ],
    }),
  });
}

function noteOf({ kind, vlanId }: Link): { readonly note?: string } {
  if (kind === undefined) return {};
  return { note: vlanId === undefined ? kind : `VLAN ${vlanId}` };
}

function addressesOf({ addresses }: Namespace, { name }: Link): string[] {
  const isWanted = ({ device, family }: Address) => device === name && family === "inet";
  return addresses.filter(isWanted).map(({ local, prefixLength }) => `${local}/${prefixLength}`);
}
