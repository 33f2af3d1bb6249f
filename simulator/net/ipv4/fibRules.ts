// Which tables are asked, and in which order? (linux/net/ipv4/fib_rules.c, net/core/fib_rules.c,
// ip-rule(8).) Rules stand by priority; the first that fits the packet names a table or a verdict;
// a table without an answer passes the packet on to the next rule.
// Until somebody adds or deletes a rule, Linux does not walk them: local and main are searched as one,
// then default.
// Not simulated: VRF (l3mdev) devices, tunnel ids.

import { mask4 } from "../../wire/address.ts";
import type { Refusal } from "../core/errno.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import {
  type FibResult,
  type Flow,
  lookupTable,
  lookupTables,
  RT_TABLE,
  tableOf,
} from "./fibTrie.ts";
import type { Rule4 } from "./ipv4Net.ts";

/** A rule as it is asked for; everything that is absent does not matter. */
export type RuleRequest = Partial<Omit<Rule4, "priority">> & { readonly priority?: number };

/** The rule that a request without anything describes. */
const PLAIN_RULE: Rule4 = {
  priority: 0,
  inverted: false,
  source: 0,
  sourceLength: 0,
  destination: 0,
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
  table: RT_TABLE.MAIN,
  protocol: 0,
  l3mdev: false,
};

/** The three rules that a namespace begins with; rtm_protocol 2 is the kernel's. */
export function defaultRules(): Rule4[] {
  const rule = (priority: number, table: number): Rule4 => ({
    ...PLAIN_RULE,
    priority,
    table,
    protocol: 2,
  });
  return [rule(0, RT_TABLE.LOCAL), rule(0x7ffe, RT_TABLE.MAIN), rule(0x7fff, RT_TABLE.DEFAULT)];
}

/** Finds the route for a flow by the namespace's rules (fib_lookup); "ENETUNREACH" when there is none. */
export function fibLookup(net: Net, flow: Flow): FibResult {
  const { tables, rulesChanged } = net.ip4;
  if (!rulesChanged) {
    const found = lookupTables(tables.get(RT_TABLE.LOCAL), tables.get(RT_TABLE.MAIN), flow);
    if (found !== "EAGAIN") return found;
    const last = tables.get(RT_TABLE.DEFAULT);
    const other = last === undefined ? "EAGAIN" : lookupTable(last, flow);
    return other === "EAGAIN" ? "ENETUNREACH" : other;
  }
  return lookupByRules(net, flow);
}

function lookupByRules(net: Net, flow: Flow): FibResult {
  const { rules, tables } = net.ip4;
  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at];
    if (rule === undefined || !ruleFits(rule, flow)) continue;
    if (rule.action === "goto") {
      const target = rules.findIndex((one) => one.priority === rule.goto);
      // A goto whose target is missing does nothing (unresolved); targets always lie ahead.
      if (target > at) at = target - 1;
      continue;
    }
    if (rule.action === "nop") continue;
    if (rule.action === "blackhole") return "EINVAL";
    if (rule.action === "unreachable") return "ENETUNREACH";
    if (rule.action === "prohibit") return "EACCES";
    const table = tables.get(rule.table);
    const found = table === undefined ? "EAGAIN" : lookupTable(table, flow);
    if (found !== "EAGAIN" && !suppressed(rule, found)) return found;
  }
  return "ENETUNREACH";
}

/** True when the rule wants nothing to do with so short a prefix, or such a group of devices. */
function suppressed(rule: Rule4, found: FibResult): boolean {
  if (typeof found === "string") return false;
  const { suppressPrefixLength, suppressIfgroup } = rule;
  if (suppressPrefixLength !== undefined && found.route.prefixLength <= suppressPrefixLength) {
    return true;
  }
  return suppressIfgroup !== undefined && found.nexthop?.dev?.group === suppressIfgroup;
}

function ruleFits(rule: Rule4, flow: Flow): boolean {
  return selectorsFit(rule, flow) !== rule.inverted;
}

