// TCP's sending side (linux/net/ipv4/tcp_output.c, tcp_timer.c): segments, acknowledgements,
// retransmission.
// Policy: what Linux shows of a short conversation: its options in its order, a window that is a
// multiple of the scale, PSH on the last segment of what was written, exponential retransmission from
// 1 s (SYN) or 200 ms. The window in flight grows as in slow start and never shrinks.
// Not simulated: congestion control, SACK blocks (the option is offered), delayed ACKs of data, keepalive,
// segmentation offload, zero-window probes beyond retransmission, urgent data, ECN.

import type { Timer } from "../../clock.ts";
import { put16, put32 } from "../../wire/bytes.ts";
import { IPPROTO, pseudoSum4 } from "../../wire/ipv4.ts";
import { TCP_FLAG, TCP_OPTION, tcpBytes } from "../../wire/tcp.ts";
import { partialChecksum } from "../../wire/udp.ts";
import type { Errno } from "../core/errno.ts";
import type { Net } from "../core/netNamespace.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { confirmNextHop, routeDatagram } from "./datagramOutput.ts";
import type { SocketOptions, TcpSocket } from "./inetSocket.ts";
import { count, inetOf } from "./inetState.ts";
import { sendIp } from "./ipOutput.ts";

/** What a connection knows. Sequence numbers are unsigned 32-bit numbers. */
export type TcpControl = {
  /** First sequence number, first one not acknowledged, next one to send. */
  initialSend: number;
  unacknowledged: number;
  sendNext: number;
  /** What the peer takes, in bytes. */
  sendWindow: number;
  /** Our window while nothing waits to be read: whole segments of what we announced as our MSS. */
  ownWindow: number;
  receiveNext: number;
  /** Largest segment, without options. */
  mss: number;
  /** Segments that may be in flight. */
  inFlight: number;
  peerScale: number;
  scaled: boolean;
  timestamps: boolean;
  peerTime: number;
  timeOffset: number;
  identifier: number;
  /** What was written and is not acknowledged, from `unacknowledged` on. */
  buffer: Uint8Array;
  finQueued: boolean;
  finSent: boolean;
  /** What was received in order and not read; pieces that came early, by sequence number. */
  readonly ready: Uint8Array[];
  readyLength: number;
  readonly early: Map<number, { data: Uint8Array; fin: boolean }>;
  finReceived: boolean;
  timer: Timer | undefined;
  tries: number;
  timeout: number;
  /** Makes the socket of a new connection; a listener's. */
  readonly spawn: (options: SocketOptions) => TcpSocket;
  /** The socket that listens, until the connection was accepted. */
  parent: TcpSocket | undefined;
  backlog: number;
  /** What ICMP said last while connecting. */
  softError: Errno | undefined;
  /** The peer has acknowledged something, so the next hop works; told with the next segment. */
  confirm: boolean;
  /** Runs while an acknowledgement waits for something to go along with. */
  ackTimer: Timer | undefined;
};

const RECEIVE_BUFFER = 65535;
const MOST_SEGMENT = 65535 - 40;
const SEND_BUFFER = 65536;
const FIRST_TIMEOUT = 1e6;
const LEAST_TIMEOUT = 200_000;
const MOST_TIMEOUT = 120e6;
const TIME_WAIT = 60e6;
const DELAYED_ACK = 40_000;

/** The state of a connection that has not begun. */
export function newControl(net: Net, spawn: TcpControl["spawn"]): TcpControl {
  const { random } = net.kernel;
  const first = Math.floor(random.fraction() * 2 ** 32);
  return {
    initialSend: first,
    unacknowledged: first,
    sendNext: first,
    sendWindow: 0,
    ownWindow: RECEIVE_BUFFER,
    receiveNext: 0,
    mss: 536,
    inFlight: 10,
    peerScale: 0,
    scaled: false,
    timestamps: false,
    peerTime: 0,
    timeOffset: Math.floor(random.fraction() * 2 ** 32),
    identifier: random.below(0x10000),
    buffer: new Uint8Array(),
    finQueued: false,
    finSent: false,
    ready: [],
    readyLength: 0,
    early: new Map(),
    finReceived: false,
    timer: undefined,
    tries: 0,
    timeout: FIRST_TIMEOUT,
    spawn,
    parent: undefined,
    backlog: 0,
    softError: undefined,
    confirm: false,
    ackTimer: undefined,
  };
}

