// Tables in files of /etc: hosts, networks, services, resolv.conf. Words by line, without comments.
// Not here: what the words mean.

import type { Process } from "../process/process.ts";

const MOST_BYTES = 1e6;

/** The words of each line of a file, without comments; none when there is no file. */
export function fileRows(self: Process, path: string): string[][] {
  const file = self.machine.files.open(self, path, { read: true });
  if ("errno" in file) return [];
  let text = "";
  for (let part = file.read(self, 65536); typeof part === "string" && part !== ""; ) {
    if (part === "again" || text.length > MOST_BYTES) break;
    text += part;
    part = file.read(self, 65536);
  }
  file.release();
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter(([first]) => first !== "");
}

/** Names of ports by "80/tcp", as /etc/services has them. */
export function servicesOf(self: Process): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name = "", port = ""] of fileRows(self, "/etc/services")) {
    if (!names.has(port)) names.set(port, name);
  }
  return names;
}

/** Ports by names and aliases, "http/tcp", as /etc/services has them. */
export function portsOf(self: Process): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const [name, text = "", ...aliases] of fileRows(self, "/etc/services")) {
    const [port, protocol] = text.split("/");
    for (const each of [name, ...aliases]) {
      const key = `${each}/${protocol}`;
      if (!ports.has(key)) ports.set(key, Number(port));
    }
  }
  return ports;
}
