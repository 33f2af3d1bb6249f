// Objects of `ip` of which a machine here never has any: what `show` prints then. All else about them
// is not simulated.
// Not simulated: making tunnels, nexthop objects, multicast routes, VRFs and address labels.

import { devicesInOrder } from "../../net/core/devChange.ts";
import { IFF } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { print } from "../../process/io.ts";
import type { Execution } from "../../process/wait.ts";
import type { IpCommand } from "./ipCommand.ts";
import { matches } from "./options.ts";
import { finish, notSimulated } from "./refusal.ts";

const LABELS =
  "::1/128 0,::/96 3,::ffff:0.0.0.0/96 4,2001::/32 6,2001:10::/28 7,3ffe::/16 12,2002::/16 2,fec0::/10 11,fc00::/7 5,::/0 1";

/** What `show` prints without -j, where it is not nothing. */
const TEXTS: Readonly<Record<string, string>> = {
  addrlabel: LABELS.split(",")
    .map((label) => `prefix ${label.replace(" ", " label ")} \n`)
    .join(""),
  vrf: "Name              Table\n-----------------------\nNo VRF has been configured\n",
  mrule: "32767:\tfrom all lookup default\n",
};

/** No interface here has a token: each that could have one shows ::. */
function tokens(net: Net): string {
  return devicesInOrder(net)
    .filter((dev) => dev.ip6 !== undefined && (dev.flags & (IFF.LOOPBACK | IFF.NOARP)) === 0)
    .map(({ name }) => `token :: dev ${name}\n`)
    .join("");
}

/** The command of an object that is always empty. */
export function emptyObject(name: string): IpCommand {
  return function* (self, options, words): Execution {
    const [verb = "show", ...rest] = words;
    const shows = ["show", "list", "lst"].some((word) => matches(verb, word));
    if (!shows || rest.length > 0 || options.json) {
      return yield* finish(self, notSimulated(`ip ${name}`));
    }
    const text = name === "token" ? tokens(self.net) : TEXTS[name];
    if (text !== undefined) yield* print(self, text);
    return 0;
  };
}
