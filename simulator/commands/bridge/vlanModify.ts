// `bridge vlan add|del|set` (bridge(8)).
// Policy: unknown words are passed over, as iproute2 6.1.0 does; numbers are read as atoi(3) does.
// Not simulated: tunnel_info.

import { PORT_STATES } from "../../net/bridge/bridgeState.ts";
import { changeVlans, setVlanOptions, type VlanRange } from "../../net/bridge/brVlanAdmin.ts";
import type { Refusal } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { type Failure, matches } from "../ip/options.ts";
import { finish, notSimulated, refusalText } from "../ip/refusal.ts";
import { createReader, type WordReader } from "../ip/words.ts";
import { stateOf } from "./link.ts";
import { atoi, printUsage, returned } from "./options.ts";

/** What was said of VLANs. */
type Words = {
  device: string | undefined;
  /** The numbers of `vid`: one, or two for a range. */
  vids: readonly number[];
  readonly flags: Set<string>;
  tunnel: boolean;
  help: boolean;
  state: number | undefined;
  router: number | undefined;
};

function newWords(): Words {
  return {
    device: undefined,
    vids: [],
    flags: new Set(),
    tunnel: false,
    help: false,
    state: undefined,
    router: undefined,
  };
}

/** The numbers of `vid`: one, or two for a range. */
export function readVids(text: string): readonly number[] {
  const at = text.indexOf("-");
  if (at < 0) return [atoi(text)];
  return [atoi(text.slice(0, at)), atoi(text.slice(at + 1))];
}

function* end(self: Process, refusal: Refusal | undefined): Execution {
  if (refusal === undefined) return 0;
  return yield* finish(self, { text: refusalText(refusal), code: -1 });
}

/** `add` and `del`. */
export function* changeVlan(self: Process, words: readonly string[], remove: boolean): Execution {
  const reader = createReader(words);
  const said = newWords();
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    const { word } = reader;
    if (word === "dev") said.device = reader.next();
    else if (word === "vid") said.vids = readVids(reader.next());
    else if (word === "tunnel_info") said.tunnel = true;
    else if (["self", "master", "pvid", "untagged"].includes(word)) said.flags.add(word);
    else if (matches(word, "help")) return yield* printUsage(self, "vlan");
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const place = placeOf(self, said);
  if ("code" in place) return yield* finish(self, place);
  const wrong = refuseRange(said);
  if (wrong !== undefined) return yield* finish(self, wrong);
  if (said.tunnel) {
    const { port } = place.dev;
    const possible = port?.flags.vlan_tunnel && port.vlans.members.has(place.range.from);
    if (!possible) return yield* end(self, { errno: "EINVAL" });
    return yield* finish(self, notSimulated("a VLAN tunnel"));
  }
  const { flags } = said;
  const refusal = changeVlans(place.dev, {
    ...place.range,
    remove,
    pvid: flags.has("pvid"),
    untagged: flags.has("untagged"),
    self: flags.has("self"),
    master: flags.has("master"),
  });
  return yield* end(self, refusal);
}

function placeOf(
  self: Process,
  said: Words,
): Failure | { readonly dev: NetDevice; readonly range: VlanRange } {
  const [from, to] = said.vids;
  if (said.device === undefined || from === undefined) {
    return returned("Device and VLAN ID are required arguments.");
  }
  const dev = self.net.byName.get(said.device);
  if (dev === undefined) return returned(`Cannot find bridge device "${said.device}"`);
  return { dev, range: { from, to: to ?? from } };
}

function refuseRange(said: Words): Failure | undefined {
  const [from = 0, to] = said.vids;
  if (from >= 4096) return returned(`Invalid VLAN ID "${from & 0xffff}"`);
  if (to === undefined) return undefined;
  if (to <= from || to >= 4096) return returned(`Invalid VLAN range "${from}-${to & 0xffff}"`);
  if (said.flags.has("pvid")) return returned("pvid cannot be configured for a vlan range");
  return undefined;
}

/** `set`. */
export function* setVlan(self: Process, words: readonly string[]): Execution {
  const reader = createReader(words);
  const said = newWords();
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (readOption(reader, said)) return yield* printUsage(self, "vlan");
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const place = placeOf(self, said);
  if ("code" in place) return yield* finish(self, place);
  const wrong = refuseRange(said);
  if (wrong !== undefined) return yield* finish(self, wrong);
  const state = said.state === undefined ? undefined : PORT_STATES[said.state];
  if (said.state !== undefined && state === undefined) {
    return yield* end(self, { errno: "EINVAL", message: "bridge: Invalid vlan state" });
  }
  const refusal = setVlanOptions(place.dev, {
    ...place.range,
    ...(state === undefined ? {} : { state }),
    ...(said.router === undefined ? {} : { multicastRouter: said.router }),
  });
  return yield* end(self, refusal);
}

/** Reads one word of `set`; true when it asks for help. */
function readOption(reader: WordReader, said: Words): boolean {
  switch (reader.word) {
    case "dev":
      said.device = reader.next();
      return false;
    case "vid":
      said.vids = readVids(reader.next());
      return false;
    case "state":
      said.state = stateOf(reader.next());
      if (said.state === undefined) reader.fail(returned("Error: invalid STP state"));
      return false;
    case "mcast_router":
      said.router = atoi(reader.next());
      return false;
    default:
      return matches(reader.word ?? "", "help");
  }
}
