// `ip address flush`: deletes all addresses that fit, in rounds until none is left, because an address
// may come in when another goes (promote_secondaries). With -s it counts, with -s -s it names them.
// Not simulated: nothing of it.

import { devicesInOrder } from "../../net/core/devChange.ts";
import { removeAddress } from "../../net/ipv4/devinet.ts";
import { delAddress6 } from "../../net/ipv6/addrconf.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { printAddress } from "./addressText.ts";
import type { IpOptions } from "./options.ts";
import { createOutput, wantsColor } from "./output.ts";
import { isFailure } from "./prefix.ts";
import { finish, finishAfter } from "./refusal.ts";
import {
  type AnyAddress,
  addressesOf,
  findDevice,
  isInet6,
  readSelection,
  type Selection,
  showsAddress,
} from "./selection.ts";
import { printUsage } from "./usage.ts";

/** `ip address flush WORDS`. */
export function* flushAddresses(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  if (words.length === 0)
    return yield* finish(self, { text: "Flush requires arguments.\n", code: 1 });
  const selection = readSelection(self.net, words, options.family);
  if (selection === "help") return yield* printUsage(self, "address");
  if (isFailure(selection)) return yield* finish(self, selection);
  const { device } = selection;
  if (device !== undefined && findDevice(self.net, device) === undefined) {
    return yield* finish(self, { text: `Device "${device}" does not exist.\n`, code: 1 });
  }
  const told = flushInRounds(self, options, selection);
  return yield* finishAfter(self, told.text, told.code === 0 ? undefined : { text: "", code: 1 });
}

function flushInRounds(
  self: Process,
  options: IpOptions,
  selection: Selection,
): { text: string; code: number } {
  const out = createOutput({ json: false, pretty: false }, wantsColor(self, options));
  const say = (text: string) => {
    if (options.stats > 0) out.text(text);
  };
  // One round must do for primary addresses: the next would take those that became primary in it.
  const once = selection.flags.get("secondary") === false;
  let round = 0;
  while (options.loops === 0 || round < options.loops) {
    const found = addressesThatFit(self, selection);
    if (found.length === 0 || (once && round > 0)) {
      if (round === 0) say("Nothing to flush.\n");
      else say(`*** Flush is complete after ${round} round${round > 1 ? "s" : ""} ***\n`);
      return { text: out.take(), code: 0 };
    }
    if (options.stats > 1) {
      for (const address of found) {
        printAddress(out, address, { header: true, dev: address.dev, options });
        out.text("\n");
      }
    }
    round += 1;
    for (const address of found) removeOne(address);
    say(`\n*** Round ${round}, deleting ${found.length} addresses ***\n`);
  }
  out.text(`*** Flush remains incomplete after ${options.loops} rounds. ***\n`);
  return { text: out.take(), code: 1 };
}

function addressesThatFit(self: Process, selection: Selection): AnyAddress[] {
  const dev = selection.device === undefined ? undefined : findDevice(self.net, selection.device);
  const devices = dev === undefined ? devicesInOrder(self.net) : [dev];
  return (["inet", "inet6"] as const)
    .filter((family) => selection.family === "unspec" || selection.family === family)
    .flatMap((family) => devices.flatMap((one) => addressesOf(one, family)))
    .filter((address) => showsAddress(selection, address));
}

/** An address may have gone with another one of the same round. */
function removeOne(address: AnyAddress): void {
  if (isInet6(address)) {
    if (address.dev.ip6?.addresses.includes(address) === true) delAddress6(address.dev, address);
  } else if (address.dev.ip4?.addresses.includes(address) === true) removeAddress(address);
}
