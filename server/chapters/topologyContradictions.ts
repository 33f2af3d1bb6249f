// Where a topology contradicts itself: names that nothing makes, things made twice, addresses that
// cannot be. Each is found with its path in the YAML, so that the line can be told.
// Not here: the shape of the file (topologySchema.ts).

import { parsePrefix } from "./ipv4Prefix.ts";
import { suggestion } from "./nearestName.ts";
import type { TopologySource } from "./topologySchema.ts";
import type { Path } from "./yamlDocument.ts";

/** One contradiction; `path` leads to what is wrong. */
export type Contradiction = { readonly path: Path; readonly message: string };

type Say = (path: Path, message: string) => void;

/** All contradictions of a topology whose shape fits. */
export function contradictions(topology: TopologySource): Contradiction[] {
  const found: Contradiction[] = [];
  const say: Say = (path, message) => found.push({ path, message });
  const namespaces = checkNamespaces(topology, say);
  const devices = checkDevices(topology, namespaces, say);
  const ports = checkPorts(topology, devices, say);
  checkAddresses(topology, { devices, ports }, say);
  checkRoutes(topology, { devices, namespaces }, say);
  for (const [at, { namespace }] of topology.sysctls.entries()) {
    known(namespace, namespaces, ["sysctls", at, "namespace"], say);
  }
  return found;
}

function known(name: string, names: ReadonlySet<string>, path: Path, say: Say): boolean {
  if (names.has(name)) return true;
  const near = suggestion(name, names) || " Add it to namespaces, or correct the name.";
  say(path, `There is no namespace \`${name}\`.${near}`);
  return false;
}

function checkNamespaces({ namespaces }: TopologySource, say: Say): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, { name }] of namespaces.entries()) {
    const path = ["namespaces", at, "name"];
    if (name === "lab") say(path, "`lab` is the initial namespace; choose another name.");
    if (names.has(name)) say(path, `The namespace \`${name}\` stands twice; take one out.`);
    names.add(name);
  }
  return names;
}

/** Every device that a link or a bridge makes, as NAMESPACE/DEVICE. */
function checkDevices(
  { links, bridges }: TopologySource,
  namespaces: ReadonlySet<string>,
  say: Say,
): ReadonlySet<string> {
  const devices = new Set<string>();
  const make = (device: string, path: Path) => {
    const [namespace = ""] = device.split("/");
    if (!known(namespace, namespaces, path, say)) return;
    if (devices.has(device)) say(path, `The device \`${device}\` is made twice; rename one.`);
    devices.add(device);
  };
  for (const [at, { from, to }] of links.entries()) {
    make(from, ["links", at, "from"]);
    make(to, ["links", at, "to"]);
  }
  for (const [at, { namespace, name }] of bridges.entries()) {
    make(`${namespace}/${name}`, ["bridges", at, "name"]);
  }
  return devices;
}

/** The ports of all bridges, as NAMESPACE/DEVICE, with their bridge. */
function checkPorts(
  { bridges }: TopologySource,
  devices: ReadonlySet<string>,
  say: Say,
): ReadonlyMap<string, string> {
  const ports = new Map<string, string>();
  for (const [at, { namespace, name, ports: own }] of bridges.entries()) {
    for (const [index, port] of own.entries()) {
      const path = ["bridges", at, "ports", index];
      const device = `${namespace}/${port}`;
      const other = ports.get(device);
      if (!devices.has(device)) say(path, noDevice(device, devices));
      if (port === name) say(path, `The bridge \`${name}\` cannot be a port of itself.`);
      if (other !== undefined) say(path, `\`${device}\` is a port of \`${other}\` already.`);
      ports.set(device, name);
    }
  }
  return ports;
}

function noDevice(device: string, devices: ReadonlySet<string>): string {
  const near = suggestion(device, devices) || " Add a link that makes it, or correct the name.";
  return `There is no device \`${device}\`.${near}`;
}

function checkAddresses(
  { addresses }: TopologySource,
  made: { readonly devices: ReadonlySet<string>; readonly ports: ReadonlyMap<string, string> },
  say: Say,
): void {
  const owners = new Map<string, string>();
  for (const [at, { device, address }] of addresses.entries()) {
    const path = ["addresses", at, "address"];
    if (!made.devices.has(device)) {
      say(["addresses", at, "device"], noDevice(device, made.devices));
    }
    const bridge = made.ports.get(device);
    if (bridge !== undefined) {
      say(
        ["addresses", at, "device"],
        `\`${device}\` is a port of \`${bridge}\`; it takes no address.`,
      );
    }
    const prefix = parsePrefix(address);
    if (prefix === undefined || !address.includes("/")) {
      say(
        path,
        `\`${address}\` is no address; write one with its length, such as 192.168.5.11/24.`,
      );
      continue;
    }
    if (prefix.isNetwork)
      say(path, `\`${address}\` is the address of the network itself; change it.`);
    if (prefix.isBroadcast) say(path, `\`${address}\` is the broadcast address; change it.`);
    const owner = owners.get(prefix.address);
    if (owner !== undefined) say(path, `\`${prefix.address}\` belongs to \`${owner}\` already.`);
    owners.set(prefix.address, device);
  }
}

function checkRoutes(
  { routes }: TopologySource,
  made: { readonly devices: ReadonlySet<string>; readonly namespaces: ReadonlySet<string> },
  say: Say,
): void {
  for (const [at, { namespace, destination, device, via }] of routes.entries()) {
    const path = (key: string) => ["routes", at, key];
    if (!known(namespace, made.namespaces, path("namespace"), say)) continue;
    const full = `${namespace}/${device}`;
    if (device !== undefined && !made.devices.has(full))
      say(path("device"), noDevice(full, made.devices));
    if (device === undefined && via === undefined) {
      say(path("destination"), "The route leads nowhere; write a device, a via, or both.");
    }
    const prefix = parsePrefix(destination);
    if (destination !== "default" && prefix === undefined) {
      say(
        path("destination"),
        `\`${destination}\` is no destination; write default or 192.168.5.0/24.`,
      );
    } else if (prefix?.hasHostBits) {
      say(path("destination"), `\`${destination}\` has bits behind its length; Linux refuses it.`);
    }
    if (via !== undefined && (parsePrefix(via) === undefined || via.includes("/"))) {
      say(path("via"), `\`${via}\` is no address; write one such as 192.168.5.100.`);
    }
  }
}
