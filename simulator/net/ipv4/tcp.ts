// TCP sockets as programs hold them (linux/net/ipv4/tcp.c, tcp(7)): open, bind, listen, connect,
// accept, send, receive, shut down, close.
// Policy: nothing waits in here; a program yields `changed` and looks at `state`, `error`, `accepted`
// and `receive` again. A closed socket goes on in the kernel until its FIN is through.
// Not simulated: SO_LINGER, fast open, socket buffers' tuning.

import { IPPROTO } from "../../wire/ipv4.ts";
import { TCP_FLAG } from "../../wire/tcp.ts";
import { asSoftirq } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import type { Net } from "../core/netNamespace.ts";
import { routeDatagram } from "./datagramOutput.ts";
import { addressType } from "./fibSemantics.ts";
import { freePort, portConflicts } from "./inetPorts.ts";
import { type SocketOptions, socketBase, type TcpSocket } from "./inetSocket.ts";
import { count, inetOf } from "./inetState.ts";
import { tcpProtocol } from "./tcpInput.ts";
import {
  armRetransmission,
  connectionKey,
  endConnection,
  newControl,
  push,
  sendAck,
  sendRoom,
  sendSegment,
  sequenceAdd,
} from "./tcpOutput.ts";

/** Opens a TCP socket. */
export function openTcpSocket(net: Net, options: SocketOptions = {}): TcpSocket {
  inetOf(net).tcp ??= tcpProtocol;
  const socket: TcpSocket = {
    ...socketBase(net, options),
    kind: "tcp",
    state: "CLOSED",
    localPort: 0,
    destination: 0,
    destinationPort: 0,
    accepted: [],
    tcp: newControl(net, (inherited) => openTcpSocket(net, inherited)),
    bind: (source, port) => bindTcp(socket, source, port),
    listen: (backlog) => listen(socket, backlog),
    connect: (destination, port) => connect(socket, destination, port),
    accept: () => socket.accepted.shift(),
    send: (bytes) => send(socket, bytes),
    receive: (most) => receive(socket, most),
    shutdown: () => shutdown(socket),
    close: () => close(socket),
  };
  return socket;
}

/** Sockets that hold a local port. */
function holders(net: Net, port: number): TcpSocket[] {
  const { tcpListeners, tcpConnections } = inetOf(net);
  const connected = [...tcpConnections.values()].filter((one) => one.localPort === port);
  return [...(tcpListeners.get(port) ?? []), ...connected];
}

function bindTcp(socket: TcpSocket, source: number, wanted: number): Errno | undefined {
  const { net, options } = socket;
  if (socket.localPort !== 0) return "EINVAL";
  if (source !== 0 && addressType(net, source) !== "local") return "EADDRNOTAVAIL";
  const conflicts = (port: number) => {
    const others = holders(net, port);
    const listening = others.some((one) => one.state === "LISTEN");
    return portConflicts(others, source, options, !listening);
  };
  const port = wanted || freePort(net, "any", conflicts);
  if (port === undefined || (wanted !== 0 && conflicts(wanted))) return "EADDRINUSE";
  socket.localPort = port;
  options.source = source;
  return undefined;
}

function listen(socket: TcpSocket, backlog: number): Errno | undefined {
  const { net } = socket;
  if (socket.state !== "CLOSED" && socket.state !== "LISTEN") return "EINVAL";
  if (socket.localPort === 0) {
    const refused = bindTcp(socket, socket.options.source ?? 0, 0);
    if (refused !== undefined) return refused;
  }
  socket.tcp.backlog = Math.max(0, backlog);
  if (socket.state === "LISTEN") return undefined;
  socket.state = "LISTEN";
  const { tcpListeners } = inetOf(net);
  tcpListeners.set(socket.localPort, [...(tcpListeners.get(socket.localPort) ?? []), socket]);
  return undefined;
}

