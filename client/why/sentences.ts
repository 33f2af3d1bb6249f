// The first thing that went wrong, in one sentence, with the facts that prove it and the commands that
// show them.

import type { Link, NetworkState, Route } from "../../shared/network.ts";
import { macText } from "../../simulator/wire/address.ts";
import { getMac } from "../../simulator/wire/bytes.ts";
import type { Captured } from "../packets/captured.ts";
import { cableAt, networkGraph, portKey } from "../topology/graph.ts";
import { segmentsOf } from "../topology/segments.ts";
import type { Failure, Fault } from "./failures.ts";
import { type Owner, ownerOf, routeTo } from "./lookup.ts";
import { arpOf, icmpOf, ipOf } from "./messages.ts";
import { reasonOf } from "./reasons.ts";

/** A fact, where it holds, and the command that shows it. */
export type Fact = { readonly text: string; readonly namespace: string; readonly command: string };

/** Why a ping failed. */
export type Explanation = { readonly sentence: string; readonly facts: readonly Fact[] };

const TIMES = ["", "once", "twice", "three times"];

/** Explains a failure by the network as it is now. */
export function explain(failure: Failure, state: NetworkState): Explanation {
  const { fault, target, returning } = failure;
  const back = returning ? "The request arrived, but the reply was lost. " : "";
  if (fault.type === "error") {
    const text = `${fault.from} answered "${fault.message}", and nothing more is known.`;
    return { sentence: back + text, facts: [] };
  }
  const told =
    fault.type === "dropped"
      ? dropped(fault.at, state)
      : fault.type === "silent"
        ? silent(fault.at, state)
        : unanswered(fault, state);
  const pinged = nameOf(state, failure.namespace);
  const outcome = {
    text: `ping of ${target} failed`,
    namespace: pinged,
    command: `ping -c 1 ${target}`,
  };
  return { sentence: back + told.sentence, facts: [...told.facts, outcome] };
}

function nameOf(state: NetworkState, inode: number): string {
  return state.namespaces.find((one) => one.inode === inode)?.name ?? "a namespace that is gone";
}

/** Somebody asked, and nobody answered. */
function unanswered(
  fault: Fault & { readonly type: "unanswered" },
  state: NetworkState,
): Explanation {
  const { target, asked, refused } = fault;
  const [first] = asked;
  if (first === undefined) return { sentence: `Nobody answered for ${target}.`, facts: [] };
  const asker = nameOf(state, first.namespace);
  const many = TIMES[asked.length] ?? `${asked.length} times`;
  const route = routeOf(state, first.namespace, target);
  const facts: Fact[] = [
    { text: `${target} is FAILED or INCOMPLETE`, namespace: asker, command: "ip neigh" },
    {
      text: `who-has ${target} left by ${first.device}`,
      namespace: asker,
      command: `tcpdump -n -i ${first.device} arp`,
    },
    ...routeFact(asker, target, route),
  ];
  const why =
    refused === undefined ? absence(state, first, target) : refusal(state, refused, target, facts);
  const onLink =
    route?.gateway === undefined && route !== undefined
      ? `; the ${route.protocol === "kernel" ? "connected " : ""}route ${route.destination} says it is on-link`
      : "";
  return {
    sentence: `${asker} asked for ${target} on ${first.device} ${many}; ${why}${onLink}.`,
    facts,
  };
}

/** Nobody who heard it has the address. */
function absence(state: NetworkState, asked: Captured, target: string): string {
  const segmentAt = segmentFinder(state);
  const here = segmentAt(asked.namespace, asked.index);
  const owner = ownerOf(state, target);
  const place = here === undefined ? "on its cable" : `in segment S${here + 1}`;
  if (owner === undefined) return `nobody ${place} has it, and no namespace at all`;
  const there = segmentAt(owner.namespace.inode, owner.link.index);
  const { name } = owner.namespace;
  const sender = arpOf(asked)?.sender ?? "";
  if (
    there === here &&
    filters(owner) &&
    routeTo(owner.namespace, sender)?.device !== owner.link.name
  ) {
    return `its owner ${name} would send answers to ${sender} another way, so rp_filter drops the request`;
  }
  const where = there === undefined || there === here ? "" : ` in segment S${there + 1}`;
  if (!owner.link.flags.includes("UP")) {
    return `its owner ${name} has set ${owner.link.name} down`;
  }
  return `nobody ${place} has it, its owner ${name} is${where || " out of reach"}`;
}

/** Strict source validation: the larger of "all" and the device's own value is 1. */
function filters({ namespace, link }: Owner): boolean {
  const values = ["all", link.name].map((one) => namespace.sysctls[`ipv4.conf.${one}.rp_filter`]);
  return Math.max(...values.map(Number).filter(Number.isFinite)) === 1;
}

