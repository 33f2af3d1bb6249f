// `ethtool` (ethtool(8), version 6.1) for software devices: the settings of a link, its driver, its
// offload features, counters and timestamps.
// Not simulated: settings of hardware; where the kernel refuses them for these devices, its words are printed.

import { isRunning } from "../net/core/devChange.ts";
import { IFF, type NetDevice } from "../net/core/netDevice.ts";
import { print, warn } from "../process/io.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { changeFeatures, featuresOfWord, featuresText } from "./ethtoolFeatures.ts";

type Answer = {
  readonly out?: string;
  readonly error?: string;
  readonly status?: number;
};

type Show = (dev: NetDevice, words: readonly string[]) => Answer;

const BAD_WORDS: Answer = {
  error: "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n",
  status: 1,
};

const NO_DEVICE =
  "netlink error: no device matches name (offset 24)\nnetlink error: No such device\n";
const UNSUPPORTED: Answer = { error: "netlink error: Operation not supported\n", status: 1 };

function refusedBy(ioctl: string, status: number): Show {
  return () => ({ error: `${ioctl}: Operation not supported\n`, status });
}

/** Options with what they show, and what is said when there is no such device. */
const OPTIONS: readonly (readonly [
  names: string,
  show: Show,
  missing?: { readonly text: string; readonly status: number },
])[] = [
  ["-k --show-features --show-offload", (dev) => ({ out: featuresText(dev) })],
  ["-K --features --offload", offload, { text: NO_DEVICE, status: 92 }],
  ["-i --driver", driver, { text: "Cannot get driver information: No such device\n", status: 71 }],
  [
    "-S --statistics",
    statistics,
    { text: "Cannot get stats strings information: No such device\n", status: 96 },
  ],
  [
    "-P --show-permaddr",
    () => ({ out: "Permanent address: not set\n" }),
    { text: "netlink error: No such device\n", status: 1 },
  ],
  ["-T --show-time-stamping", timestamps],
  ["-l --show-channels", channels],
  ["-a --show-pause", () => UNSUPPORTED],
  ["-c --show-coalesce", () => UNSUPPORTED],
  ["-g --show-ring", () => UNSUPPORTED],
  ["-m --dump-module-eeprom", () => UNSUPPORTED],
  ["--show-eee", () => UNSUPPORTED],
  ["--show-priv-flags", () => UNSUPPORTED],
  ["--show-fec", () => UNSUPPORTED],
  ["-s --change", change],
  ["-A --pause", () => ({ ...UNSUPPORTED, status: 76 })],
  ["-G --set-ring", () => ({ ...UNSUPPORTED, status: 81 })],
  ["-C --coalesce", () => UNSUPPORTED],
  ["--set-priv-flags", () => UNSUPPORTED],
  ["--cable-test", () => UNSUPPORTED],
  [
    "--show-tunnels",
    () => ({
      ...UNSUPPORTED,
      error: `netlink error: device does not report tunnel offload info\n${UNSUPPORTED.error}`,
    }),
  ],
  ["--show-module", (dev) => ({ out: `Module parameters for ${dev.name}:\n` })],
  [
    "--phy-statistics",
    () => ({ error: "no stats available\n", status: 94 }),
    { text: "Cannot get stats strings information: No such device\n", status: 96 },
  ],
  ioctl("-p --identify", "Cannot identify NIC", 255),
  ioctl("-r --negotiate", "Cannot restart autonegotiation", 255),
  ioctl("-x --show-rxfh-indir --show-rxfh", "Cannot get RX ring count", 1),
  ioctl("-w --get-dump", "Can not get dump level", 1),
  [
    "-t --test",
    refusedBy("Cannot test", 74),
    { text: "Cannot get strings: No such device\n", status: 74 },
  ],
  [
    "-d --register-dump",
    refusedBy("Cannot get register dump", 74),
    { text: "Cannot get driver information: No such device\n", status: 72 },
  ],
  [
    "-e --eeprom-dump",
    refusedBy("Cannot get EEPROM data", 74),
    { text: "Cannot get driver information: No such device\n", status: 74 },
  ],
  [
    "-n -u --show-nfc --show-ntuple",
    () => ({ error: ringsText("Operation not supported"), status: 1 }),
    { text: ringsText("No such device"), status: 1 },
  ],
];

function ioctl(names: string, what: string, status: number): (typeof OPTIONS)[number] {
  return [names, refusedBy(what, status), { text: `${what}: No such device\n`, status }];
}

function ringsText(why: string): string {
  return `Cannot get RX rings: ${why}
rxclass: Cannot get RX class rule count: ${why}
RX classification rule retrieval failed
`;
}