/** a - b for sequence numbers: negative when a comes before b. */
export function sequenceDifference(a: number, b: number): number {
  return (a - b) | 0;
}

/** Adds to a sequence number. */
export function sequenceAdd(a: number, by: number): number {
  return (a + by) >>> 0;
}

/** The key of a connection in InetState. */
export function connectionKey(
  local: number,
  localPort: number,
  remote: number,
  remotePort: number,
): string {
  return `${local}:${localPort}-${remote}:${remotePort}`;
}

/** Room for what programs write. */
export function sendRoom(tcp: TcpControl): number {
  return SEND_BUFFER - tcp.buffer.length;
}

/** The power of two by which our window is scaled (tcp_select_initial_window). */
function ourScale(net: Net): number {
  const most = Number(net.ip4.values.get("tcp_rmem")?.split("\t")[2] ?? 643552);
  return Math.min(14, Math.max(0, Math.floor(Math.log2(Math.max(most, 1))) - 15));
}

function milliseconds(socket: TcpSocket): number {
  const { clock } = socket.net.kernel;
  return (Math.floor((clock.now - clock.start) / 1000) + socket.tcp.timeOffset) >>> 0;
}

function optionsOf(socket: TcpSocket, syn: boolean, mss: number): Uint8Array {
  const { tcp, net } = socket;
  const first = socket.state === "SYN_SENT";
  const timestamps = first ? settingNumber(net, "ipv4/tcp_timestamps") !== 0 : tcp.timestamps;
  const bytes: number[] = [];
  if (syn) {
    bytes.push(TCP_OPTION.MSS, 4, mss >> 8, mss & 255, TCP_OPTION.SACK_OK, 2);
    if (!timestamps) bytes.push(TCP_OPTION.NOP, TCP_OPTION.NOP);
  } else if (timestamps) bytes.push(TCP_OPTION.NOP, TCP_OPTION.NOP);
  if (timestamps) {
    const stamp = new Uint8Array(10);
    stamp[0] = TCP_OPTION.TIMESTAMP;
    stamp[1] = 10;
    put32(stamp, 2, milliseconds(socket));
    put32(stamp, 6, tcp.peerTime);
    bytes.push(...stamp);
  }
  const scales = first ? settingNumber(net, "ipv4/tcp_window_scaling") !== 0 : tcp.scaled;
  if (syn && scales) bytes.push(TCP_OPTION.NOP, TCP_OPTION.WSCALE, 3, ourScale(net));
  return Uint8Array.from(bytes);
}

function windowOf(socket: TcpSocket, syn: boolean, mss: number): number {
  const { tcp } = socket;
  if (syn) {
    // Who answers knows already that each segment has room for the timestamps to leave.
    const whole = mss - (socket.state !== "SYN_SENT" && tcp.timestamps ? 12 : 0);
    tcp.ownWindow = RECEIVE_BUFFER - (RECEIVE_BUFFER % Math.max(whole, 1));
    return tcp.ownWindow;
  }
  const room = Math.max(0, tcp.ownWindow - tcp.readyLength);
  return tcp.scaled ? Math.min(0xffff, Math.ceil(room / 2 ** ourScale(socket.net))) : room;
}

