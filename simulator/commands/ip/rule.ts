// `ip rule` (ip-rule(8), iproute2 6.1.0): show, add, delete, flush.
// A flush deletes every rule that has a priority; the one with 0 stays.
// Not simulated: save, restore.

import type { Refusal } from "../../net/core/errno.ts";
import { addRule, delRule, type RuleRequest } from "../../net/ipv4/fibRules.ts";
import type { Rule4 } from "../../net/ipv4/ipv4Net.ts";
import { addRule6, delRule6, type RuleRequest6 } from "../../net/ipv6/fib6Rules.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { type Failure, type IpOptions, matches } from "./options.ts";
import { createOutput, wantsColor } from "./output.ts";
import { contains, isFailure, type Prefix } from "./prefix.ts";
import { finish, finishAfter, notSimulated, refused } from "./refusal.ts";
import { tableNames } from "./routeNames.ts";
import { type AnyRule, printRule } from "./ruleText.ts";
import { type RuleWords, readRuleWords } from "./ruleWords.ts";
import { printUsage } from "./usage.ts";

type Action = (self: Process, options: IpOptions, words: readonly string[]) => Execution;

const ACTIONS: readonly (readonly [string, Action])[] = [
  ["list", showRules],
  ["lst", showRules],
  ["show", showRules],
  ["save", (self) => finish(self, notSimulated("ip rule save"))],
  ["restore", (self) => finish(self, notSimulated("ip rule restore"))],
  ["add", (self, options, words) => modifyRule(self, options, "add", words)],
  ["delete", (self, options, words) => modifyRule(self, options, "del", words)],
  ["flush", flushRules],
  ["help", (self) => printUsage(self, "rule")],
];

/** The object `rule` of `ip`. */
export function* ruleCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [word, ...rest] = words;
  if (word === undefined) return yield* showRules(self, options, []);
  const action = ACTIONS.find(([name]) => matches(word, name))?.[1];
  if (action !== undefined) return yield* action(self, options, rest);
  yield* warn(self, `Command "${word}" is unknown, try "ip rule help".\n`);
  return 255;
}

function rulesOf(self: Process, options: IpOptions): readonly AnyRule[] {
  return options.family === "inet6" ? self.net.ip6.rules : self.net.ip4.rules;
}

