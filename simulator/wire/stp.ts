// Spanning tree BPDUs (IEEE 802.1D-1998, section 9) in an 802.3 frame with an 802.2 LLC header:
//
//    0      6      12     14   15   16      17 …
//   | dst  | src  | len  | 42 | 42 | 03  | protocol 0 | version | type | …
//
// Configuration BPDU, from offset 17: 2 protocol, 1 version, 1 type, 1 flags, 8 root, 4 cost, 8 bridge,
// 2 port, 2 message age, 2 max age, 2 hello time, 2 forward delay; times in 1/256 s. A topology change
// notification (TCN) ends after the type.
// Policy: ids are 64-bit numbers, priority in the upper 16 bits, MAC in the lower 48.
// Not here: rapid spanning tree; its BPDUs are recognised by version 2 and read as far as they agree.

import { get16, get32, getMac, put16, put32, putMac } from "./bytes.ts";

/** 01:80:c2:00:00:00, to which BPDUs are sent. */
export const BRIDGE_GROUP_MAC = 0x0180c2000000;

/** Type field of a BPDU. */
const BPDU_TYPE = { CONFIG: 0, RSTP: 2, TCN: 0x80 } as const;

/** What a configuration BPDU says. Times are in 1/256 s. */
export type ConfigBpdu = {
  readonly topologyChange: boolean;
  readonly topologyChangeAck: boolean;
  readonly root: bigint;
  readonly rootPathCost: number;
  readonly bridge: bigint;
  readonly port: number;
  readonly messageAge: number;
  readonly maxAge: number;
  readonly helloTime: number;
  readonly forwardDelay: number;
};

/** A BPDU: a configuration, or a topology change notification. */
export type Bpdu =
  | { readonly type: "config"; readonly version: number; readonly config: ConfigBpdu }
  | { readonly type: "tcn"; readonly version: number };

const LLC = 14;
const START = 17;
const CONFIG_LENGTH = 35;
const TCN_LENGTH = 4;

/** A bridge id of priority and MAC. */
export function bridgeId(priority: number, mac: number): bigint {
  return (BigInt(priority) << 48n) | BigInt(mac);
}

/** Priority of a bridge id. */
function idPriority(id: bigint): number {
  return Number(id >> 48n);
}

/** MAC of a bridge id. */
export function idMac(id: bigint): number {
  return Number(id & 0xffffffffffffn);
}

/** The frame of a configuration BPDU. */
export function configFrame(destination: number, source: number, bpdu: ConfigBpdu): Uint8Array {
  const frame = emptyFrame(destination, source, CONFIG_LENGTH);
  frame[START + 4] = (bpdu.topologyChange ? 0x01 : 0) | (bpdu.topologyChangeAck ? 0x80 : 0);
  putId(frame, START + 5, bpdu.root);
  put32(frame, START + 13, bpdu.rootPathCost);
  putId(frame, START + 17, bpdu.bridge);
  put16(frame, START + 25, bpdu.port);
  put16(frame, START + 27, bpdu.messageAge);
  put16(frame, START + 29, bpdu.maxAge);
  put16(frame, START + 31, bpdu.helloTime);
  put16(frame, START + 33, bpdu.forwardDelay);
  return frame;
}

/** The frame of a topology change notification. */
export function tcnFrame(destination: number, source: number): Uint8Array {
  const frame = emptyFrame(destination, source, TCN_LENGTH);
  frame[START + 3] = BPDU_TYPE.TCN;
  return frame;
}

/** The BPDU in a frame, or undefined when there is none or it is cut short. */
export function parseBpdu(frame: Uint8Array): Bpdu | undefined {
  if (frame.length < START + TCN_LENGTH || get16(frame, LLC) !== 0x4242 || frame[LLC + 2] !== 3) {
    return undefined;
  }
  if (get16(frame, START) !== 0) return undefined;
  const version = frame[START + 2] ?? 0;
  const type = frame[START + 3];
  if (type === BPDU_TYPE.TCN) return { type: "tcn", version };
  if (type !== BPDU_TYPE.CONFIG && type !== BPDU_TYPE.RSTP) return undefined;
  if (frame.length < START + CONFIG_LENGTH) return undefined;
  const flags = frame[START + 4] ?? 0;
  return {
    type: "config",
    version,
    config: {
      topologyChange: (flags & 0x01) !== 0,
      topologyChangeAck: (flags & 0x80) !== 0,
      root: getId(frame, START + 5),
      rootPathCost: get32(frame, START + 13),
      bridge: getId(frame, START + 17),
      port: get16(frame, START + 25),
      messageAge: get16(frame, START + 27),
      maxAge: get16(frame, START + 29),
      helloTime: get16(frame, START + 31),
      forwardDelay: get16(frame, START + 33),
    },
  };
}

function emptyFrame(destination: number, source: number, length: number): Uint8Array {
  const frame = new Uint8Array(START + length);
  putMac(frame, 0, destination);
  putMac(frame, 6, source);
  put16(frame, 12, 3 + length);
  put16(frame, LLC, 0x4242);
  frame[LLC + 2] = 3;
  return frame;
}

function getId(frame: Uint8Array, at: number): bigint {
  return bridgeId(get16(frame, at), getMac(frame, at + 2));
}

function putId(frame: Uint8Array, at: number, id: bigint): void {
  put16(frame, at, idPriority(id));
  putMac(frame, at + 2, idMac(id));
}
