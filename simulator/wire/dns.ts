// DNS messages as a resolver needs them (RFC 1035): a question with one name, and of an answer its
// code and its first record of the type asked for.
// Not simulated: answers that are cut (TCP), EDNS, caching.

import { get16, put16 } from "./bytes.ts";

/** Types of records. */
export const DNS_TYPE = { A: 1, PTR: 12, AAAA: 28 } as const;

/** A recursive question for a name, without a final dot. */
export function dnsQuestion(id: number, name: string, type: number): Uint8Array {
  const labels = name.split(".").filter((label) => label !== "");
  const length = labels.reduce((sum, label) => sum + Math.min(label.length, 63) + 1, 1);
  const message = new Uint8Array(12 + length + 4);
  put16(message, 0, id);
  put16(message, 2, 0x0100);
  put16(message, 4, 1);
  let at = 12;
  for (const label of labels) {
    const bytes = label.slice(0, 63);
    message[at++] = bytes.length;
    for (const character of bytes) message[at++] = character.charCodeAt(0) & 255;
  }
  put16(message, at + 1, type);
  put16(message, at + 3, 1);
  return message;
}

/** What an answer says. */
export type DnsAnswer = {
  readonly id: number;
  /** 0 is no error, 3 is "no such name". */
  readonly code: number;
  /** The name or the address of the first record that fits, as text; IPv6 in 32 hex digits. */
  readonly value: string | undefined;
};

/** Reads an answer to a question of that type; undefined for what is none. */
export function dnsAnswer(message: Uint8Array, type: number): DnsAnswer | undefined {
  if (message.length < 12 || (get16(message, 2) & 0x8000) === 0) return undefined;
  const answer = { id: get16(message, 0), code: get16(message, 2) & 15 };
  let at = 12;
  for (let left = get16(message, 4); left > 0 && at < message.length; left--) {
    at = readName(message, at).end + 4;
  }
  for (let left = get16(message, 6); left > 0 && at < message.length; left--) {
    at = readName(message, at).end;
    const data = at + 10;
    const length = get16(message, at + 8);
    if (get16(message, at) === type && data + length <= message.length) {
      return { ...answer, value: readData(message, data, type) };
    }
    at = data + length;
  }
  return { ...answer, value: undefined };
}

function readData(message: Uint8Array, at: number, type: number): string {
  if (type === DNS_TYPE.A) return [...message.subarray(at, at + 4)].join(".");
  if (type !== DNS_TYPE.AAAA) return readName(message, at).name;
  return [...message.subarray(at, at + 16)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** A name with its pointers followed, and where it ends; pointers that lead nowhere end it. */
function readName(message: Uint8Array, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  for (let steps = 0; steps < 128; steps++) {
    const length = message[at] ?? 0;
    if (length >= 0xc0) {
      end ??= at + 2;
      at = get16(message, at) & 0x3fff;
    } else if (length === 0) break;
    else {
      labels.push(String.fromCharCode(...message.subarray(at + 1, at + 1 + length)));
      at += length + 1;
    }
  }
  return { name: labels.join("."), end: end ?? at + 1 };
}