/** Sends one segment of a connection; `at` is its sequence number. */
export function sendSegment(
  socket: TcpSocket,
  flags: number,
  at: number,
  payload: Uint8Array = new Uint8Array(),
): Errno | undefined {
  const { net, tcp } = socket;
  const target = {
    destination: socket.destination,
    protocol: IPPROTO.TCP,
    sourcePort: socket.localPort,
    destinationPort: socket.destinationPort,
  };
  const route = routeDatagram(socket, target);
  if ("errno" in route) return route.errno;
  if (tcp.confirm) confirmNextHop(route);
  tcp.confirm = false;
  tcp.ackTimer?.cancel();
  tcp.ackTimer = undefined;
  const syn = (flags & TCP_FLAG.SYN) !== 0;
  const mss = Math.min(route.route?.metrics.get("advmss") ?? route.mtu - 40, MOST_SEGMENT);
  const segment = tcpBytes(
    {
      sourcePort: socket.localPort,
      destinationPort: socket.destinationPort,
      sequence: at,
      acknowledgement: (flags & TCP_FLAG.ACK) !== 0 ? tcp.receiveNext : 0,
      flags,
      window: windowOf(socket, syn, mss),
      options: optionsOf(socket, syn, mss),
    },
    payload,
  );
  const source = socket.options.source || route.source;
  const sum = pseudoSum4(source, socket.destination, IPPROTO.TCP, segment.length);
  put16(segment, 16, partialChecksum(sum));
  const synAck = syn && (flags & TCP_FLAG.ACK) !== 0;
  if (!synAck) tcp.identifier = (tcp.identifier + 1) & 0xffff;
  const { cause } = socket.options;
  count(net, "Tcp.OutSegs");
  return sendIp(
    net,
    route,
    {
      source,
      destination: socket.destination,
      protocol: IPPROTO.TCP,
      tos: socket.options.tos ?? 0,
      ttl: socket.options.ttl,
      dontFragment: settingNumber(net, "ipv4/ip_no_pmtu_disc") === 0,
      id: synAck ? 0 : tcp.identifier,
      ...(cause === undefined ? {} : { cause: { text: cause } }),
    },
    segment,
  );
}

/** Acknowledges what has come. */
export function sendAck(socket: TcpSocket): void {
  sendSegment(socket, TCP_FLAG.ACK, socket.tcp.sendNext);
}

/** Acknowledges within 40 ms, with data or a FIN of our own if one comes until then. */
export function sendAckSoon(socket: TcpSocket): void {
  const { tcp, net } = socket;
  tcp.ackTimer ??= net.kernel.clock.afterJiffies(DELAYED_ACK, () => {
    tcp.ackTimer = undefined;
    count(net, "TcpExt.DelayedACKs");
    sendAck(socket);
  });
}

/** Sends what the windows allow of what was written, and a FIN behind the last of it. */
export function push(socket: TcpSocket): void {
  const { tcp, net } = socket;
  const allowed = Math.min(tcp.sendWindow, tcp.inFlight * tcp.mss);
  for (;;) {
    const sent = sequenceDifference(tcp.sendNext, tcp.unacknowledged);
    const rest = tcp.buffer.length - sent;
    const length = Math.min(rest, tcp.mss, allowed - sent);
    if (rest <= 0 || length <= 0) break;
    const last = length === rest;
    const flags = TCP_FLAG.ACK | (last ? TCP_FLAG.PSH : 0);
    count(net, "TcpExt.TCPOrigDataSent");
    const at = tcp.sendNext;
    tcp.sendNext = sequenceAdd(at, length);
    sendSegment(socket, flags, at, tcp.buffer.slice(sent, sent + length));
  }
  const all = sequenceDifference(tcp.sendNext, tcp.unacknowledged) === tcp.buffer.length;
  if (tcp.finQueued && !tcp.finSent && all) {
    tcp.finSent = true;
    const at = tcp.sendNext;
    tcp.sendNext = sequenceAdd(at, 1);
    sendSegment(socket, TCP_FLAG.FIN | TCP_FLAG.ACK, at);
  }
  const waits = tcp.sendNext !== tcp.unacknowledged || tcp.buffer.length > 0;
  if (waits && tcp.timer === undefined) armRetransmission(socket);
}

