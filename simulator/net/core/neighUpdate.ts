// What changes a neighbour's entry from outside: an answer, a request, a sign of life from above, an
// admin (linux/net/core/neighbour.c, __neigh_update).
// Policy: only an admin changes PERMANENT and NOARP entries. The same MAC with STALE changes nothing;
// another MAC needs OVERRIDE. `updated` moves only when something changed, so repeated answers do not
// make locktime longer.
// Not here: the states that an entry goes through by itself (neighbour.ts).

import { kfreeSkb } from "./dev.ts";
import type { Refusal } from "./errno.ts";
import {
  invalidateNeigh,
  isExempt,
  neighCreate,
  neighSend,
  startTimer,
  stopTimer,
} from "./neighbour.ts";
import { isConnected, isValid, notifyNeigh } from "./neighNotify.ts";
import { parmsOf, reachableTime } from "./neighParms.ts";
import type { Neighbour, NeighKey, NeighTable, NudState } from "./neighTable.ts";
import type { NetDevice } from "./netDevice.ts";

/** What an update may do (NEIGH_UPDATE_F_*); bits. */
export const NEIGH_UPDATE = {
  OVERRIDE: 1,
  WEAK_OVERRIDE: 2,
  OVERRIDE_ISROUTER: 4,
  USE: 8,
  MANAGED: 16,
  EXT_LEARNED: 32,
  ISROUTER: 64,
  ADMIN: 128,
} as const;

/**
 * The neighbour itself asked for us: we know it, but unconfirmed (neigh_event_ns). Undefined when the
 * table is full.
 */
export function neighEvent(
  table: NeighTable,
  dev: NetDevice,
  key: NeighKey,
  mac: number,
): Neighbour | undefined {
  const neigh = neighCreate(table, dev, key);
  if (neigh !== undefined) neighUpdate(neigh, mac, "STALE", NEIGH_UPDATE.OVERRIDE);
  return neigh;
}

/**
 * Changes an entry (__neigh_update): `flags` are bits of NEIGH_UPDATE, `mac` undefined means "none
 * was given". Refuses only what an admin may not do.
 */
export function neighUpdate(
  neigh: Neighbour,
  mac: number | undefined,
  state: NudState,
  flags: number,
): Refusal | undefined {
  if (neigh.dead) return { errno: "EPERM", message: "Neighbor entry is now dead" };
  const old = neigh.state;
  const admin = (flags & NEIGH_UPDATE.ADMIN) !== 0;
  if (!admin && (old === "NOARP" || old === "PERMANENT")) return { errno: "EPERM" };
  const counted = !isExempt(neigh);
  const result = changeEntry(neigh, mac, state, flags);
  const counts = !isExempt(neigh);
  neigh.table.entries += Number(counts) - Number(counted);
  return result;
}

function changeEntry(
  neigh: Neighbour,
  mac: number | undefined,
  state: NudState,
  flags: number,
): Refusal | undefined {
  let notify = updateFlags(neigh, flags);
  const finish = (): undefined => {
    if (notify) notifyNeigh(neigh, false);
  };
  const old = neigh.state;
  if ((flags & (NEIGH_UPDATE.USE | NEIGH_UPDATE.MANAGED)) !== 0) {
    if (old === "PERMANENT") neigh.state = "NONE";
    return finish();
  }
  if (!isValid(state)) {
    stopTimer(neigh);
    neigh.state = state;
    notify ||= isValid(old);
    if ((old === "INCOMPLETE" || old === "PROBE") && state === "FAILED") {
      invalidateNeigh(neigh);
      notify = true;
    }
    return finish();
  }
  if (mac === undefined && !isValid(old)) {
    finish();
    return { errno: "EINVAL", message: "No link layer address given" };
  }
  const { now } = neigh.dev.net.kernel.clock;
  if (isConnected(state)) neigh.confirmed = now;
  const wanted = decide(neigh, mac, state, flags);
  if (wanted === undefined) return finish();
  if (wanted.state !== old || wanted.changed) neigh.updated = now;
  if (wanted.state !== old) {
    enterState(neigh, wanted.state);
    notify = true;
  }
  if (wanted.changed) {
    neigh.mac = wanted.mac;
    if (!isConnected(wanted.state)) {
      neigh.confirmed = now - 2000 * parmsOf(neigh.table, neigh.dev).baseReachableTimeMs;
    }
    notify = true;
  }
  if (wanted.state !== old && !isValid(old)) release(neigh);
  if (wanted.mayBeRouter && (flags & NEIGH_UPDATE.OVERRIDE_ISROUTER) !== 0) {
    notify = updateIsRouter(neigh, (flags & NEIGH_UPDATE.ISROUTER) !== 0) || notify;
  }
  return finish();
}

/** Which MAC and state the entry gets; undefined when it stays as it is. */
function decide(neigh: Neighbour, mac: number | undefined, state: NudState, flags: number) {
  const old = neigh.state;
  if (!isValid(old)) return { mac, state, changed: true, mayBeRouter: true };
  const changed = mac !== undefined && mac !== neigh.mac;
  if (changed && (flags & NEIGH_UPDATE.OVERRIDE) === 0) {
    if ((flags & NEIGH_UPDATE.WEAK_OVERRIDE) === 0 || !isConnected(old)) return undefined;
    return { mac: neigh.mac, state: "STALE", changed: false, mayBeRouter: false } as const;
  }
  const keeps = !changed && state === "STALE" && (flags & NEIGH_UPDATE.ADMIN) === 0;
  return {
    mac: mac ?? neigh.mac,
    state: keeps ? old : state,
    changed,
    mayBeRouter: true,
  };
}

function enterState(neigh: Neighbour, state: NudState): void {
  stopTimer(neigh);
  if (state === "PROBE") neigh.probes = 0;
  if (state === "REACHABLE") startTimer(neigh, reachableTime(neigh.table, neigh.dev));
  if (state === "DELAY" || state === "PROBE") startTimer(neigh, 0);
  neigh.state = state;
}

/** The packets that waited go. */
function release(neigh: Neighbour): void {
  const waiting = neigh.queue.splice(0);
  neigh.queueBytes = 0;
  for (const skb of waiting) {
    if (isValid(neigh.state)) neighSend(neigh, skb);
    else kfreeSkb(skb, "NEIGH_FAILED");
  }
}

function updateFlags(neigh: Neighbour, flags: number): boolean {
  if ((flags & NEIGH_UPDATE.ADMIN) === 0) return false;
  let changed = false;
  const set = (flag: "extern_learn" | "managed", on: boolean) => {
    if (neigh.flags.has(flag) === on) return;
    if (on) neigh.flags.add(flag);
    else neigh.flags.delete(flag);
    changed = true;
  };
  set("extern_learn", (flags & NEIGH_UPDATE.EXT_LEARNED) !== 0);
  set("managed", (flags & NEIGH_UPDATE.MANAGED) !== 0);
  return changed;
}

function updateIsRouter(neigh: Neighbour, router: boolean): boolean {
  if (neigh.flags.has("router") === router) return false;
  if (router) neigh.flags.add("router");
  else neigh.flags.delete("router");
  return true;
}