const REFUSED: Readonly<Record<string, readonly [words: string, sysctl: string]>> = {
  ARP_IGNORED: ["does not answer for it there", "arp_ignore"],
  ARP_FILTERED: ["would answer by another device, so it keeps quiet", "arp_filter"],
  IP_RPFILTER: ["would send answers another way, so it drops the request", "rp_filter"],
  IP_MARTIAN_SOURCE: ["would send answers another way, so it drops the request", "rp_filter"],
};

function refusal(state: NetworkState, at: Captured, target: string, facts: Fact[]): string {
  const name = nameOf(state, at.namespace);
  const [words, sysctl] = REFUSED[at.dropped?.reason ?? ""] ?? [];
  if (words === undefined) {
    const { sentence, facts: more } = dropped(at, state);
    facts.push(...more);
    return sentence.replace(/\.$/, "").replace(/^The /, "the ");
  }
  facts.push({
    text: `${name} heard who-has ${target} on ${at.device}: ${at.dropped?.reason ?? ""}`,
    namespace: name,
    command: `sysctl net.ipv4.conf.all.${sysctl} net.ipv4.conf.${at.device}.${sysctl}`,
  });
  return `${name} heard it on ${at.device} but ${words} (${sysctl})`;
}

/** The request arrived where it should, and nothing left. */
function silent(at: Captured, state: NetworkState): Explanation {
  const name = nameOf(state, at.namespace);
  const { source = "", destination = "" } = ipOf(at) ?? {};
  const route = routeOf(state, at.namespace, source);
  const facts = routeFact(name, source, route);
  if (route === undefined) {
    return { sentence: `${name} got the request, but has no route back to ${source}.`, facts };
  }
  const ignores = {
    ...{ text: "echo requests may be ignored", namespace: name },
    command: "sysctl net.ipv4.icmp_echo_ignore_all",
  };
  const sentence = `${name} got the request for ${destination} on ${at.device} and sent no reply.`;
  return { sentence, facts: [ignores, ...facts] };
}

/** A router without a way, or with one that says no. */
function noRoute(name: string, to: string, route: Route | undefined): Explanation {
  const says = { text: route?.type ?? "no route", namespace: name, command: `ip route get ${to}` };
  const sentence =
    route === undefined || route.type === "unicast"
      ? `${name} has no route to ${to}.`
      : `${name} has the route "${route.type} ${route.destination}", which refuses packets for ${to}.`;
  return { sentence, facts: [says] };
}

/** What a namespace or bridge did with the packet, by Linux's reason. */
function dropped(at: Captured, state: NetworkState): Explanation {
  const name = nameOf(state, at.namespace);
  const { reason = "", detail = "" } = at.dropped ?? {};
  const { source = "", destination = arpOf(at)?.target ?? "" } = ipOf(at) ?? {};
  if (reason === "IP_INNOROUTES" || reason === "IP_OUTNOROUTES") {
    return noRoute(name, destination, routeOf(state, at.namespace, destination));
  }
  const is = icmpOf(at)?.kind === "reply" ? "the reply" : "the packet";
  const what = arpOf(at) ? "the ARP request" : is;
  const drop = { name, device: at.device, reason, detail, source, to: destination, what };
  const link = linkAt(state, at);
  const word = reasonOf(hasNoCarrier(link) ? "NO_CARRIER" : reason);
  const { sentence, command, about } = word({ ...drop, mac: macText(getMac(at.bytes, 0)) });
  const text = [reason, detail].filter(Boolean).join(": ");
  const route = about === undefined ? undefined : routeOf(state, at.namespace, about);
  return {
    sentence,
    facts: [
      { text, namespace: name, command },
      ...(about === undefined ? [] : routeFact(name, about, route)),
    ],
  };
}

function hasNoCarrier(link: Link | undefined): boolean {
  return link?.flags.includes("UP") === true && !link.flags.includes("LOWER_UP");
}

function routeOf(state: NetworkState, inode: number, address: string): Route | undefined {
  const namespace = state.namespaces.find((one) => one.inode === inode);
  return namespace && routeTo(namespace, address);
}

function routeFact(namespace: string, address: string, route: Route | undefined): Fact[] {
  const command = `ip route get ${address}`;
  if (route === undefined) return [{ text: `no route to ${address}`, namespace, command }];
  const via = route.gateway === undefined ? "" : ` via ${route.gateway}`;
  return [{ text: `${route.destination}${via} dev ${route.device ?? ""}`, namespace, command }];
}

/** Says the number of the segment that a device is in. */
function segmentFinder(state: NetworkState) {
  const graph = networkGraph(state);
  const { numbers } = segmentsOf(state, graph);
  return (namespace: number, index: number): number | undefined => {
    const cable = cableAt(graph, portKey(namespace, index));
    return cable && numbers.get(cable.key);
  };
}

function linkAt(state: NetworkState, { namespace, index }: Captured): Link | undefined {
  const links = state.namespaces.find(({ inode }) => inode === namespace)?.links;
  return links?.find((link) => link.index === index);
}