function connect(socket: TcpSocket, wanted: number, port: number): Errno | undefined {
  const { net, options, tcp } = socket;
  if (socket.state !== "CLOSED") return "EISCONN";
  const target = {
    destination: wanted,
    protocol: IPPROTO.TCP,
    sourcePort: socket.localPort,
    destinationPort: port,
  };
  const route = routeDatagram(socket, target);
  if ("errno" in route) {
    if (route.errno === "ENETUNREACH") count(net, "Ip.OutNoRoutes");
    return route.errno === "EACCES" ? "ENETUNREACH" : route.errno;
  }
  if (route.type === "broadcast" || route.type === "multicast") return "ENETUNREACH";
  const destination = wanted || route.source;
  const source = options.source || route.source;
  const { tcpConnections } = inetOf(net);
  const keyOf = (local: number) => connectionKey(source, local, destination, port);
  const local = socket.localPort || freePort(net, "even", (one) => tcpConnections.has(keyOf(one)));
  if (local === undefined || tcpConnections.has(keyOf(local))) return "EADDRNOTAVAIL";
  socket.localPort = local;
  socket.destination = destination;
  socket.destinationPort = port;
  options.source = source;
  socket.state = "SYN_SENT";
  tcpConnections.set(keyOf(local), socket);
  count(net, "Tcp.ActiveOpens");
  asSoftirq(net.kernel, () => {
    tcp.sendNext = sequenceAdd(tcp.initialSend, 1);
    armRetransmission(socket);
    sendSegment(socket, TCP_FLAG.SYN, tcp.initialSend);
  });
  return undefined;
}

function takeError(socket: TcpSocket): Errno | undefined {
  const { error } = socket;
  socket.error = undefined;
  return error;
}

function send(socket: TcpSocket, bytes: Uint8Array): number | Errno {
  const error = takeError(socket);
  if (error !== undefined) return error;
  if (socket.state !== "ESTABLISHED" && socket.state !== "CLOSE_WAIT") return "EPIPE";
  const { tcp, net } = socket;
  if (tcp.finQueued) return "EPIPE";
  const taken = Math.min(bytes.length, sendRoom(tcp));
  if (taken <= 0) return 0;
  const buffer = new Uint8Array(tcp.buffer.length + taken);
  buffer.set(tcp.buffer);
  buffer.set(bytes.subarray(0, taken), tcp.buffer.length);
  tcp.buffer = buffer;
  asSoftirq(net.kernel, () => push(socket));
  return taken;
}

function receive(socket: TcpSocket, most: number): Uint8Array | undefined {
  const { tcp } = socket;
  const first = tcp.ready[0];
  if (first === undefined) {
    const ended = tcp.finReceived || socket.state === "CLOSED" || socket.state === "TIME_WAIT";
    return ended ? new Uint8Array() : undefined;
  }
  const part = first.subarray(0, most);
  if (part.length === first.length) tcp.ready.shift();
  else tcp.ready[0] = first.subarray(most);
  const small = tcp.readyLength > 32768;
  tcp.readyLength -= part.length;
  // The peer may have waited for room.
  if (small && tcp.readyLength <= 32768) asSoftirq(socket.net.kernel, () => sendAck(socket));
  return part;
}

function shutdown(socket: TcpSocket): void {
  const { tcp, net, state } = socket;
  if (tcp.finQueued) return;
  if (state === "SYN_SENT") {
    endConnection(socket);
    return;
  }
  if (state === "ESTABLISHED" || state === "SYN_RECV") socket.state = "FIN_WAIT1";
  else if (state === "CLOSE_WAIT") socket.state = "LAST_ACK";
  else return;
  tcp.finQueued = true;
  asSoftirq(net.kernel, () => push(socket));
}

function close(socket: TcpSocket): void {
  if (socket.closed) return;
  socket.closed = true;
  const { net, tcp } = socket;
  if (socket.state === "LISTEN") {
    const { tcpListeners } = inetOf(net);
    const others = (tcpListeners.get(socket.localPort) ?? []).filter((one) => one !== socket);
    if (others.length === 0) tcpListeners.delete(socket.localPort);
    else tcpListeners.set(socket.localPort, others);
    socket.state = "CLOSED";
    for (const child of socket.accepted.splice(0)) reset(child);
    return;
  }
  // What nobody read is lost, and the peer hears of it.
  if (tcp.readyLength > 0) {
    count(net, "TcpExt.TCPAbortOnClose");
    reset(socket);
    return;
  }
  shutdown(socket);
}

function reset(socket: TcpSocket): void {
  const { net, state, tcp } = socket;
  if (state !== "CLOSED" && state !== "TIME_WAIT") {
    asSoftirq(net.kernel, () => {
      sendSegment(socket, TCP_FLAG.RST | TCP_FLAG.ACK, tcp.sendNext);
      count(net, "Tcp.OutRsts");
    });
  }
  endConnection(socket);
}