/** Starts the timer of the oldest segment that is not acknowledged. */
export function armRetransmission(socket: TcpSocket): void {
  const { tcp, net } = socket;
  tcp.timer?.cancel();
  tcp.timer = net.kernel.clock.afterJiffies(tcp.timeout, () => {
    tcp.timer = undefined;
    retransmit(socket);
  });
}

/** Something was acknowledged: the count of tries begins anew. */
export function acknowledged(socket: TcpSocket): void {
  const { tcp } = socket;
  tcp.tries = 0;
  tcp.timeout = LEAST_TIMEOUT;
  tcp.timer?.cancel();
  tcp.timer = undefined;
  if (tcp.sendNext !== tcp.unacknowledged) armRetransmission(socket);
}

function retransmit(socket: TcpSocket): void {
  const { tcp, net } = socket;
  const connecting = socket.state === "SYN_SENT" || socket.state === "SYN_RECV";
  const limit = settingNumber(
    net,
    socket.state === "SYN_SENT"
      ? "ipv4/tcp_syn_retries"
      : connecting
        ? "ipv4/tcp_synack_retries"
        : "ipv4/tcp_retries2",
  );
  count(net, "TcpExt.TCPTimeouts");
  if (tcp.tries >= limit) {
    endConnection(socket, tcp.softError ?? "ETIMEDOUT");
    return;
  }
  tcp.tries++;
  tcp.timeout = Math.min(tcp.timeout * 2, MOST_TIMEOUT);
  count(net, "Tcp.RetransSegs");
  if (socket.state === "SYN_SENT") sendSegment(socket, TCP_FLAG.SYN, tcp.initialSend);
  else if (connecting) sendSegment(socket, TCP_FLAG.SYN | TCP_FLAG.ACK, tcp.initialSend);
  else if (tcp.buffer.length > 0) {
    const data = tcp.buffer.slice(0, tcp.mss);
    sendSegment(socket, TCP_FLAG.ACK | TCP_FLAG.PSH, tcp.unacknowledged, data);
    const end = sequenceAdd(tcp.unacknowledged, data.length);
    if (sequenceDifference(tcp.sendNext, end) < 0) tcp.sendNext = end;
  } else if (tcp.finSent) sendSegment(socket, TCP_FLAG.FIN | TCP_FLAG.ACK, tcp.unacknowledged);
  armRetransmission(socket);
}

/** Forgets a connection; its program hears of the error, if there is one. */
export function endConnection(socket: TcpSocket, error?: Errno): void {
  const { tcp, net } = socket;
  tcp.timer?.cancel();
  tcp.timer = undefined;
  tcp.ackTimer?.cancel();
  tcp.ackTimer = undefined;
  if (socket.state === "SYN_SENT" || socket.state === "SYN_RECV") count(net, "Tcp.AttemptFails");
  socket.state = "CLOSED";
  socket.error ??= error;
  const source = socket.options.source ?? 0;
  const { destination, destinationPort, localPort } = socket;
  const key = connectionKey(source, localPort, destination, destinationPort);
  const { tcpConnections } = inetOf(net);
  if (tcpConnections.get(key) === socket) tcpConnections.delete(key);
  socket.wake.wakeAll();
}

/** Waits so that late segments of the connection meet somebody (TIME-WAIT, 60 s). */
export function waitForLateSegments(socket: TcpSocket): void {
  const { tcp, net } = socket;
  if (socket.state !== "TIME_WAIT") count(net, "TcpExt.TW");
  socket.state = "TIME_WAIT";
  tcp.timer?.cancel();
  tcp.timer = net.kernel.clock.afterJiffies(TIME_WAIT, () => endConnection(socket));
  socket.wake.wakeAll();
}