function selectorsFit(rule: Rule4, flow: Flow): boolean {
  if (((flow.source ^ rule.source) & mask4(rule.sourceLength)) !== 0) return false;
  if (((flow.destination ^ rule.destination) & mask4(rule.destinationLength)) !== 0) return false;
  // Packets of our own come in over lo, as far as rules are concerned.
  if (rule.iif !== undefined && (flow.iif?.name ?? "lo") !== rule.iif) return false;
  if (rule.oif !== undefined && flow.oif?.name !== rule.oif) return false;
  if (rule.tos !== 0 && rule.tos !== flow.tos) return false;
  if (((flow.mark ^ (rule.fwmark ?? 0)) & (rule.fwmask ?? 0)) !== 0) return false;
  if (rule.ipproto !== undefined && rule.ipproto !== flow.protocol) return false;
  if (rule.l3mdev) return false;
  return (
    within(rule.sport, flow.sourcePort) &&
    within(rule.dport, flow.destinationPort) &&
    within(rule.uidRange, flow.uid)
  );
}

function within(range: readonly [number, number] | undefined, value: number): boolean {
  return range === undefined || (value >= range[0] && value <= range[1]);
}

/** Adds a rule (`ip rule add`). */
export function addRule(net: Net, request: RuleRequest): Refusal | undefined {
  const { rules } = net.ip4;
  const priority = request.priority ?? freePriority(rules);
  const refusal = refuseRule(request, priority);
  if (refusal !== undefined) return refusal;
  const rule: Rule4 = {
    ...PLAIN_RULE,
    ...request,
    priority,
    table: needsTable(request) ? emptyTable(net) : (request.table ?? 0),
  };
  if (rules.some((one) => sameRule(one, rule))) return { errno: "EEXIST" };
  const at = rules.findIndex((one) => one.priority > priority);
  rules.splice(at < 0 ? rules.length : at, 0, rule);
  rulesHaveChanged(net);
  tellNetlink(net, { type: "rule", gone: false, family: "inet", rule });
  return undefined;
}

/** A rule that leads to a table gets one of its own when it names none. */
function needsTable(request: RuleRequest): boolean {
  return (request.action ?? "table") === "table" && request.table === 0 && request.l3mdev !== true;
}

function refuseRule(request: RuleRequest, priority: number): Refusal | undefined {
  const { tos = 0, action = "table", sport, dport, uidRange } = request;
  const invalid = (message: string): Refusal => ({ errno: "EINVAL", message });
  if (sport !== undefined && !isPortRange(sport)) return invalid("Invalid sport range");
  if (dport !== undefined && !isPortRange(dport)) return invalid("Invalid dport range");
  if (action === "goto") {
    if (request.goto === undefined) return invalid("Missing goto target for action goto");
    if (request.goto <= priority) return invalid("Backward goto not supported");
  }
  if (uidRange !== undefined && uidRange[0] > uidRange[1]) return invalid("Invalid uid range");
  if ((tos & 3) !== 0) return invalid("Invalid dsfield (tos): ECN bits must be 0");
  // Of DSCP, IPv4's rules know no more than the old TOS bits.
  if ((tos & ~0x1e) !== 0) return invalid("Invalid tos");
  return undefined;
}

function isPortRange([from, to]: readonly [number, number]): boolean {
  return from !== 0 && from <= to && to < 0xffff;
}

/** Number of the first table that does not exist; it does from now on. */
function emptyTable(net: Net): number {
  let id = 1;
  while (net.ip4.tables.has(id)) id++;
  tableOf(net, id);
  return id;
}

/** One below the first rule that has a priority at all. */
function freePriority(rules: readonly Rule4[]): number {
  const first = rules[0];
  const second = rules[1];
  if (first === undefined || second === undefined) return 0;
  const least = second.priority;
  return least > 0 ? least - 1 : 0;
}

/** Deletes the first rule that agrees with all that the request says. */
export function delRule(net: Net, request: RuleRequest): Refusal | undefined {
  const { rules } = net.ip4;
  const rule = rules.find((one) => agrees(one, request));
  if (rule === undefined) return { errno: "ENOENT" };
  rules.splice(rules.indexOf(rule), 1);
  rulesHaveChanged(net);
  tellNetlink(net, { type: "rule", gone: true, family: "inet", rule });
  return undefined;
}

function rulesHaveChanged(net: Net): void {
  net.ip4.rulesChanged = true;
  net.ip4.generation += 1;
}

const keys = Object.keys(PLAIN_RULE) as (keyof Rule4)[];

function sameRule(a: Rule4, b: Rule4): boolean {
  return keys.every((key) => key === "protocol" || same(a[key], b[key]));
}

function agrees(rule: Rule4, request: RuleRequest): boolean {
  return keys.every((key) => request[key] === undefined || same(rule[key], request[key]));
}

function same(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) ? a[0] === b[0] && a[1] === b[1] : a === b;
}
