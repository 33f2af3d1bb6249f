// nc that connects: to each port in turn, by each address of the host until one answers (nc(1)).
// With -u and -v it first sends a byte "X" once a second, to see whether somebody refuses.
// Not here: how a connection is made (connect.ts), what goes over it (stream.ts).

import { errnoText } from "../../net/core/errno.ts";
import { sleep, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { ip4Text, ip6Text } from "../../wire/address.ts";
import { findAddresses } from "./addresses.ts";
import { type Connected, connectTo, type Failed } from "./connect.ts";
import type { NcSettings } from "./settings.ts";
import { carry, type Link } from "./stream.ts";

type Client = {
  readonly self: Process;
  readonly settings: NcSettings;
  /** Names by "80/tcp". */
  readonly services: ReadonlyMap<string, string>;
};

/** Runs it; 0 when one port at least was reached. */
export function* runClient(client: Client, ports: readonly number[]): Execution {
  const { self, settings } = client;
  const { host = "" } = settings;
  let code = 1;
  for (const port of ports) {
    if (settings.interval > 0 && port !== ports[0]) yield* sleep(self, settings.interval);
    const found = yield* findAddresses(self, host, settings);
    if ("problem" in found) {
      yield* warn(self, `nc: getaddrinfo for host "${host}" port ${port}: ${found.problem}\n`);
      return 1;
    }
    const outcome = yield* tryPort(client, found.addresses, port);
    if (typeof outcome === "number") return outcome;
    if (outcome === "reached") code = 0;
  }
  return code;
}

/** A number ends nc with it. */
function* tryPort(
  client: Client,
  addresses: readonly (number | string)[],
  port: number,
): Steps<number | "reached" | "failed"> {
  const { self, settings } = client;
  const { host = "" } = settings;
  for (const address of addresses) {
    const text = typeof address === "number" ? ip4Text(address) : ip6Text(address);
    const called = text === host ? host : `${host} (${text})`;
    const made = yield* connectTo(self, settings, address, port);
    if (made === undefined) return 2;
    if ("link" in made) {
      try {
        return yield* useConnection(client, made, called, port);
      } finally {
        made.close();
      }
    }
    if (made.call === "bind") {
      yield* warn(self, `nc: bind failed: ${errnoText(made.errno)}\n`);
      return 1;
    }
    if (settings.verbose) yield* warn(self, failureText(settings, made, called, port));
  }
  return "failed";
}

function failureText(settings: NcSettings, failed: Failed, called: string, port: number): string {
  const how =
    failed.call === "timeout"
      ? "timed out: Operation now in progress"
      : `failed: ${errnoText(failed.errno)}`;
  const protocol = settings.udp ? "udp" : "tcp";
  return `nc: connect to ${called} port ${port} (${protocol}) ${how}\n`;
}

function* useConnection(
  { self, settings, services }: Client,
  { link }: Connected,
  called: string,
  port: number,
): Steps<"reached" | "failed"> {
  const { udp, verbose, numeric } = settings;
  if (udp && verbose && !(yield* probe(self, link, settings))) return "failed";
  if (verbose) {
    const protocol = udp ? "udp" : "tcp";
    const service = numeric ? "*" : (services.get(`${port}/${protocol}`) ?? "*");
    const line = `Connection to ${called} ${port} port [${protocol}/${service}] succeeded!\n`;
    yield* warn(self, line);
  }
  if (!settings.scan) yield* carry(self, link, settings);
  return "reached";
}

/** Sends bytes for some seconds; false as soon as the other side refuses one. */
function* probe(self: Process, link: Link, settings: NcSettings): Steps<boolean> {
  const seconds = settings.timeout === undefined ? 3 : settings.timeout / 1e6;
  if (link.send("X") !== 1) return false;
  for (let second = 0; second <= seconds; second++) {
    if (second > 0) yield* sleep(self, 1e6);
    if (link.send("X") !== 1) return false;
  }
  return true;
}