function* showRules(self: Process, options: IpOptions, texts: readonly string[]): Execution {
  const tables = tableNames(self);
  const words = readRuleWords(texts, options.family, tables, true);
  if (isFailure(words)) return yield* finish(self, words);
  if (words.help === true) return yield* printUsage(self, "rule");
  if (options.family === "link") {
    const text = "RTNETLINK answers: Address family not supported by protocol\nDump terminated\n";
    return yield* finish(self, { text, code: 0 });
  }
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  for (const rule of rulesOf(self, options)) {
    if (fits(rule, words)) printRule(out, rule, { net: self.net, options, tables });
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

/** True when a rule is among those asked for; iproute2 pays no heed to `protocol` here. */
function fits(rule: AnyRule, words: RuleWords): boolean {
  return (
    (words.priority === undefined || rule.priority === words.priority) &&
    (words.inverted !== true || rule.inverted) &&
    (words.from === undefined || prefixFits(words.from, rule.source, rule.sourceLength)) &&
    (words.to === undefined || prefixFits(words.to, rule.destination, rule.destinationLength)) &&
    (words.tos === undefined || rule.tos === words.tos) &&
    (words.fwmark === undefined || (rule.fwmark ?? 0) === words.fwmark) &&
    (words.fwmask === undefined || (rule.fwmask ?? 0) === words.fwmask) &&
    (words.iif === undefined || rule.iif === words.iif) &&
    (words.oif === undefined || rule.oif === words.oif) &&
    (words.l3mdev !== true || rule.l3mdev) &&
    (words.ipproto === undefined || rule.ipproto === words.ipproto) &&
    sameRange(words.uidRange, rule.uidRange) &&
    sameRange(words.sport, rule.sport) &&
    sameRange(words.dport, rule.dport) &&
    (words.table === undefined || words.table === 0 || rule.table === words.table)
  );
}

function prefixFits(wanted: Prefix, address: number | string, length: number): boolean {
  return wanted.kind === "any" || (length > 0 && contains(wanted, address));
}

function sameRange(
  wanted: readonly [number, number] | undefined,
  own: readonly [number, number] | undefined,
): boolean {
  return wanted === undefined || (own?.[0] === wanted[0] && own[1] === wanted[1]);
}

function* flushRules(self: Process, options: IpOptions, texts: readonly string[]): Execution {
  const words = readRuleWords(texts, options.family, tableNames(self), true);
  if (isFailure(words)) return yield* finish(self, words);
  if (words.help === true) return yield* printUsage(self, "rule");
  for (const rule of [...rulesOf(self, options)]) {
    if (rule.priority === 0 || !fits(rule, words)) continue;
    if (typeof rule.source === "number") delRule(self.net, rule as Rule4);
    else delRule6(self.net, rule as RuleRequest6);
  }
  return 0;
}

function* modifyRule(
  self: Process,
  options: IpOptions,
  verb: "add" | "del",
  texts: readonly string[],
): Execution {
  if (texts.length === 0) {
    return yield* finish(self, { text: `"ip rule ${verb}" requires arguments.\n`, code: 1 });
  }
  const words = readRuleWords(texts, options.family, tableNames(self), false);
  if (isFailure(words)) return yield* finish(self, words);
  if (words.warning !== undefined) yield* warn(self, words.warning);
  if (words.help === true) return yield* printUsage(self, "rule");
  return yield* finish(self, request(self, words, verb));
}

function request(self: Process, words: RuleWords, verb: "add" | "del"): Failure | undefined {
  if (words.l3mdev === true && words.table !== undefined) {
    return { text: "table can not be specified for l3mdev rules\n", code: 22 };
  }
  const inet6 = words.family === "inet6";
  const plain = ruleRequest(words, verb);
  const refusal =
    refuseAddress(words, inet6) ??
    (inet6
      ? request6(self, words, plain, verb)
      : verb === "add"
        ? addRule(self.net, plain)
        : delRule(self.net, plain));
  return refusal === undefined ? undefined : refused(refusal);
}

/** An address of the other family is no address to the kernel. */
function refuseAddress(words: RuleWords, inet6: boolean): Refusal | undefined {
  const other = inet6 ? "inet" : "inet6";
  if (words.from?.kind === other) return { errno: "EINVAL", message: "Invalid source address" };
  if (words.to?.kind === other) return { errno: "EINVAL", message: "Invalid dst address" };
  return undefined;
}

function ruleRequest(words: RuleWords, verb: "add" | "del"): RuleRequest {
  const given: { -readonly [name in keyof RuleRequest]: RuleRequest[name] } = {};
  const { from, to, fwmark, priority, action } = words;
  if (priority !== undefined && (verb === "add" || priority !== 0)) given.priority = priority;
  if (from?.kind === "inet") {
    given.source = from.address;
    given.sourceLength = from.length;
  }
  if (to?.kind === "inet") {
    given.destination = to.address;
    given.destinationLength = to.length;
  }
  if (words.inverted === true && verb === "add") given.inverted = true;
  if (fwmark !== undefined) given.fwmark = fwmark;
  if (words.fwmask !== undefined) given.fwmask = words.fwmask;
  else if (fwmark !== undefined && fwmark !== 0) given.fwmask = 0xffffffff;
  if (action !== undefined) given.action = actionOf(action);
  const isJump = action === "goto" || action === "nop";
  const unsaid = words.tableGiven === true || isJump || words.l3mdev === true ? 0 : 254;
  const table = words.table ?? (verb === "add" ? unsaid : undefined);
  if (table !== undefined) given.table = table;
  const copied = [
    "tos",
    "iif",
    "oif",
    "ipproto",
    "sport",
    "dport",
    "uidRange",
    "suppressPrefixLength",
    "suppressIfgroup",
    "protocol",
    "l3mdev",
    "goto",
  ] as const;
  for (const key of copied)
    if (words[key] !== undefined) Object.assign(given, { [key]: words[key] });
  return given;
}

/** What the kernel makes of a type: unicast means a table, local and broadcast its own words. */
function actionOf(type: string): Rule4["action"] {
  if (type === "unicast") return "table";
  if (type === "local") return "goto";
  return type === "broadcast" ? "nop" : (type as Rule4["action"]);
}

function request6(
  self: Process,
  words: RuleWords,
  plain: RuleRequest,
  verb: "add" | "del",
): Refusal | undefined {
  const { source: _source, destination: _destination, ...rest } = plain;
  const given: RuleRequest6 = {
    ...(rest as RuleRequest6),
    ...(words.from?.kind === "inet6"
      ? { source: words.from.address, sourceLength: words.from.length }
      : {}),
    ...(words.to?.kind === "inet6"
      ? { destination: words.to.address, destinationLength: words.to.length }
      : {}),
  };
  return verb === "add" ? addRule6(self.net, given) : delRule6(self.net, given);
}
