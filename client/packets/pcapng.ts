// A capture as a file that Wireshark opens (draft-ietf-opsawg-pcapng): one interface for each device,
// one block for each frame, with its cause or the reason of its end as a comment.

import type { Captured } from "./captured.ts";

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6 };
const OPTION = { end: 0, comment: 1, name: 2, flags: 2 };
const ETHERNET = 1;

/** The bytes of the file; `placeOf` names where a frame was seen. */
export function pcapng(
  frames: readonly Captured[],
  placeOf: (frame: Captured) => string,
): Uint8Array {
  const interfaces = new Map<string, number>();
  const blocks = [
    block(BLOCK.section, [u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)]),
  ];
  for (const frame of frames) {
    const place = placeOf(frame);
    if (interfaces.has(place)) continue;
    interfaces.set(place, interfaces.size);
    const options = [option(OPTION.name, utf8(place)), option(OPTION.end, new Uint8Array())];
    blocks.push(block(BLOCK.interface, [u16(ETHERNET), u16(0), u32(0), ...options]));
  }
  for (const frame of frames) {
    const { bytes, time, out } = frame;
    const comment = commentOf(frame);
    blocks.push(
      block(BLOCK.packet, [
        u32(interfaces.get(placeOf(frame)) ?? 0),
        u32(Math.floor(time / 2 ** 32)),
        u32(time % 2 ** 32),
        u32(bytes.length),
        u32(bytes.length),
        padded(bytes),
        ...(comment === "" ? [] : [option(OPTION.comment, utf8(comment))]),
        option(OPTION.flags, u32(out ? 2 : 1)),
        option(OPTION.end, new Uint8Array()),
      ]),
    );
  }
  return joined(blocks);
}

function commentOf({ cause, dropped }: Captured): string {
  const end = dropped && `Dropped: ${dropped.reason}${dropped.detail && `, ${dropped.detail}`}`;
  return [cause, end].filter(Boolean).join(". ");
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = joined(parts);
  const length = u32(body.length + 12);
  return joined([u32(type), length, body, length]);
}

function option(code: number, value: Uint8Array): Uint8Array {
  return joined([u16(code), u16(value.length), padded(value)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 255, value >>> 8);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
