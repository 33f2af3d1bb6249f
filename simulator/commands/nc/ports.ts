// The ports that nc is to try: numbers, names of services, and ranges such as 79-81.
// Not here: what is done with them (nc.ts).

import type { Random } from "../../random.ts";
import { type NcStop, wrongNumber } from "./settings.ts";

/** All of them in their order; `services` has names by "80/tcp". */
export function readPorts(
  words: readonly string[],
  services: ReadonlyMap<string, string>,
  protocol: "tcp" | "udp",
): number[] | NcStop {
  const ports: number[] = [];
  for (const word of words) {
    const named = [...services].find(
      ([port, name]) => name === word && port.endsWith(`/${protocol}`),
    );
    if (named !== undefined) {
      ports.push(Number.parseInt(named[0], 10));
      continue;
    }
    const dash = word.indexOf("-");
    const ends = dash > 0 ? [word.slice(0, dash), word.slice(dash + 1)] : [word];
    for (const end of ends) {
      const wrong = wrongNumber(end, 1, 65535);
      if (wrong !== undefined) return { text: `nc: port number ${wrong}: ${end}\n` };
    }
    const [low = 0, high = low] = ends.map(Number).sort((a, b) => a - b);
    for (let port = low; port <= high; port++) ports.push(port);
  }
  return ports;
}

/** Puts them into an order of chance (-r). */
export function shuffle(ports: number[], random: Random): void {
  for (let at = ports.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    const port = ports[at] ?? 0;
    ports[at] = ports[other] ?? 0;
    ports[other] = port;
  }
}
