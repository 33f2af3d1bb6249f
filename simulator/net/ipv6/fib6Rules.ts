// Routing policy rules of IPv6 (linux/net/ipv6/fib6_rules.c, net/core/fib_rules.c): which table is
// asked for a packet, by priority. A namespace begins with 0 (local) and 32766 (main).
// Policy: what a request leaves out does not matter when a rule is deleted.
// Not simulated: l3mdev, tunnel ids.

import { IN6, prefix6 } from "../../wire/ipv6.ts";
import type { Refusal } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import type { Rule6 } from "./ipv6Net.ts";

/** Tables with names. */
export const RT6_TABLE = { LOCAL: 255, MAIN: 254 } as const;

/** A rule as it is asked for; everything that is absent does not matter. */
export type RuleRequest6 = Partial<Rule6>;

/** The rule that a request without anything describes. */
const PLAIN_RULE6: Rule6 = {
  priority: 0,
  inverted: false,
  source: IN6.ANY,
  sourceLength: 0,
  destination: IN6.ANY,
  destinationLength: 0,
  iif: undefined,
  oif: undefined,
  fwmark: undefined,
  fwmask: undefined,
  tos: 0,
  ipproto: undefined,
  sport: undefined,
  dport: undefined,
  uidRange: undefined,
  suppressPrefixLength: undefined,
  suppressIfgroup: undefined,
  goto: undefined,
  action: "table",
  table: RT6_TABLE.MAIN,
  protocol: 0,
  l3mdev: false,
};

/** The rules that a namespace begins with. */
export function defaultRules6(): Rule6[] {
  const rule = (priority: number, table: number): Rule6 => ({
    ...PLAIN_RULE6,
    priority,
    table,
    protocol: 2,
  });
  return [rule(0, RT6_TABLE.LOCAL), rule(0x7ffe, RT6_TABLE.MAIN)];
}

/** What a packet is, as far as routing asks. */
export type Flow6 = {
  readonly destination: string;
  readonly source: string;
  readonly iif?: NetDevice | undefined;
  readonly oif?: NetDevice | undefined;
  readonly mark?: number | undefined;
  readonly tos?: number | undefined;
  readonly protocol?: number | undefined;
};

/** True when a rule speaks about a flow. */
export function ruleFits6(rule: Rule6, flow: Flow6): boolean {
  return selectorsFit(rule, flow) !== rule.inverted;
}

function selectorsFit(rule: Rule6, flow: Flow6): boolean {
  if (prefix6(flow.source, rule.sourceLength) !== rule.source) return false;
  if (prefix6(flow.destination, rule.destinationLength) !== rule.destination) return false;
  // Packets of our own come in over lo, as far as rules are concerned.
  if (rule.iif !== undefined && (flow.iif?.name ?? "lo") !== rule.iif) return false;
  if (rule.oif !== undefined && flow.oif?.name !== rule.oif) return false;
  if (rule.tos !== 0 && rule.tos !== (flow.tos ?? 0)) return false;
  if ((((flow.mark ?? 0) ^ (rule.fwmark ?? 0)) & (rule.fwmask ?? 0)) !== 0) return false;
  if (rule.ipproto !== undefined && rule.ipproto !== flow.protocol) return false;
  return !rule.l3mdev && rule.sport === undefined && rule.dport === undefined;
}

/** Adds a rule (`ip -6 rule add`). */
export function addRule6(net: Net, request: RuleRequest6): Refusal | undefined {
  const { rules } = net.ip6;
  const priority = request.priority ?? freePriority(rules);
  const rule: Rule6 = { ...PLAIN_RULE6, ...request, priority };
  if (rule.action === "goto" && (rule.goto ?? 0) <= priority) {
    return { errno: "EINVAL", message: "Backward goto not supported" };
  }
  if (rules.some((one) => sameRule(one, rule))) return { errno: "EEXIST" };
  const at = rules.findIndex((one) => one.priority > priority);
  rules.splice(at < 0 ? rules.length : at, 0, rule);
  tellNetlink(net, { type: "rule", gone: false, family: "inet6", rule });
  return undefined;
}

/** One below the second rule's priority. */
function freePriority(rules: readonly Rule6[]): number {
  const second = rules[1]?.priority ?? 0;
  return rules.length > 1 && second > 0 ? second - 1 : 0;
}

/** Deletes the first rule that agrees with all that the request says. */
export function delRule6(net: Net, request: RuleRequest6): Refusal | undefined {
  const { rules } = net.ip6;
  const rule = rules.find((one) => keys.every((key) => agrees(one[key], request[key])));
  if (rule === undefined) return { errno: "ENOENT" };
  rules.splice(rules.indexOf(rule), 1);
  tellNetlink(net, { type: "rule", gone: true, family: "inet6", rule });
  return undefined;
}

const keys = Object.keys(PLAIN_RULE6) as (keyof Rule6)[];

function sameRule(a: Rule6, b: Rule6): boolean {
  return keys.every((key) => key === "protocol" || String(a[key]) === String(b[key]));
}

function agrees(has: unknown, wants: unknown): boolean {
  return wants === undefined || String(has) === String(wants);
}
