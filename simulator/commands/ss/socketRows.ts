// The sockets of a namespace as ss(8) lists them: a row of values for each.
// Policy: listening sockets first, by port; connections as they came.
// Not here: which are shown (filter.ts), columns (ss.ts). Not simulated: raw and packet sockets.

import type { Net } from "../../net/core/netNamespace.ts";
import type { InetSocketBase, TcpSocket, TcpState, UdpSocket } from "../../net/ipv4/inetSocket.ts";
import type { Process } from "../../process/process.ts";

/** One socket. */
export type SocketRow = {
  readonly netid: "udp" | "tcp";
  readonly state: TcpState;
  readonly receive: number;
  readonly send: number;
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  /** 0 for none. */
  readonly remotePort: number;
  /** What -p shows. */
  readonly users: string;
};

/** What the state filter and ss call a state. */
export const STATE_NAMES: Readonly<Record<TcpState, readonly [shown: string, word: string]>> = {
  ESTABLISHED: ["ESTAB", "established"],
  SYN_SENT: ["SYN-SENT", "syn-sent"],
  SYN_RECV: ["SYN-RECV", "syn-recv"],
  FIN_WAIT1: ["FIN-WAIT-1", "fin-wait-1"],
  FIN_WAIT2: ["FIN-WAIT-2", "fin-wait-2"],
  TIME_WAIT: ["TIME-WAIT", "time-wait"],
  CLOSED: ["UNCONN", "closed"],
  CLOSE_WAIT: ["CLOSE-WAIT", "close-wait"],
  LAST_ACK: ["LAST-ACK", "last-ack"],
  LISTEN: ["LISTEN", "listening"],
  CLOSING: ["CLOSING", "closing"],
};

/** All rows: UDP, then TCP. */
export function socketRows(self: Process, net: Net): SocketRow[] {
  const { inet } = net.ip4;
  if (inet === undefined) return [];
  const byPort = <T extends { readonly localPort: number }>(list: readonly T[]) =>
    [...list].sort((a, b) => a.localPort - b.localPort);
  const udp = byPort([...inet.udp.values()].flat());
  const listeners = byPort([...inet.tcpListeners.values()].flat());
  return [
    ...udp.map((socket) => udpRow(self, socket)),
    ...[...listeners, ...inet.tcpConnections.values()].map((socket) => tcpRow(self, socket)),
  ];
}

function udpRow(self: Process, socket: UdpSocket): SocketRow {
  const waiting = socket.received.reduce((sum, { payload }) => sum + payload.length, 0);
  return {
    netid: "udp",
    state: socket.destinationPort === 0 ? "CLOSED" : "ESTABLISHED",
    ...{ receive: waiting, send: 0, users: usersOf(self, socket, 3) },
    ...endsOf(socket),
  };
}

function tcpRow(self: Process, socket: TcpSocket): SocketRow {
  const { state, tcp } = socket;
  const listens = state === "LISTEN";
  const gone = state === "TIME_WAIT";
  const accepted = !listens && socket.options.cause?.startsWith("nc to") !== true;
  return {
    ...{ netid: "tcp", state },
    receive: listens ? socket.accepted.length : tcp.readyLength,
    send: listens ? tcp.backlog : tcp.buffer.length,
    users: gone ? "" : usersOf(self, socket, accepted ? 4 : 3),
    ...endsOf(socket),
  };
}

function endsOf({ options, localPort, destination, destinationPort }: TcpSocket | UdpSocket) {
  return {
    ...{ local: options.source ?? 0, localPort, remote: destination },
    remotePort: destinationPort,
  };
}

/** Who has it: a socket's frames say which process they are of. */
function usersOf(self: Process, { options }: InetSocketBase, fd: number): string {
  const pid = Number(/\(pid (\d+)\)/.exec(options.cause ?? "")?.[1] ?? 0);
  const owner = self.machine.processes.get(pid);
  return owner === undefined ? "" : `users:(("${owner.name}",pid=${pid},fd=${fd}))`;
}
