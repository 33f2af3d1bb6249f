// Makes nc's connections: a bound and connected socket, or why there is none.
// Not simulated: IPv6 beyond the answer that no program of this machine listens there.

import type { Errno } from "../../net/core/errno.ts";
import type { SocketOptions, TcpSocket, UdpSocket } from "../../net/ipv4/inetSocket.ts";
import { openTcpSocket } from "../../net/ipv4/tcp.ts";
import { openUdpSocket } from "../../net/ipv4/udp.ts";
import { routeOutput6 } from "../../net/ipv6/route6.ts";
import { timeout, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { anyOf, type Steps } from "../../process/wait.ts";
import { ip4Text } from "../../wire/address.ts";
import { findAddresses } from "./addresses.ts";
import type { NcSettings } from "./settings.ts";
import { type Link, tcpLink, udpLink } from "./stream.ts";

/** A connection; always close it. */
export type Connected = { readonly link: Link; close(): void };

/** Why there is none. */
export type Failed = { readonly errno: Errno; readonly call?: "bind" | "timeout" };

/** Connects; undefined: out of reach here, which has been said. */
export function* connectTo(
  self: Process,
  settings: NcSettings,
  address: number | string,
  port: number,
): Steps<Connected | Failed | undefined> {
  if (typeof address === "string") return yield* connect6(self, address);
  const options: SocketOptions = {
    ...{ ttl: settings.ttl, tos: settings.tos, broadcast: settings.broadcast, reuse: true },
    cause: `nc to ${ip4Text(address)} port ${port} (pid ${self.pid})`,
  };
  const socket = settings.udp ? openUdpSocket(self.net, options) : openTcpSocket(self.net, options);
  let kept = false;
  try {
    const refused = yield* bindSource(self, settings, socket);
    if (refused !== undefined) return { errno: refused, call: "bind" };
    const errno = socket.connect(address, port);
    if (errno !== undefined) return { errno };
    if (socket.kind === "tcp") {
      const failed = yield* awaitConnection(self, socket, settings.timeout);
      if (failed !== undefined) return failed;
    }
    kept = true;
    const link = socket.kind === "tcp" ? tcpLink(socket) : udpLink(socket);
    return { link, close: () => socket.close() };
  } finally {
    if (!kept) socket.close();
  }
}

function* bindSource(
  self: Process,
  settings: NcSettings,
  socket: TcpSocket | UdpSocket,
): Steps<Errno | undefined> {
  const { source, sourcePort } = settings;
  if (source === undefined && sourcePort === undefined) return undefined;
  const from = yield* findAddresses(self, source ?? "0.0.0.0", settings);
  const local = "problem" in from ? undefined : from.addresses[0];
  return typeof local === "number" ? socket.bind(local, Number(sourcePort ?? 0)) : "EADDRNOTAVAIL";
}

function* awaitConnection(
  self: Process,
  socket: TcpSocket,
  patience: number | undefined,
): Steps<Failed | undefined> {
  const { clock } = self.machine;
  const end = patience === undefined ? undefined : clock.now + patience;
  while (socket.state === "SYN_SENT" || socket.state === "SYN_RECV") {
    if (end !== undefined && clock.now >= end) return { errno: "ETIMEDOUT", call: "timeout" };
    yield end === undefined
      ? socket.changed
      : anyOf(socket.changed, timeout(self, end - clock.now));
  }
  const { error } = socket;
  if (error === undefined) return undefined;
  socket.error = undefined;
  return { errno: error };
}

function* connect6(self: Process, address: string): Steps<Failed | undefined> {
  const route = routeOutput6(self.net, { destination: address });
  if ("errno" in route) return { errno: route.errno };
  if (route.dev === self.net.loopback) return { errno: "ECONNREFUSED" };
  yield* warn(self, "vethbook simulator: nc over IPv6 is not simulated\n");
  return undefined;
}
