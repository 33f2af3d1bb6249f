// Does this request come from a page of this server? Equality only: Host must be one of a short
// list (DNS rebinding), and Origin, where it is sent or needed, must be "http://" and that Host.
// Cookies do not separate ports, so the cookie alone would let any other page on this machine in.
//
// Source: RFC 9110 (Host), RFC 6454 (Origin), Fetch standard (Sec-Fetch-*).
// Not here: who the reader is (access.ts).

import type { IncomingMessage } from "node:http";
import { networkInterfaces } from "node:os";

/** Why a request is refused. */
export type Refusal = { readonly status: 401 | 403 | 405 | 429; readonly reason: string };

const safeMethods = new Set(["GET", "HEAD"]);
const everywhere = new Set(["0.0.0.0", "::"]);

/** The values of Host under which this server answers. `host` is what it is bound to. */
export function allowedHosts(host: string, port: number): ReadonlySet<string> {
  // Browsers write a name in small letters, however it was given.
  const names = ["127.0.0.1", "localhost", "[::1]", hostInUrl(host).toLowerCase()];
  if (everywhere.has(host)) {
    // Addresses cannot be rebound as names can.
    for (const { address, scopeid } of Object.values(networkInterfaces()).flatMap(
      (all) => all ?? [],
    )) {
      if (!scopeid) {
        names.push(hostInUrl(address));
      }
    }
  }
  const hosts = names.map((name) => `${name}:${port}`);
  // Browsers leave the port of http away.
  return new Set(port === 80 ? [...hosts, ...names] : hosts);
}

/** An address as it stands in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Why this request must not be answered; undefined when it may. */
export function foreign(
  request: IncomingMessage,
  hosts: ReadonlySet<string>,
  upgrade: boolean,
): Refusal | undefined {
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.has(host) || repeated(request, "host")) {
    return { status: 403, reason: "This address is not one of this server's." };
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, reason: "A page of another site asked for this." };
  }
  const unsafe = upgrade || !safeMethods.has(request.method ?? "");
  if (unsafe && origin === undefined) {
    return { status: 403, reason: "The request does not say which page it comes from." };
  }
  if (unsafe && request.headers["sec-fetch-mode"] === "no-cors") {
    return { status: 403, reason: "A page of another site asked for this." };
  }
  return undefined;
}

function repeated(request: IncomingMessage, name: string): boolean {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
  return names.filter((one) => one.toLowerCase() === name).length > 1;
}
