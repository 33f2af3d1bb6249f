// arping of iputils 20221126 (arping(8)): asks who has an address by ARP frames of its own, or tells
// the neighbours of one. It broadcasts until somebody answers, then asks him alone.
// Without -I the device is that of the route. What is no answer to us is not counted; in duplicate
// address detection (-D) everything that the address sends is.
// Not here: how names are looked up (ping/target.ts). Not simulated: other hardware than Ethernet.

import { errnoText } from "../net/core/errno.ts";
import { IFF, type NetDevice } from "../net/core/netDevice.ts";
import { routeOutput } from "../net/ipv4/route.ts";
import { openUdpSocket } from "../net/ipv4/udp.ts";
import { openPacketSocket } from "../net/packet/afPacket.ts";
import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { BROADCAST_MAC, ip4Text } from "../wire/address.ts";
import { type ArpingRun, runArping } from "./arpingRun.ts";
import { getopt } from "./getopt.ts";
import { findTarget, parseLoose4 } from "./ping/target.ts";

/** What the options say. */
export type ArpingSettings = {
  count: number | undefined;
  /** Seconds; 0 is for ever. */
  timeout: number;
  /** Seconds; 0 is never again. */
  interval: number;
  device: string;
  source: string | undefined;
  first: boolean;
  quiet: boolean;
  broadcast: boolean;
  detect: boolean;
  unsolicited: boolean;
  answer: boolean;
};

const FLAGS: Readonly<Record<string, readonly (keyof ArpingSettings)[]>> = {
  f: ["first"],
  q: ["quiet"],
  b: ["broadcast"],
  D: ["detect", "first"],
  U: ["unsolicited"],
  A: ["answer", "unsolicited"],
};
const NUMBERS: Readonly<Record<string, readonly ["count" | "timeout" | "interval", number]>> = {
  c: ["count", 1],
  w: ["timeout", 0],
  i: ["interval", 0],
};
const MOST = 2147483647;
const VERSION =
  "arping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n";

/** Why it ends before it begins; `text` goes to standard error, `out` to standard output. */
type Stop = {
  readonly code: number;
  readonly text?: string;
  readonly out?: string;
  readonly usage?: boolean;
};

/** Runs it. */
export function* arping(self: Process): Execution {
  const read = readSettings(self.argv);
  const prepared = "code" in read ? read : yield* prepare(self, read.settings, read.word);
  if (!("code" in prepared)) {
    try {
      return yield* runArping(prepared);
    } finally {
      prepared.socket.close();
    }
  }
  yield* print(self, prepared.out ?? "");
  yield* warn(self, prepared.text ?? "");
  if (prepared.usage === true) {
    const { ARPING_USAGE } = yield* self.machine.scheduler.fetch(import("./arpingUsage.ts"));
    yield* warn(self, ARPING_USAGE);
  }
  return prepared.code;
}

function readSettings(argv: readonly string[]): Stop | { settings: ArpingSettings; word: string } {
  const given = getopt(argv, { short: "h?bfDUAqc:w:i:s:I:V" });
  const settings: ArpingSettings = {
    ...{ count: undefined, timeout: 0, interval: 1, device: "", source: undefined },
    ...{ first: false, quiet: false, broadcast: false },
    ...{ detect: false, unsolicited: false, answer: false },
  };
  for (const { name, value = "" } of given.options) {
    const number = NUMBERS[name];
    if (number !== undefined) {
      const wrong = setNumber(settings, number, value);
      if (wrong !== undefined) return { code: 1, text: `arping: invalid argument: ${wrong}\n` };
    } else if (name === "I") settings.device = value;
    else if (name === "s") settings.source = value;
    else if (name === "V") return { code: 0, out: VERSION };
    else if (name === "h" || name === "?") return { code: 2, usage: true };
    for (const flag of FLAGS[name] ?? []) Object.assign(settings, { [flag]: true });
  }
  if (given.error !== undefined) return { code: 2, text: `${given.error}\n`, usage: true };
  const [word, ...more] = given.operands;
  if (word === undefined || more.length > 0) return { code: 2, usage: true };
  return { settings, word };
}

