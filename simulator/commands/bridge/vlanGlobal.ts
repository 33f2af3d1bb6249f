// `bridge vlan global show` and `set` (bridge(8)): what holds for a VLAN in a whole bridge.
// Policy: unknown words are passed over, as iproute2 6.1.0 does.
// Not simulated: router ports.

import { bridgeOf } from "../../net/bridge/brIf.ts";
import type { BridgeState } from "../../net/bridge/bridgeState.ts";
import {
  GLOBAL_OPTIONS,
  type GlobalOption,
  globalValue,
  globalVids,
  setGlobals,
} from "../../net/bridge/brVlanGlobal.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { matches } from "../ip/options.ts";
import { createOutput, type Output, wantsColor } from "../ip/output.ts";
import { finish, refusalText } from "../ip/refusal.ts";
import { createReader, nextUnsigned } from "../ip/words.ts";
import { atoi, type BridgeOptions, printUsage, returned } from "./options.ts";
import { readVids } from "./vlanModify.ts";
import { NAME_WIDTH, printVlanDevice } from "./vlanText.ts";

/** The largest value by the kind of option. */
function mostOf(name: string): number {
  if (name.endsWith("_interval")) return Number.MAX_SAFE_INTEGER;
  return name.endsWith("_count") ? 0xffffffff : 0xff;
}

const NAMES = Object.keys(GLOBAL_OPTIONS) as readonly GlobalOption[];

/** `bridge vlan global …`. */
export function* globalCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  if (["show", "lst", "list"].some((full) => matches(verb, full))) {
    return yield* showGlobal(self, options, rest);
  }
  if (!matches(verb, "set")) return yield* printUsage(self, "vlan");
  return yield* setGlobal(self, rest);
}

function* setGlobal(self: Process, words: readonly string[]): Execution {
  const reader = createReader(words);
  const values = new Map<GlobalOption, number>();
  let device: string | undefined;
  let vids: readonly number[] = [];
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    const name = NAMES.find((one) => one === reader.word);
    if (reader.word === "dev") device = reader.next();
    else if (reader.word === "vid") vids = readVids(reader.next());
    else if (name !== undefined) {
      values.set(name, nextUnsigned(reader, `invalid ${name}`, mostOf(name)));
    }
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const [from, to = from] = vids;
  if (device === undefined || from === undefined || to === undefined) {
    return yield* finish(self, returned("Device and VLAN ID are required arguments."));
  }
  const dev = self.net.byName.get(device);
  if (dev === undefined) {
    return yield* finish(self, returned(`Cannot find network device "${device}"`));
  }
  if (vids.length > 1 && to <= from) {
    return yield* finish(self, returned(`Invalid VLAN range "${from}-${to & 0xffff}"`));
  }
  const refusal = setGlobals(dev, { from, to }, values);
  if (refusal === undefined) return 0;
  return yield* finish(self, { text: refusalText(refusal), code: -1 });
}

type Row = { readonly from: number; to: number; readonly values: readonly number[] };

/** All VIDs that a bridge or one of its ports has; a row has neighbours that are alike. */
function rowsOf(bridge: BridgeState): readonly Row[] {
  const rows: Row[] = [];
  for (const vid of globalVids(bridge)) {
    const values = NAMES.map((name) => globalValue(bridge, vid, name));
    const last = rows.at(-1);
    const same = last?.values.every((value, index) => value === values[index]) === true;
    if (last !== undefined && last.to + 1 === vid && same) last.to = vid;
    else rows.push({ from: vid, to: vid, values });
  }
  return rows;
}

function* showGlobal(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const reader = createReader(words);
  let device: string | undefined;
  let vid = 0;
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (reader.word === "dev") device = reader.next();
    else if (reader.word === "vid") vid = atoi(reader.next());
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  if (device !== undefined && !self.net.byName.has(device)) {
    return yield* finish(self, returned(`Cannot find device "${device}"`));
  }
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  out.text("port              vlan-id  \n");
  for (const dev of self.net.devices.values()) {
    const bridge = bridgeOf(dev);
    if (bridge === undefined || (device !== undefined && dev !== self.net.byName.get(device))) {
      continue;
    }
    const rows = rowsOf(bridge).filter(({ from, to }) => vid === 0 || (from <= vid && vid <= to));
    if (rows.length === 0) continue;
    out.openObject();
    printVlanDevice(out, dev);
    out.openArray("vlans");
    rows.forEach((row, index) => {
      if (index > 0) out.text(" ".repeat(NAME_WIDTH));
      printRow(out, row);
    });
    out.closeArray();
    out.closeObject();
  }
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

function printRow(out: Output, { from, to, values }: Row): void {
  out.openObject();
  out.put("vlan", from, String(from));
  if (to > from) out.put("vlanEnd", to, `-${to}`);
  out.text(`\n${" ".repeat(NAME_WIDTH + 2)}`);
  NAMES.forEach((name, index) => {
    const value = values[index] ?? 0;
    out.put(name, value, `${name} ${value} `);
  });
  out.text("\n");
  out.closeObject();
}
