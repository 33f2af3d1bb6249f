// Whom does a word of the command line name? Numbers in all spellings of inet_aton(3), IPv6 addresses
// with a device, and names from /etc/hosts. There is no resolver to ask for others.
// Not simulated: DNS.

import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Process } from "../../process/process.ts";
import { parseIp4, parseIp6 } from "../../wire/address.ts";

/** An address of either family. */
export type Found =
  | { readonly family: "inet"; readonly address: number; readonly numeric: boolean }
  | {
      readonly family: "inet6";
      readonly address: string;
      readonly scope: NetDevice | undefined;
      readonly numeric: boolean;
    };

/** The address of a word, or the resolver's text. */
export function findTarget(
  self: Process,
  word: string,
  family: "inet" | "inet6" | undefined,
): Found | { readonly problem: string } {
  const four = parseLoose4(word);
  if (four !== undefined) {
    if (family === "inet6") return { problem: "Address family for hostname not supported" };
    return { family: "inet", address: four, numeric: true };
  }
  const [text = "", device] = word.split("%");
  const six = parseIp6(text);
  if (six !== undefined) {
    if (family === "inet") return { problem: "Address family for hostname not supported" };
    const scope = device === undefined ? undefined : self.net.byName.get(device);
    if (device !== undefined && scope === undefined)
      return { problem: "Name or service not known" };
    return { family: "inet6", address: six, scope, numeric: true };
  }
  return hostsEntry(self, word, family) ?? { problem: "Temporary failure in name resolution" };
}

function hostsEntry(
  self: Process,
  name: string,
  family: "inet" | "inet6" | undefined,
): Found | undefined {
  for (const [address = "", ...names] of hostsLines(self)) {
    if (!names.includes(name)) continue;
    const four = parseIp4(address);
    if (four !== undefined && family !== "inet6")
      return { family: "inet", address: four, numeric: false };
    const six = parseIp6(address);
    if (six !== undefined && family === "inet6") {
      return { family: "inet6", address: six, scope: undefined, numeric: false };
    }
  }
  return undefined;
}

/** The name that /etc/hosts has for an address. */
export function hostName(self: Process, address: string): string | undefined {
  return hostsLines(self).find(([first]) => first === address)?.[1];
}

function hostsLines(self: Process): string[][] {
  const file = self.machine.files.open(self, "/etc/hosts", { read: true });
  if ("errno" in file) return [];
  const text = file.read(self, 65536);
  file.release();
  if (typeof text !== "string") return [];
  return text.split("\n").map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
}

/** As inet_aton(3): one to four numbers, decimal, octal or hexadecimal. */
export function parseLoose4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|\d+)$/i.test(part)))
    return undefined;
  const numbers = parts.map((part) =>
    /^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part),
  );
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length))
    return undefined;
  return numbers.reduce((sum, number, at) => sum + number * 256 ** (3 - at), last);
}
