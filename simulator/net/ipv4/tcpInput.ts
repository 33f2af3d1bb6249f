// TCP's connections (linux/net/ipv4/tcp_input.c, tcp_minisocks.c): the handshake, data in order, the
// ways to end.
// Policy: the states of RFC 9293. Data that comes early waits for what is missing; the ACK of a FIN
// waits a moment for a FIN of our own.
// Not simulated: simultaneous open, SYN cookies, PAWS, fast retransmission, urgent data.

import { get16, get32 } from "../../wire/bytes.ts";
import { parseTcpOptions, TCP_FLAG, TCP_OPTION } from "../../wire/tcp.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import {
  errnoOfIcmp,
  hears,
  type IcmpReport,
  type TcpProtocol,
  type TcpSegment,
  type TcpSocket,
} from "./inetSocket.ts";
import { count, inetOf } from "./inetState.ts";
import { refuseSegment } from "./tcpIpv4.ts";
import {
  acknowledged,
  armRetransmission,
  connectionKey,
  endConnection,
  push,
  sendAck,
  sendAckSoon,
  sendSegment,
  sequenceAdd,
  sequenceDifference,
  waitForLateSegments,
} from "./tcpOutput.ts";

/** True when a connection or a listener took the segment. */
function receive(segment: TcpSegment): boolean {
  const { dev } = segment.skb;
  const { local, remote, destinationPort, sourcePort } = segment;
  const key = connectionKey(local, destinationPort, remote, sourcePort);
  const connection = inetOf(dev.net).tcpConnections.get(key);
  if (connection !== undefined) {
    toConnection(connection, segment);
    return true;
  }
  const listener = findListener(dev.net, dev, local, destinationPort);
  return listener !== undefined && toListener(listener, segment);
}

function findListener(
  net: Net,
  dev: NetDevice,
  local: number,
  port: number,
): TcpSocket | undefined {
  const fitting = (inetOf(net).tcpListeners.get(port) ?? []).filter(
    (one) => hears(one, dev) && (!one.options.source || one.options.source === local),
  );
  return fitting.find((one) => one.options.source === local) ?? fitting[0];
}

/** True when the listener took the segment. */
function toListener(listener: TcpSocket, segment: TcpSegment): boolean {
  const { flags } = segment;
  if ((flags & TCP_FLAG.RST) !== 0) return true;
  if ((flags & TCP_FLAG.ACK) !== 0) return false;
  if ((flags & TCP_FLAG.SYN) === 0) return true;
  const { net } = listener;
  if (listener.accepted.length > listener.tcp.backlog) {
    count(net, "TcpExt.ListenOverflows");
    count(net, "TcpExt.ListenDrops");
    return true;
  }
  const child = listener.tcp.spawn({ ...listener.options, source: segment.local });
  child.state = "SYN_RECV";
  child.localPort = segment.destinationPort;
  child.destination = segment.remote;
  child.destinationPort = segment.sourcePort;
  const { tcp } = child;
  tcp.parent = listener;
  tcp.receiveNext = sequenceAdd(segment.sequence, 1);
  takeOptions(child, segment);
  tcp.sendWindow = segment.window;
  tcp.sendNext = sequenceAdd(tcp.initialSend, 1);
  const key = connectionKey(segment.local, child.localPort, segment.remote, segment.sourcePort);
  inetOf(net).tcpConnections.set(key, child);
  armRetransmission(child);
  sendSegment(child, TCP_FLAG.SYN | TCP_FLAG.ACK, tcp.initialSend);
  return true;
}

/** What the peer's SYN offers. */
function takeOptions(socket: TcpSocket, segment: TcpSegment): void {
  const { tcp, net } = socket;
  let mss = 536;
  for (const { kind, data } of parseTcpOptions(segment.options)) {
    if (kind === TCP_OPTION.MSS && data.length === 2) mss = get16(data, 0) || 536;
    else if (kind === TCP_OPTION.WSCALE && settingNumber(net, "ipv4/tcp_window_scaling") !== 0) {
      tcp.scaled = true;
      tcp.peerScale = Math.min(14, data[0] ?? 0);
    } else if (kind === TCP_OPTION.TIMESTAMP && settingNumber(net, "ipv4/tcp_timestamps") !== 0) {
      tcp.timestamps = true;
      tcp.peerTime = get32(data, 0);
    }
  }
  tcp.mss = Math.max(48, Math.min(mss, segment.skb.dev.mtu - 40) - (tcp.timestamps ? 12 : 0));
}

