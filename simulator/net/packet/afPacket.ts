// Packet sockets (linux/net/packet/af_packet.c, packet(7)): frames as a device sees them, for tcpdump
// and arping, and frames that a program made itself.
//
// How to use one: openPacketSocket(net, {device, protocol}); without a device it hears all devices of
// the namespace, without a protocol (ETH_P_ALL) also what goes out. Block with `yield socket.changed`
// and take frames from `queue` with shift(); look at `error` when it is empty. `accept` is the filter
// (BPF): what it refuses is not counted. Always close() it.
// Policy: a frame is kept as it was when the device had it; the VLAN tag stands beside the bytes, and
// who prints it puts it back (ethernet.ts, taggedFrame). A full queue drops and counts.
// Not simulated: memory-mapped rings, fanout, outgoing frames of sockets for one protocol.

import { ethernetFrame } from "../../wire/ethernet.ts";
import { asSoftirq, devQueueXmit, newSkb } from "../core/dev.ts";
import { setPromiscuity } from "../core/devChange.ts";
import type { Errno } from "../core/errno.ts";
import type { DeviceEvent, NetDevice } from "../core/netDevice.ts";
import { IFF } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { Cause, PacketType, SkBuff, VlanTag } from "../core/skbuff.ts";
import { createWakeQueue, type Wait } from "../core/wakeQueue.ts";

/** One frame at one device. */
export type CapturedFrame = {
  /** The frame's number in its machine. */
  readonly id: number;
  readonly frame: Uint8Array;
  readonly vlan: VlanTag | undefined;
  readonly protocol: number;
  /** "outgoing" for what the device sent. */
  readonly packetType: PacketType;
  readonly dev: NetDevice;
  /** Clock microseconds. */
  readonly time: number;
  readonly cause: Cause | undefined;
};

/** How to open one. */
export type PacketOptions = {
  readonly device?: NetDevice | undefined;
  /** An EtherType; undefined for all. */
  readonly protocol?: number | undefined;
  readonly promiscuous?: boolean;
  readonly accept?: (captured: CapturedFrame) => boolean;
  /** What frames of this socket are for, in one clause. */
  readonly cause?: string;
};

/** A packet socket. */
export type PacketSocket = {
  readonly net: Net;
  readonly device: NetDevice | undefined;
  readonly queue: CapturedFrame[];
  /** Frames that passed the filter, and those of them that found the queue full. */
  received: number;
  dropped: number;
  /** ENETDOWN once the device went down or away; who reports it sets it back to undefined. */
  error: Errno | undefined;
  /** Comes when a frame or an error is there. */
  readonly changed: Wait;
  /** Sends a whole Ethernet frame by the socket's device or another. */
  send(frame: Uint8Array, dev?: NetDevice): Errno | undefined;
  /** Sends a payload with an Ethernet header made for it (SOCK_DGRAM). */
  sendTo(payload: Uint8Array, mac: number, protocol: number, dev?: NetDevice): Errno | undefined;
  close(): void;
};

/** Frames that wait for their reader: about what tcpdump's buffer of 2 MiB holds. */
const MAX_QUEUE = 16_384;

/** Opens a packet socket. */
export function openPacketSocket(net: Net, options: PacketOptions = {}): PacketSocket {
  const { device, protocol } = options;
  const wake = createWakeQueue();
  const take = (skb: SkBuff): void => {
    // What comes back to us of our own broadcasts was seen when it went out.
    if (skb.packetType === "loopback") return;
    const captured = pictureOf(skb);
    if (options.accept !== undefined && !options.accept(captured)) return;
    socket.received++;
    if (socket.queue.length >= MAX_QUEUE) socket.dropped++;
    else socket.queue.push(captured);
    wake.wakeAll();
  };
  const takeOne = (skb: SkBuff): boolean => {
    if (skb.protocol !== protocol) return false;
    take(skb);
    return true;
  };
  const place = device ?? net;
  const listener = (event: DeviceEvent, dev: NetDevice): void => {
    if (dev !== device || (event !== "DOWN" && event !== "UNREGISTER")) return;
    socket.error = "ENETDOWN";
    if (event === "UNREGISTER") unplug();
    wake.wakeAll();
  };
  const { kernel } = net;
  const { deviceListeners } = kernel;
  let promiscuous = options.promiscuous === true && device !== undefined;
  const unplug = (): void => {
    place.taps.delete(take);
    place.protocolTaps.delete(takeOne);
    if (promiscuous && device?.registered === true) setPromiscuity(device, -1);
    promiscuous = false;
  };
  const cause: { cause?: Cause } =
    options.cause === undefined ? {} : { cause: { text: options.cause } };
  const socket: PacketSocket = {
    net,
    device,
    queue: [],
    received: 0,
    dropped: 0,
    error: undefined,
    changed: wake.wait,
    send: (frame, dev = device) => sendFrame(dev, frame, cause),
    sendTo(payload, mac, type, dev = device) {
      if (dev === undefined) return "ENXIO";
      const frame = ethernetFrame({ destination: mac, source: dev.mac, type }, payload);
      return sendFrame(dev, frame, cause);
    },
    close() {
      if (open) kernel.packetSockets -= 1;
      open = false;
      unplug();
      const at = deviceListeners.indexOf(listener);
      if (at >= 0) deviceListeners.splice(at, 1);
    },
  };
  let open = true;
  kernel.packetSockets += 1;
  if (protocol === undefined) place.taps.add(take);
  else place.protocolTaps.add(takeOne);
  if (promiscuous && device !== undefined) setPromiscuity(device, 1);
  if (device !== undefined) deviceListeners.push(listener);
  return socket;
}

function pictureOf(skb: SkBuff): CapturedFrame {
  const { id, frame, vlan, protocol, packetType, dev, time, cause } = skb;
  return { id, frame, vlan, protocol, packetType, dev, time, cause };
}

const HEADER = 14;

function sendFrame(
  dev: NetDevice | undefined,
  frame: Uint8Array,
  cause: { cause?: Cause },
): Errno | undefined {
  if (dev === undefined || !dev.registered) return "ENXIO";
  if ((dev.flags & IFF.UP) === 0) return "ENETDOWN";
  if (frame.length < HEADER) return "EINVAL";
  const tagged = frame[12] === 0x81 && frame[13] === 0;
  if (frame.length > dev.mtu + HEADER + (tagged ? 4 : 0)) return "EMSGSIZE";
  const { kernel } = dev.net;
  const skb = newSkb(kernel, { frame: frame.slice(), dev, ...cause });
  let sent = true;
  asSoftirq(kernel, () => {
    sent = devQueueXmit(skb, dev);
  });
  return sent ? undefined : "ENOBUFS";
}
