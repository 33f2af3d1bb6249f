// Addresses of both families, given and taken.

import { type Action, address6, ipAt, place, prefix, prefix6 } from "../world.ts";

const WORDS = [
  "",
  "",
  "",
  "brd +",
  "brd 10.0.1.99",
  "scope link",
  "scope host",
  "noprefixroute",
  "metric 50",
  "label LABEL:1",
  "peer 10.0.9.9",
  "valid_lft 100 preferred_lft 50",
  "preferred_lft 0",
  "mngtmpaddr",
];
const WORDS6 = [
  "",
  "",
  "nodad",
  "noprefixroute",
  "metric 50",
  "preferred_lft 0",
  "home",
  "scope link",
  "peer fd00:9::9",
];

/** Addresses. */
export const addressActions: readonly Action[] = [
  (w) => {
    const [where, dev] = place(w);
    const words = w.pick(WORDS).replace("LABEL", dev);
    return `${ipAt(w, where)} addr ${w.pick(["add", "add", "add", "del", "replace", "change"])} ${prefix(w)} ${words} dev ${dev}`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} addr del ${prefix(w)} dev ${dev}; ${ipAt(w, where)} addr show ${dev}`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} addr flush ${w.pick(["dev", "label", "scope global dev"])} ${dev}; ${ipAt(w, where)} -4 addr`;
  },
  (w) => {
    const [where, dev] = place(w);
    if (!w.ipv6) return `${ipAt(w, where)} addr add ${prefix(w)} dev ${dev}`;
    return `${ipAt(w, where)} addr ${w.pick(["add", "add", "add", "del", "replace", "change"])} ${prefix6(w)} ${w.pick(WORDS6)} dev ${dev}; sleep 2.2`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} -6 addr ${w.pick(["show", "flush dev", "show dev", `show to ${address6(w)}/64 dev`, "show scope link dev"])} ${dev}; sleep 0.1`;
  },
];