function toConnection(socket: TcpSocket, segment: TcpSegment): void {
  if (socket.state === "SYN_SENT") {
    synSent(socket, segment);
    return;
  }
  const { tcp, net } = socket;
  const { flags, sequence } = segment;
  if (socket.state === "TIME_WAIT") {
    if ((flags & TCP_FLAG.RST) !== 0) endConnection(socket);
    else if (segment.data.length > 0 || (flags & TCP_FLAG.FIN) !== 0) sendAck(socket);
    return;
  }
  const offset = sequenceDifference(sequence, tcp.receiveNext);
  if ((flags & TCP_FLAG.RST) !== 0) {
    if (offset !== 0) return;
    if (socket.state !== "SYN_RECV") count(net, "Tcp.EstabResets");
    const closed = socket.state === "CLOSE_WAIT" ? "EPIPE" : "ECONNRESET";
    endConnection(socket, closed);
    return;
  }
  if ((flags & TCP_FLAG.SYN) !== 0) {
    // A SYN that was repeated, or one that makes no sense: say where we are.
    if (socket.state === "SYN_RECV") {
      return void sendSegment(socket, TCP_FLAG.SYN | TCP_FLAG.ACK, tcp.initialSend);
    }
    count(net, "TcpExt.TCPChallengeACK");
    sendAck(socket);
    return;
  }
  if ((flags & TCP_FLAG.ACK) === 0) return;
  noteTime(socket, segment);
  if (!takeAck(socket, segment)) return;
  takeData(socket, segment);
  if (isOpen(socket)) push(socket);
}

function isOpen(socket: TcpSocket): boolean {
  return socket.state !== "CLOSED" && socket.state !== "TIME_WAIT";
}

function noteTime(socket: TcpSocket, segment: TcpSegment): void {
  if (!socket.tcp.timestamps) return;
  const stamp = parseTcpOptions(segment.options).find((one) => one.kind === TCP_OPTION.TIMESTAMP);
  if (stamp !== undefined) socket.tcp.peerTime = get32(stamp.data, 0);
}

function synSent(socket: TcpSocket, segment: TcpSegment): void {
  const { tcp, net } = socket;
  const { flags, acknowledgement } = segment;
  const answers = (flags & TCP_FLAG.ACK) !== 0 && acknowledgement === tcp.sendNext;
  if ((flags & TCP_FLAG.ACK) !== 0 && !answers) {
    if ((flags & TCP_FLAG.RST) === 0) refuseSegment(net, segment);
    return;
  }
  if ((flags & TCP_FLAG.RST) !== 0) {
    if (answers) endConnection(socket, "ECONNREFUSED");
    return;
  }
  if ((flags & TCP_FLAG.SYN) === 0 || !answers) return;
  takeOptions(socket, segment);
  tcp.receiveNext = sequenceAdd(segment.sequence, 1);
  tcp.unacknowledged = acknowledgement;
  tcp.sendWindow = segment.window;
  socket.state = "ESTABLISHED";
  acknowledged(socket);
  sendAck(socket);
  socket.wake.wakeAll();
}

