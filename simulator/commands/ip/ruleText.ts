// How iproute2 6.1.0 prints one rule: in `ip rule`, `ip monitor rule` and as JSON.
// Not simulated: tunnel ids, realms.

import type { Net } from "../../net/core/netNamespace.ts";
import type { Rule4 } from "../../net/ipv4/ipv4Net.ts";
import type { Rule6 } from "../../net/ipv6/ipv6Net.ts";
import { ip4Text, ip6Text } from "../../wire/address.ts";
import type { IpOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { protocolName } from "./protocolNames.ts";
import { dsfieldName, type TableNames, typeNumber } from "./routeNames.ts";
import { protocolText } from "./ruleWords.ts";

/** A rule of either family. */
export type AnyRule = Rule4 | Rule6;

/** How a rule is to be printed. */
export type RuleView = {
  readonly net: Net;
  readonly options: IpOptions;
  readonly tables: TableNames;
  readonly gone?: boolean;
};

/** Prints a rule with its newline. */
export function printRule(out: Output, rule: AnyRule, view: RuleView): void {
  const { options, net } = view;
  const numeric = options.numeric;
  out.openObject();
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  out.put("priority", rule.priority, `${rule.priority}:\t`);
  if (rule.inverted) out.put("not", null, "not ");
  printPrefix(out, rule, "src");
  printPrefix(out, rule, "dst");
  if (rule.tos !== 0) {
    const tos = dsfieldName(rule.tos, numeric);
    out.put("tos", tos, ` tos ${tos}`);
  }
  printMark(out, rule);
  for (const name of ["iif", "oif"] as const) {
    const device = rule[name];
    if (device === undefined) continue;
    out.put(name, device, ` ${name} ${out.paint("name", device)}`);
    if (!net.byName.has(device)) out.put(`${name}_detached`, null, " [detached]");
  }
  if (rule.l3mdev) out.put("l3mdev", null, " lookup [l3mdev-table]");
  printRanges(out, rule, numeric);
  printAction(out, rule, view);
  if (rule.protocol !== 2 && rule.protocol !== 0) {
    const name = protocolName(rule.protocol, numeric);
    out.put("protocol", name, ` proto ${name}`);
  } else if (options.details > 0) {
    const name = protocolName(rule.protocol, numeric);
    out.put("protocol", name, ` proto ${name}`);
  }
  out.text("\n");
  out.closeObject();
}

function printPrefix(out: Output, rule: AnyRule, which: "src" | "dst"): void {
  const length = which === "src" ? rule.sourceLength : rule.destinationLength;
  const address = which === "src" ? rule.source : rule.destination;
  if (length === 0) {
    if (which === "src") out.put("src", "all", "from all");
    return;
  }
  const text = typeof address === "number" ? ip4Text(address) : ip6Text(address);
  const family = typeof address === "number" ? "inet" : "inet6";
  const whole = length === (family === "inet" ? 32 : 128);
  const shown = out.paint(family, text) + (whole ? "" : `/${length}`);
  out.put(which, text, which === "src" ? `from ${shown}` : ` to ${shown}`);
  if (!whole) out.property(`${which}len`, length);
}

function hex(value: number): string {
  return value === 0 ? "0" : `0x${value.toString(16)}`;
}

function printMark(out: Output, rule: AnyRule): void {
  const { fwmark = 0, fwmask = 0 } = rule;
  if (fwmark === 0 && fwmask === 0) return;
  out.put("fwmark", hex(fwmark), ` fwmark ${hex(fwmark)}`);
  if (fwmask !== 0xffffffff) out.put("fwmask", hex(fwmask), `/${hex(fwmask)}`);
}

function printRanges(out: Output, rule: AnyRule, numeric: boolean): void {
  const { uidRange, ipproto } = rule;
  if (uidRange !== undefined) {
    const [from, to] = uidRange;
    out.put("uid_start", from, ` uidrange ${from}`);
    out.put("uid_end", to, `-${to}`);
  }
  if (ipproto !== undefined) {
    const name = protocolText(ipproto, numeric);
    out.put("ipproto", name, ` ipproto ${name}`);
  }
  for (const name of ["sport", "dport"] as const) {
    const range = rule[name];
    if (range === undefined) continue;
    const [from, to] = range;
    if (from === to) out.put(name, from, ` ${name} ${from}`);
    else {
      out.put(`${name}_start`, from, ` ${name} ${from}`);
      out.put(`${name}_end`, to, `-${to}`);
    }
  }
}

function printAction(out: Output, rule: AnyRule, view: RuleView): void {
  const { numeric } = view.options;
  if (rule.action === "table") {
    if (rule.l3mdev) return;
    const name = view.tables.name(rule.table, numeric);
    out.put("table", name, ` lookup ${name}`);
    if (rule.suppressPrefixLength !== undefined) {
      const length = rule.suppressPrefixLength;
      out.put("suppress_prefixlen", length, ` suppress_prefixlength ${length}`);
    }
    if (rule.suppressIfgroup !== undefined) {
      const group = rule.suppressIfgroup === 0 && !numeric ? "default" : `${rule.suppressIfgroup}`;
      out.put("suppress_ifgroup", group, ` suppress_ifgroup ${group}`);
    }
  } else if (rule.action === "goto") {
    const target = rule.goto ?? 0;
    out.put("goto", target, ` goto ${target}`);
    if (!isResolved(rule, view.net)) out.put("unresolved", null, " [unresolved]");
  } else if (rule.action === "nop") out.put("nop", null, " nop");
  else {
    const action = numeric ? String(typeNumber(rule.action)) : rule.action;
    out.put("action", action, ` ${action}`);
  }
}

/** True when there is a rule to go to. */
function isResolved(rule: AnyRule, net: Net): boolean {
  const rules: readonly AnyRule[] = typeof rule.source === "number" ? net.ip4.rules : net.ip6.rules;
  return rules.some((one) => one.priority === rule.goto);
}