function setNumber(
  settings: ArpingSettings,
  [key, least]: readonly ["count" | "timeout" | "interval", number],
  text: string,
): string | undefined {
  if (!/^\s*[-+]?\d+$/.test(text)) return `'${text}'`;
  const value = Number(text);
  if (Math.abs(value) > 2 ** 63) return `'${text}': Numerical result out of range`;
  if (value < least || value > MOST) {
    return `'${text}': out of range: ${least} <= value <= ${MOST}`;
  }
  settings[key] = value;
  return undefined;
}

function* prepare(self: Process, settings: ArpingSettings, word: string): Steps<Stop | ArpingRun> {
  const failed = (text: string, code = 2): Stop => ({ code, text: `arping: ${text}\n` });
  const found = yield* findTarget(self, word, "inet", "inet");
  if ("problem" in found) return failed(`${word}: ${found.problem}`);
  if (found.family === "inet6") return failed(`${word}: Name or service not known`);
  const target = found.address;
  const device = findDevice(self, settings, target);
  if ("code" in device) return device;
  let source = 0;
  if (settings.source !== undefined) {
    const given = parseLoose4(settings.source);
    if (given === undefined) return failed(`invalid source ${settings.source}`);
    source = given;
  } else if (settings.unsolicited && !settings.detect) source = target;
  const asked = sourceFor(self, settings, { device, target, source });
  if (typeof asked !== "number") return failed(`${asked.call}: ${errnoText(asked.errno)}`);
  const opening = settings.quiet
    ? ""
    : `ARPING ${ip4Text(target)} from ${ip4Text(asked)} ${device.name}\n`;
  if (asked === 0 && settings.source === undefined && !settings.detect) {
    return { ...failed("no source address in not-DAD mode"), out: opening };
  }
  const cause = settings.unsolicited
    ? `arping tells of ${ip4Text(target)} (pid ${self.pid})`
    : `arping of ${ip4Text(target)} (pid ${self.pid})`;
  const socket = openPacketSocket(self.net, { device, protocol: 0x0806, cause });
  return { self, settings, socket, device, source: asked, target, opening, peer: BROADCAST_MAC };
}

function findDevice(self: Process, settings: ArpingSettings, target: number): NetDevice | Stop {
  let device: NetDevice | undefined;
  if (settings.device === "") {
    const route = routeOutput(self.net, { destination: target });
    if ("errno" in route) {
      return { code: 1, text: "arping: NETLINK_ROUTE unexpected iov element\n" };
    }
    device = route.dev;
  } else device = self.net.byName.get(settings.device);
  if (device === undefined) {
    return { code: 2, text: `arping: Device ${settings.device} not available.\n` };
  }
  const unfit = (text: string, code: number): Stop => ({
    code,
    out: settings.quiet ? "" : `Interface "${device.name}" is ${text}\n`,
  });
  if ((device.flags & IFF.UP) === 0) return unfit("down", 2);
  if ((device.flags & (IFF.NOARP | IFF.LOOPBACK)) !== 0) {
    return unfit("not ARPable", settings.detect ? 0 : 2);
  }
  return device;
}

/** The source address: what was asked for if it is ours, or what the kernel would take. */
function sourceFor(
  self: Process,
  { detect, source: given }: ArpingSettings,
  { device, target, source }: { device: NetDevice; target: number; source: number },
) {
  if (source === 0 && (detect || given !== undefined)) return 0;
  const probe = openUdpSocket(self.net, { device, dontRoute: true });
  try {
    if (source !== 0) {
      const errno = probe.bind(source, 0);
      return errno === undefined ? source : ({ call: "bind", errno } as const);
    }
    const errno = probe.connect(target, 1025);
    if (errno !== undefined) return { call: "connect", errno } as const;
    return probe.options.source ?? 0;
  } finally {
    probe.close();
  }
}
