// Which ping failed last, and where it went wrong first: an ARP request that nobody answered, a
// packet that was dropped, or an ICMP error that came back.
// Not here: the sentences (sentences.ts).

import type { Captured } from "../packets/captured.ts";
import { byFirstCause } from "../packets/causes.ts";
import { isUsualDrop } from "../packets/usualDrops.ts";
import { arpOf, icmpOf, ipOf } from "./messages.ts";

/** Where a ping went wrong first. */
export type Fault =
  /** Somebody asked for an address, and nobody answered. */
  | {
      readonly type: "unanswered";
      readonly target: string;
      readonly asked: readonly Captured[];
      /** What the owner of the address said to itself when it did not answer. */
      readonly refused?: Captured;
    }
  | { readonly type: "dropped"; readonly at: Captured }
  /** The request came in here, and no reply went out. */
  | { readonly type: "silent"; readonly at: Captured }
  /** The router's own words, when nothing more is known. */
  | { readonly type: "error"; readonly from: string; readonly message: string };

/** A ping without an answer. */
export type Failure = {
  readonly target: string;
  /** Inode of the namespace that pinged. */
  readonly namespace: number;
  /** The packet was on its way back when it was lost. */
  readonly returning: boolean;
  readonly fault: Fault;
};

/** A neighbour is sought by three requests, a second apart; microseconds. */
const LONGEST_SEARCH = 5_000_000;

/** The newest ping packet that failed. */
export function newestFailure(frames: readonly Captured[]): Failure | undefined {
  for (const [first, chain] of [...byFirstCause(frames)].reverse()) {
    const cause = chain.find(({ frame }) => frame === first)?.cause ?? "";
    const target = /^ping of (\S+)/.exec(cause)?.[1];
    const failure = target === undefined ? undefined : failureOf(target, chain, frames);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Why this chain of frames brought no answer; `all` are the frames of others as well. */
function failureOf(
  target: string,
  frames: readonly Captured[],
  all: readonly Captured[],
): Failure | undefined {
  const [first] = frames;
  if (first === undefined) return undefined;
  const { namespace } = first;
  const own = frames.filter((one) => icmpOf(one)?.kind === "reply");
  const arrived = own.some(
    (one) => !one.out && !one.dropped && one.namespace === namespace && isLast(one, frames),
  );
  if (arrived) return undefined;
  const fault = firstFault(frames, { namespace, all });
  return fault && { target, namespace, returning: own.length > 0, fault };
}

/** Nothing was dropped where the reply came in. */
function isLast(reply: Captured, frames: readonly Captured[]): boolean {
  return !frames.some(
    ({ frame, dropped, index, namespace }) =>
      dropped && frame === reply.frame && index === reply.index && namespace === reply.namespace,
  );
}

type Surroundings = { readonly namespace: number; readonly all: readonly Captured[] };

function firstFault(
  frames: readonly Captured[],
  { namespace, all }: Surroundings,
): Fault | undefined {
  for (const packet of frames) {
    const { dropped, out } = packet;
    if (
      dropped !== undefined &&
      !isUsualDrop(packet) &&
      ipOf(packet) &&
      icmpOf(packet)?.kind !== "error"
    ) {
      return waitedInVain(packet, all) ?? { type: "dropped", at: packet };
    }
    if (!dropped && out && isQuestion(packet) && !isAnswered(packet, frames)) {
      return unanswered(packet, around(packet, all));
    }
  }
  for (const packet of frames) {
    const message = icmpOf(packet);
    if (message?.kind !== "error" || packet.namespace !== namespace || packet.out) continue;
    return { type: "error", from: ipOf(packet)?.source ?? "", message: message.text };
  }
  const last = frames.findLast((one) => !one.out && icmpOf(one)?.kind === "request");
  return last && { type: last.dropped ? "dropped" : "silent", at: last };
}

/** The packet waited for an answer that an earlier packet had asked for. */
function waitedInVain(packet: Captured, all: readonly Captured[]): Fault | undefined {
  if (packet.dropped?.reason !== "NEIGH_FAILED") return undefined;
  const recent = around(packet, all);
  const asked = recent.findLast(
    (one) =>
      one.out &&
      one.namespace === packet.namespace &&
      one.index === packet.index &&
      isQuestion(one),
  );
  return asked && unanswered(asked, recent);
}

/** Several packets may wait for one answer, and each is the cause of one of the requests. */
function around({ time }: Captured, all: readonly Captured[]): readonly Captured[] {
  return all.filter((one) => Math.abs(one.time - time) < LONGEST_SEARCH);
}

/** Asked by a neighbour table itself, not passed on by a bridge. */
function isQuestion(packet: Captured): boolean {
  return arpOf(packet)?.asks === true && packet.cause?.startsWith("neighbour ") === true;
}

/** Somebody said where the address is, and the one who asked heard it. */
function isAnswered(asked: Captured, frames: readonly Captured[]): boolean {
  const target = arpOf(asked)?.target;
  return frames.some((one) => {
    const arp = arpOf(one);
    const isHere = one.namespace === asked.namespace && one.index === asked.index;
    return isHere && !one.out && !one.dropped && arp?.asks === false && arp.sender === target;
  });
}

function unanswered(first: Captured, frames: readonly Captured[]): Fault {
  const target = arpOf(first)?.target ?? "";
  const about = frames.filter((one) => arpOf(one)?.target === target && arpOf(one)?.asks);
  const asked = about.filter(
    ({ out, dropped, namespace, index }) =>
      out && !dropped && namespace === first.namespace && index === first.index,
  );
  // The last one, since a request passes bridges before its owner refuses it.
  const refused = about.findLast((one) => one.dropped && !isUsualDrop(one));
  return { type: "unanswered", target, asked, ...(refused === undefined ? {} : { refused }) };
}