/** Options that are followed by more words than the device. */
const WITH_WORDS = new Set(
  "-K --features --offload -s --change -p --identify -A --pause -G --set-ring -C --coalesce".split(
    " ",
  ),
);

const CHANGES = new Set(
  "speed duplex port mdix autoneg advertise phyad xcvr wol sopass".split(" "),
);

/** No device here takes a speed; words are read first. */
function change(_dev: NetDevice, words: readonly string[]): Answer {
  for (let at = 0; at < words.length; at += 2) {
    const [name = "", value] = [words[at], words[at + 1]];
    const wrong = !CHANGES.has(name)
      ? `unknown parameter '${name}'`
      : value === undefined
        ? `no value for parameter '${name}'`
        : name === "speed" && !/^[0-9]+$/.test(value)
          ? `invalid value '${value}' for parameter '${name}'`
          : undefined;
    if (wrong !== undefined) return { error: `ethtool (-s): ${wrong}\n`, status: 1 };
  }
  return words.length === 0 ? {} : { ...UNSUPPORTED, status: 75 };
}

/** The program `ethtool`. */
export const ethtool: Program = function* (self) {
  const [word, ...rest] = self.argv.slice(1);
  if (word === "--version") return yield* answer(self, { out: "ethtool version 6.1\n" });
  if (word === "-h" || word === "--help") {
    const { ETHTOOL_USAGE } = yield* self.machine.scheduler.fetch(import("./ethtoolUsage.ts"));
    return yield* answer(self, { out: ETHTOOL_USAGE });
  }
  if (word === undefined) return yield* answer(self, BAD_WORDS);
  if (!word.startsWith("-")) {
    const dev = self.net.byName.get(word);
    if (dev !== undefined) return yield* answer(self, settings(dev));
    return yield* answer(self, {
      error: NO_DEVICE.repeat(5),
      out: "No data available\n",
      status: 75,
    });
  }
  const option = OPTIONS.find(([names]) => names.split(" ").includes(word));
  const [name, ...words] = rest;
  if (option === undefined || name === undefined) return yield* answer(self, BAD_WORDS);
  const [, show, missing = { text: NO_DEVICE, status: 1 }] = option;
  const dev = self.net.byName.get(name);
  if (dev === undefined) {
    return yield* answer(self, { error: missing.text, status: missing.status });
  }
  if (words.length > 0 && show === driver) return yield* answer(self, BAD_WORDS);
  if (words.length > 0 && !WITH_WORDS.has(word)) {
    return yield* answer(self, {
      error: `ethtool: unexpected parameter '${words[0]}'\n`,
      status: 1,
    });
  }
  return yield* answer(self, show(dev, words));
};

function* answer(self: Process, { out = "", error = "", status = 0 }: Answer): Execution {
  if (error !== "") yield* warn(self, error);
  if (out !== "") yield* print(self, out);
  return status;
}

/** The device whose link a subdevice shows. */
function linkOf(dev: NetDevice): NetDevice {
  const { driver: kind } = dev;
  return kind.type === "vlan" || kind.type === "macvlan" ? linkOf(kind.lower) : dev;
}

function isDetected(dev: NetDevice): boolean {
  const up = (dev.flags & IFF.UP) !== 0;
  if (dev.driver.type === "loopback") return up;
  return up && dev.carrier;
}

/** What ethtool prints about a link; dummies and loopback have no settings. */
function settings(dev: NetDevice): Answer {
  const { type } = linkOf(dev).driver;
  if (dev.driver.type === "dummy") return { out: "No data available\n", status: 75 };
  const detected = `\tLink detected: ${isDetected(dev) ? "yes" : "no"}\n`;
  const head = `Settings for ${dev.name}:\n`;
  if (type === "loopback" || type === "dummy") return { out: head + detected };
  const lines = [
    "Supported ports: [  ]",
    "Supported link modes:   Not reported",
    "Supported pause frame use: No",
    "Supports auto-negotiation: No",
    "Supported FEC modes: Not reported",
    "Advertised link modes:  Not reported",
    "Advertised pause frame use: No",
    "Advertised auto-negotiation: No",
    "Advertised FEC modes: Not reported",
    ...(type === "bridge" ? bridgeLines(linkOf(dev)) : VETH_LINES),
  ];
  return { out: `${head}${lines.map((line) => `\t${line}\n`).join("")}${detected}` };
}

const VETH_LINES = [
  "Speed: 10000Mb/s",
  "Duplex: Full",
  "Auto-negotiation: off",
  "Port: Twisted Pair",
  "PHYAD: 0",
  "Transceiver: internal",
  "MDI-X: Unknown",
];

