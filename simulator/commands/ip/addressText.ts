// How iproute2 6.1.0 prints one address: in `ip addr`, on one line with -o and in `ip monitor`, and
// in the brief form.
// Not simulated: anycast addresses of IPv4 beyond storing none.

import type { NetDevice } from "../../net/core/netDevice.ts";
import { ip4Text, ip6Text } from "../../wire/address.ts";
import type { IpOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { ADDRESS_FLAGS, type AnyAddress, hasFlag, isInet6, scopeName } from "./selection.ts";

/** How an address is to be printed. */
export type AddressView = {
  /** Preceded by index and name of its device: -o, monitor, flush. */
  readonly header: boolean;
  readonly gone?: boolean;
  readonly dev: NetDevice;
  readonly options: IpOptions;
};

/** Prints an address with its lifetimes, or in brief. */
export function printAddress(out: Output, address: AnyAddress, view: AddressView): void {
  const { options, dev } = view;
  const family = isInet6(address) ? "inet6" : "inet";
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  if (!options.brief) {
    if (view.header) {
      out.put("index", dev.ifindex, `${dev.ifindex}: `);
      out.put("dev", dev.name, dev.name);
    }
    out.put("family", family, `    ${family} `);
  }
  printLocal(out, address, family);
  if (address.metric !== 0) out.put("metric", address.metric, `metric ${address.metric} `);
  if (options.brief) return;
  if (!isInet6(address) && address.broadcast !== undefined) {
    const text = ip4Text(address.broadcast);
    out.put("broadcast", text, `brd ${out.paint("inet", text)} `);
  }
  const scope = scopeName(address.scope, options.numeric);
  out.put("scope", scope, `scope ${scope} `);
  printFlags(out, address);
  if (!isInet6(address)) out.put("label", address.label, address.label);
  printLifetimes(out, address, options);
}

function printLocal(out: Output, address: AnyAddress, family: "inet" | "inet6"): void {
  const local = textOf(address.local);
  const peer = address.peer === undefined ? address.local : address.peer;
  out.put("local", local, out.paint(family, local));
  if (peer !== address.local) {
    const text = textOf(peer);
    out.put("address", text, ` peer ${out.paint(family, text)}`);
  }
  out.put("prefixlen", address.prefixLength, `/${address.prefixLength} `);
}

function textOf(address: number | string): string {
  return typeof address === "number" ? ip4Text(address) : ip6Text(address);
}

function printFlags(out: Output, address: AnyAddress): void {
  for (const flag of ADDRESS_FLAGS) {
    const set = hasFlag(address, flag);
    if (flag === "permanent" ? set : !set) continue;
    const name =
      flag === "permanent"
        ? "dynamic"
        : flag === "secondary" && isInet6(address)
          ? "temporary"
          : flag;
    out.put(name, true, `${name} `);
  }
}

function printLifetimes(out: Output, address: AnyAddress, options: IpOptions): void {
  const { valid, preferred } = lifetimesOf(address);
  const text = (seconds: number | undefined) =>
    seconds === undefined ? "forever" : `${seconds}sec`;
  out.text(`${options.lineEnd}       `);
  out.put("valid_life_time", valid ?? 0xffffffff, `valid_lft ${text(valid)} `);
  out.put("preferred_life_time", preferred ?? 0xffffffff, `preferred_lft ${text(preferred)}`);
}

/** Seconds that are left; undefined is for ever. A permanent IPv4 address hides its preferred time. */
function lifetimesOf(address: AnyAddress): {
  valid: number | undefined;
  preferred: number | undefined;
} {
  if (!isInet6(address) && address.validLifetime === undefined) {
    return { valid: undefined, preferred: undefined };
  }
  const passed = Math.floor((address.dev.net.kernel.clock.now - address.stamp) / 1e6);
  const left = (seconds: number | undefined) =>
    seconds === undefined ? undefined : Math.max(0, seconds - passed);
  const preferred = left(address.preferredLifetime);
  return { valid: left(address.validLifetime), preferred };
}
