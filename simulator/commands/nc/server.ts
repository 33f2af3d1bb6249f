// nc that listens (-l): for one TCP connection, or with -k for one after another; with -u it takes
// the first who sends something as its peer, with -k whatever comes.
// Not simulated: IPv6, several servers on one port.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import type { SocketOptions, UdpSocket } from "../../net/ipv4/inetSocket.ts";
import { openTcpSocket } from "../../net/ipv4/tcp.ts";
import { openUdpSocket } from "../../net/ipv4/udp.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { ip4Text } from "../../wire/address.ts";
import { nameOfAddress } from "../resolver.ts";
import { findAddresses } from "./addresses.ts";
import type { NcSettings } from "./settings.ts";
import { carry, tcpLink, udpLink } from "./stream.ts";

/** Runs it. */
export function* runServer(self: Process, settings: NcSettings, port: number): Execution {
  if (settings.family === "inet6") {
    yield* warn(self, "vethbook simulator: nc over IPv6 is not simulated\n");
    return 2;
  }
  const host = settings.host ?? settings.source ?? "0.0.0.0";
  const found = yield* findAddresses(self, host, { ...settings, family: "inet" });
  if ("problem" in found) {
    yield* warn(self, `nc: getaddrinfo: ${found.problem}\n`);
    return 1;
  }
  const address = Number(found.addresses[0]);
  const options: SocketOptions = {
    ...{ ttl: settings.ttl, tos: settings.tos, reuse: true },
    cause: `nc at port ${port} (pid ${self.pid})`,
  };
  const place = { address, port, options };
  return settings.udp
    ? yield* serveUdp(self, settings, place)
    : yield* serveTcp(self, settings, place);
}

type Place = { readonly address: number; readonly port: number; readonly options: SocketOptions };

function* serveTcp(self: Process, settings: NcSettings, place: Place): Execution {
  const socket = openTcpSocket(self.net, place.options);
  try {
    const errno = socket.bind(place.address, place.port) ?? socket.listen(1);
    if (errno !== undefined) return yield* refused(self, errno);
    if (settings.verbose) yield* report(self, "Listening on", place, settings);
    do {
      let connection = socket.accept();
      for (; connection === undefined; connection = socket.accept()) yield socket.changed;
      try {
        const peer = { address: connection.destination, port: connection.destinationPort };
        if (settings.verbose) yield* report(self, "Connection received on", peer, settings);
        yield* carry(self, tcpLink(connection), settings);
      } finally {
        connection.close();
      }
    } while (settings.keep);
    return 0;
  } finally {
    socket.close();
  }
}

function* serveUdp(self: Process, settings: NcSettings, place: Place): Execution {
  const socket = openUdpSocket(self.net, place.options);
  try {
    const errno = socket.bind(place.address, place.port);
    if (errno !== undefined) return yield* refused(self, errno);
    if (settings.verbose) yield* report(self, "Bound on", place, settings);
    if (!settings.keep) yield* takePeer(self, settings, socket);
    yield* carry(self, udpLink(socket), settings);
    return 0;
  } finally {
    socket.close();
  }
}

function* takePeer(self: Process, settings: NcSettings, socket: UdpSocket): Steps<void> {
  while (socket.received.length === 0) yield socket.changed;
  const [first] = socket.received;
  if (first === undefined) return;
  socket.connect(first.source, first.port);
  const peer = { address: first.source, port: first.port };
  if (settings.verbose) yield* report(self, "Connection received on", peer, settings);
}

function* refused(self: Process, errno: Errno): Execution {
  yield* warn(self, `nc: ${errnoText(errno)}\n`);
  return 1;
}

/** Without -n nc wants names, and says so when there are none. */
function* report(
  self: Process,
  what: string,
  { address, port }: { address: number; port: number },
  { numeric }: NcSettings,
): Steps<void> {
  const name = numeric ? ip4Text(address) : yield* nameOfAddress(self, address);
  const line =
    name === undefined
      ? "nc: getnameinfo: Temporary failure in name resolution\n"
      : `${what} ${name} ${port}\n`;
  yield* warn(self, line);
}