/** A bridge is as fast as the fastest of its ports that run. */
function bridgeLines(dev: NetDevice): string[] {
  const { driver: kind } = dev;
  const fast =
    kind.type === "bridge" &&
    kind.bridge.ports.some(
      (port) => isRunning(port.dev) && linkOf(port.dev).driver.type === "veth",
    );
  return [
    `Speed: ${fast ? "10000Mb/s" : "Unknown!"}`,
    "Duplex: Unknown! (255)",
    "Auto-negotiation: off",
    "Port: Other",
    "PHYAD: 0",
    "Transceiver: internal",
  ];
}

/** Driver, version and firmware by kind. */
const DRIVERS: Readonly<Record<string, readonly [string, string, string, string, boolean]>> = {
  veth: ["veth", "1.0", "", "", true],
  bridge: ["bridge", "2.3", "N/A", "N/A", false],
  dummy: ["dummy", "6.1.0-56-cloud-amd64", "", "", false],
  vlan: ["802.1Q VLAN Support", "1.8", "N/A", "", false],
  macvlan: ["macvlan", "0.1", "", "", false],
};

function driver(dev: NetDevice): Answer {
  const known = DRIVERS[dev.driver.type];
  if (known === undefined) {
    return { error: "Cannot get driver information: Operation not supported\n", status: 71 };
  }
  const [name, version, firmware, bus, counts] = known;
  const out = `driver: ${name}
version: ${version}
firmware-version: ${firmware}
expansion-rom-version: 
bus-info: ${bus}
supports-statistics: ${counts ? "yes" : "no"}
supports-test: no
supports-eeprom-access: no
supports-register-dump: no
supports-priv-flags: no
`;
  return { out };
}

function statistics({ driver: kind }: NetDevice): Answer {
  if (kind.type !== "veth") return { error: "no stats available\n", status: 94 };
  const zeros = [
    "rx_queue_0_xdp_packets",
    "rx_queue_0_xdp_bytes",
    "rx_queue_0_drops",
    "rx_queue_0_xdp_redirect",
    "rx_queue_0_xdp_drops",
    "rx_queue_0_xdp_tx",
    "rx_queue_0_xdp_tx_errors",
    "tx_queue_0_xdp_xmit",
    "tx_queue_0_xdp_xmit_errors",
  ];
  const lines = [`peer_ifindex: ${kind.peer?.ifindex ?? 0}`, ...zeros.map((name) => `${name}: 0`)];
  return { out: `NIC statistics:\n${lines.map((line) => `     ${line}\n`).join("")}` };
}

function timestamps(dev: NetDevice): Answer {
  const sends = dev.driver.type !== "bridge";
  const out = `Time stamping parameters for ${dev.name}:
Capabilities:
${sends ? "\tsoftware-transmit\n" : ""}\tsoftware-receive
\tsoftware-system-clock
PTP Hardware Clock: none
Hardware Transmit Timestamp Modes: none
Hardware Receive Filter Modes: none
`;
  return { out };
}

function channels(dev: NetDevice): Answer {
  if (dev.driver.type !== "veth") return UNSUPPORTED;
  const [rx, tx] = [dev.numRxQueues ?? 1, dev.numTxQueues ?? 1];
  const counts = `RX:\t\t${rx}\nTX:\t\t${tx}\nOther:\t\tn/a\nCombined:\tn/a\n`;
  const out = `Channel parameters for ${dev.name}:\nPre-set maximums:\n${counts}Current hardware settings:\n${counts}`;
  return { out };
}

function offload(dev: NetDevice, words: readonly string[]): Answer {
  const wishes = new Map<string, boolean>();
  for (let at = 0; at < words.length; at += 2) {
    const [word = "", value] = [words[at], words[at + 1]];
    const features = featuresOfWord(word);
    if (features === undefined) {
      const error =
        "netlink error: bit name not found (offset 52)\nnetlink error: Operation not supported\n";
      return { error, status: 92 };
    }
    if (value !== "on" && value !== "off") {
      const error = `ethtool (-K): flag '${value ?? "(null)"}' for parameter '(null)' is not followed by 'on' or 'off'\n`;
      return { error, status: 1 };
    }
    for (const feature of features) wishes.set(feature, value === "on");
  }
  const { text, changed } = changeFeatures(dev, wishes);
  const refused = !changed || wishes.size === 0;
  return {
    error: refused ? "Could not change any device features\n" : "",
    out: text,
    status: refused ? 1 : 0,
  };
}
