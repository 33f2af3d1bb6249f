// `hostname`, `domainname` and `dnsdomainname` of hostname 3.23 (hostname(1)). The name belongs to
// the UTS namespace of the process. Names are resolved from /etc/hosts alone: no name server answers.
// Not simulated: NIS.

import { devicesInOrder } from "../net/core/devChange.ts";
import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { ip4Text, ip6Text } from "../wire/address.ts";
import { notSimulated } from "./complain.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "aAbdfF:hiIsVy",
  long: {
    alias: "a",
    "all-fqdns": "A",
    boot: "b",
    domain: "d",
    file: "F:",
    fqdn: "f",
    help: "h",
    "ip-address": "i",
    "all-ip-addresses": "I",
    long: "f",
    nis: "y",
    short: "s",
    version: "V",
    yp: "y",
  },
};

/** Shows or sets the host name. */
export function* hostname(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  let asks = "";
  let file: string | undefined;
  for (const { name, value } of given.options) {
    if (name === "h") return yield* usage(self, true);
    if (name === "V") {
      yield* print(self, "hostname 3.23\n");
      return 0;
    }
    if (name === "F") file = value;
    else if (name !== "b") asks = name;
  }
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n`);
    return yield* usage(self, false);
  }
  if (given.operands.length > 1) return yield* usage(self, false);
  const [wanted] = given.operands;
  if (asks === "y") return yield* domainname(self);
  if (file !== undefined) return yield* setFromFile(self, file);
  if (wanted !== undefined) return yield* setName(self, wanted);
  return yield* show(self, asks);
}

function* usage(self: Process, asked: boolean): Execution {
  const { HOSTNAME_USAGE } = yield* self.machine.scheduler.fetch(import("./hostnameUsage.ts"));
  yield* asked ? print(self, HOSTNAME_USAGE) : warn(self, HOSTNAME_USAGE);
  return 255;
}

function* setFromFile(self: Process, path: string): Execution {
  const opened = self.machine.files.open(self, path, { read: true });
  if ("errno" in opened) {
    yield* warn(self, `hostname: ${errnoText(opened.errno)}\n`);
    return 1;
  }
  const text = opened.read(self, 4096);
  opened.release();
  const lines = typeof text === "string" ? text.split("\n") : [];
  const name = lines.find((line) => line.trim() !== "" && !line.startsWith("#"));
  return yield* setName(self, name?.trim() ?? "");
}

function* setName(self: Process, name: string): Execution {
  if (name.length > 64) {
    yield* warn(self, "hostname: name too long\n");
    return 1;
  }
  const labels = name.split(".");
  const valid = labels.every((label) =>
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label),
  );
  if (!valid) {
    yield* warn(self, "hostname: the specified hostname is invalid\n");
    return 1;
  }
  self.uts.hostname = name;
  return 0;
}

function* show(self: Process, asks: string): Execution {
  const { hostname: name } = self.uts;
  if (asks === "" || asks === "s") {
    yield* print(self, `${asks === "s" ? name.split(".")[0] : name}\n`);
    return 0;
  }
  if (asks === "I" || asks === "A") {
    const addresses = asks === "I" ? ownAddresses(self) : [];
    yield* print(self, `${addresses.map((address) => `${address} `).join("")}\n`);
    return 0;
  }
  const found = lookup(self, name);
  if (found === undefined) {
    const own = self.name === "dnsdomainname" ? self.name : "hostname";
    yield* warn(self, `${own}: Temporary failure in name resolution\n`);
    return 1;
  }
  const full = found.names[0] ?? name;
  const dot = full.indexOf(".");
  if (asks === "i") yield* print(self, `${found.address}\n`);
  else if (asks === "f") yield* print(self, `${full}\n`);
  else if (asks === "a") yield* print(self, `${found.names.slice(1).join(" ")}\n`);
  else if (dot >= 0) yield* print(self, `${full.slice(dot + 1)}\n`);
  return 0;
}

/** The line of /etc/hosts that has the name. */
function lookup(
  self: Process,
  name: string,
): { address: string; names: readonly string[] } | undefined {
  const opened = self.machine.files.open(self, "/etc/hosts", { read: true });
  if ("errno" in opened) return undefined;
  const text = opened.read(self, 65536);
  opened.release();
  for (const line of typeof text === "string" ? text.split("\n") : []) {
    const [address = "", ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
    if (names.includes(name)) return { address, names };
  }
  return undefined;
}

/** Addresses of devices that are up, without loopback and link-local ones. */
function ownAddresses(self: Process): string[] {
  const devices = devicesInOrder(self.net).filter(
    ({ driver, flags }) => driver.type !== "loopback" && (flags & 1) !== 0,
  );
  const four = devices
    .flatMap(({ ip4 }) => ip4?.addresses ?? [])
    .map(({ local }) => ip4Text(local));
  const six = devices
    .flatMap(({ ip6 }) => ip6?.addresses ?? [])
    .filter(({ local }) => !local.startsWith("fe80"))
    .map(({ local }) => ip6Text(local));
  return [...four, ...six];
}

/** Shows the NIS domain, which nobody has set. */
export function* domainname(self: Process): Execution {
  if (self.name !== "hostname" && self.argv.length > 1) {
    return yield* notSimulated(self, "setting a NIS domain");
  }
  if (self.name !== "domainname") {
    yield* warn(self, `${self.name}: Local domain name not set\n`);
    return 1;
  }
  yield* print(self, "(none)\n");
  return 0;
}

/** Shows the part of the full name after the first dot. */
export function* dnsdomainname(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  if (given.options.some(({ name }) => name === "h")) return yield* usage(self, true);
  if (given.error !== undefined) yield* warn(self, `${given.error}\n`);
  if (given.error !== undefined || given.operands.length > 0) return yield* usage(self, false);
  return yield* show(self, "d");
}
