// `nc` (nc(1)): OpenBSD's netcat 1.219, as Debian has it. Connects to or listens at TCP and UDP
// ports and carries bytes.
// Not here: its parts in this folder.

import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { servicesOf } from "../fileRows.ts";
import { runClient } from "./client.ts";
import { readPorts, shuffle } from "./ports.ts";
import { runServer } from "./server.ts";
import { type NcStop, readNcSettings } from "./settings.ts";

/** Runs it. */
export function* nc(self: Process): Execution {
  const settings = readNcSettings(self.argv);
  if ("text" in settings) return yield* end(self, settings);
  const services = servicesOf(self);
  const { listen, sourcePort, udp } = settings;
  const protocol = udp ? "udp" : "tcp";
  if (sourcePort !== undefined) {
    const own = readPorts([sourcePort], services, protocol);
    if ("text" in own || own[0] === undefined) {
      const text = "nc: getaddrinfo: Servname not supported for ai_socktype\n";
      return yield* end(self, { text });
    }
    settings.sourcePort = String(own[0]);
  }
  const ports = readPorts(settings.ports, services, protocol);
  if ("text" in ports) return yield* end(self, ports);
  if (listen) return yield* runServer(self, settings, ports[0] ?? 0);
  if (settings.shuffle) shuffle(ports, self.machine.random);
  return yield* runClient({ self, settings, services }, ports);
}

function* end(self: Process, { text, usage, help }: NcStop): Execution {
  yield* warn(self, text);
  if (usage === true || help === true) {
    const { NC_USAGE, NC_HELP } = yield* self.machine.scheduler.fetch(import("./usage.ts"));
    yield* warn(self, help === true ? NC_HELP : NC_USAGE);
  }
  if (help === true) return 0;
  return text.startsWith("vethbook") ? 2 : 1;
}
