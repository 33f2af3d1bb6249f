// What the words of `ifconfig` share: where they stand, what they are about, and how they change flags
// and other settings of a device.
// Not here: which words there are (ifconfig.ts), addresses (ifconfigAddress.ts).

import { errnoText, type Refusal } from "../net/core/errno.ts";
import type { LinkChange } from "../net/core/linkRequest.ts";
import { setLink } from "../net/core/rtnetlink.ts";
import { removeAddress } from "../net/ipv4/devinet.ts";
import { warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Steps } from "../process/wait.ts";
import { addressOf, type Interface, interfaceOf, isUp } from "./ifconfigShow.ts";

/** A setting's command: goes on from `words.at`, which stands behind its own word. */
export type Words = {
  readonly self: Process;
  readonly name: string;
  readonly list: readonly string[];
  at: number;
  /** Exit status so far. */
  status: number;
  family: "inet" | "inet6";
};

/** Changes the device of the interface; refused when there is none. */
export function setting(words: Words, change: LinkChange): Refusal | undefined {
  const one = interfaceOf(words.self.net, words.name);
  return one === undefined ? { errno: "ENODEV" } : setLink(one.dev, change);
}

/** Changes flags; those of an alias are its device's, but it is deleted if it were not up. */
export function* changeFlags(words: Words, change: LinkChange): Steps<void> {
  const { self, name } = words;
  const one = interfaceOf(self.net, name);
  if (one === undefined) {
    yield* warn(self, `${name}: ERROR while getting interface flags: No such device\n`);
    words.status = -1;
    return;
  }
  const refusal = one.alias ? changeAlias(one, change.up ?? isUp(one)) : setLink(one.dev, change);
  if (refusal !== undefined) {
    yield* warn(self, `SIOCSIFFLAGS: ${errnoText(refusal.errno)}\n`);
    words.status = -1;
  }
}

/** Says what a system call was refused with. */
export function* fail(words: Words, call: string, refusal: Refusal): Steps<void> {
  yield* warn(words.self, `${call}: ${errnoText(refusal.errno)}\n`);
  words.status = 1;
}

function changeAlias(one: Interface, up: boolean): Refusal | undefined {
  const address = addressOf(one);
  if (address === undefined) return { errno: "EADDRNOTAVAIL" };
  if (!up) removeAddress(address);
  return undefined;
}