/** The acknowledgement of a segment; false when the connection has ended by it. */
function takeAck(socket: TcpSocket, segment: TcpSegment): boolean {
  const { tcp, net } = socket;
  const { acknowledgement } = segment;
  if (sequenceDifference(acknowledgement, tcp.sendNext) > 0) {
    if (socket.state === "SYN_RECV") refuseSegment(net, segment);
    else sendAck(socket);
    return false;
  }
  tcp.sendWindow = segment.window * 2 ** tcp.peerScale;
  const fresh = sequenceDifference(acknowledgement, tcp.unacknowledged);
  if (socket.state === "SYN_RECV") {
    if (fresh <= 0) return false;
    tcp.unacknowledged = acknowledgement;
    socket.state = "ESTABLISHED";
    count(net, "Tcp.PassiveOpens");
    acknowledged(socket);
    tcp.parent?.accepted.push(socket);
    tcp.parent?.wake.wakeAll();
    return true;
  }
  if (fresh <= 0) return true;
  const bytes = Math.min(fresh, tcp.buffer.length);
  tcp.buffer = tcp.buffer.subarray(bytes);
  tcp.unacknowledged = acknowledgement;
  tcp.confirm = true;
  tcp.inFlight += Math.ceil(bytes / tcp.mss);
  acknowledged(socket);
  if (bytes > 0) socket.wake.wakeAll();
  const finAcknowledged = tcp.finSent && acknowledgement === tcp.sendNext;
  if (!finAcknowledged) return true;
  if (socket.state === "LAST_ACK") {
    endConnection(socket);
    return false;
  }
  if (socket.state === "CLOSING") {
    waitForLateSegments(socket);
    return false;
  }
  if (socket.state === "FIN_WAIT1") {
    socket.state = "FIN_WAIT2";
    const patience = settingNumber(net, "ipv4/tcp_fin_timeout") * 1e6;
    if (socket.closed) {
      tcp.timer = net.kernel.clock.afterJiffies(patience, () => endConnection(socket));
    }
  }
  return true;
}

/** The data and the FIN of a segment. */
function takeData(socket: TcpSocket, segment: TcpSegment): void {
  const { tcp, net } = socket;
  const fin = (segment.flags & TCP_FLAG.FIN) !== 0;
  if (segment.data.length === 0 && !fin) return;
  const offset = sequenceDifference(segment.sequence, tcp.receiveNext);
  if (offset > 0) {
    if (tcp.early.size < 64) tcp.early.set(segment.sequence, { data: segment.data, fin });
    count(net, "TcpExt.TCPOFOQueue");
    sendAck(socket);
    return;
  }
  const old = -offset > segment.data.length || (-offset === segment.data.length && !fin);
  if (old || tcp.finReceived) {
    sendAck(socket);
    return;
  }
  if (socket.closed && segment.data.length > 0) {
    // Nobody will read it any more.
    count(net, "TcpExt.TCPAbortOnData");
    refuseSegment(net, segment);
    endConnection(socket);
    return;
  }
  append(socket, segment.data.subarray(-offset), fin);
  for (let next = tcp.early.get(tcp.receiveNext); next !== undefined; ) {
    tcp.early.delete(tcp.receiveNext);
    append(socket, next.data, next.fin);
    next = tcp.early.get(tcp.receiveNext);
  }
  sendOrFinish(socket);
  socket.wake.wakeAll();
}

function append(socket: TcpSocket, data: Uint8Array, fin: boolean): void {
  const { tcp } = socket;
  if (data.length > 0) {
    tcp.ready.push(data);
    tcp.readyLength += data.length;
  }
  tcp.receiveNext = sequenceAdd(tcp.receiveNext, data.length + Number(fin));
  if (fin) tcp.finReceived = true;
}

function sendOrFinish(socket: TcpSocket): void {
  if (socket.tcp.finReceived && socket.state === "ESTABLISHED") {
    // The program will answer with a FIN soon; one segment is enough for both.
    socket.state = "CLOSE_WAIT";
    sendAckSoon(socket);
    return;
  }
  sendAck(socket);
  if (!socket.tcp.finReceived) return;
  if (socket.state === "FIN_WAIT1") socket.state = "CLOSING";
  else if (socket.state === "FIN_WAIT2") waitForLateSegments(socket);
}

/** False when the quoted segment is of no connection. */
function error(report: IcmpReport): boolean {
  const { net } = report.skb.dev;
  const key = connectionKey(
    report.source,
    get16(report.original, 0),
    report.destination,
    get16(report.original, 2),
  );
  const socket = inetOf(net).tcpConnections.get(key);
  if (socket === undefined) return false;
  const meaning = errnoOfIcmp(report.type, report.code, socket.options.pathMtu);
  if (report.type === 5 || meaning === undefined || meaning.errno === "EMSGSIZE") return true;
  if (socket.state === "SYN_SENT" || socket.state === "SYN_RECV") {
    endConnection(socket, meaning.errno);
  } else socket.tcp.softError = meaning.errno;
  return true;
}

/** What a namespace with TCP sockets has. */
export const tcpProtocol: TcpProtocol = { receive, error };
