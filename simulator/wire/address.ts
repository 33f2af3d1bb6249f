// Addresses between text and value: MAC (48-bit number), IPv4 (unsigned 32-bit number), IPv6 (32
// lower-case hex digits, printed as RFC 5952 says).
// Not here: prefixes and what commands accept beside an address ("default", "any").

/** A MAC address as six bytes in hex: 0x0200_0500_0011 → "02:00:05:00:00:11". */
export function macText(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, "0")
    .replace(/(..)(?=.)/g, "$1:");
}

/** The MAC address of a text such as "2:0:5:0:0:11", or undefined. */
export function parseMac(text: string): number | undefined {
  const parts = text.split(":");
  if (parts.length !== 6 || !parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part))) return undefined;
  return parts.reduce((mac, part) => mac * 256 + Number.parseInt(part, 16), 0);
}

/** True for a group address, broadcast included. */
export function isGroupMac(mac: number): boolean {
  return (Math.floor(mac / 0x10000000000) & 1) === 1;
}

/** ff:ff:ff:ff:ff:ff. */
export const BROADCAST_MAC = 0xffffffffffff;

/** An IPv4 address in dotted form. */
export function ip4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The address of a text with four decimal bytes, or undefined. */
export function parseIp4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((address, part) => address * 256 + Number(part), 0);
}

/** The netmask of a prefix length from 0 to 32. */
export function mask4(prefixLength: number): number {
  return prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
}

/** An IPv6 address as RFC 5952 prints it; `::ffff:a.b.c.d` for mapped ones. */
export function ip6Text(address: string): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number.parseInt(address.slice(index * 4, index * 4 + 4), 16),
  );
  if (address.startsWith("00000000000000000000ffff")) {
    return `::ffff:${ip4Text(Number.parseInt(address.slice(24), 16))}`;
  }
  const zeros = longestZeroRun(groups);
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  if (zeros === undefined) return text(0, 8);
  return `${text(0, zeros.from)}::${text(zeros.from + zeros.length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { from: number; length: number } | undefined {
  let best: { from: number; length: number } | undefined;
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (from + length < 8 && groups[from + length] === 0) length++;
    if (length > 1 && length > (best?.length ?? 1)) best = { from, length };
  }
  return best;
}

/** The address of a text as inet_pton(3) reads it, or undefined. */
export function parseIp6(text: string): string | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || text.length > 45) return undefined;
  const sides = halves.map((half) => (half === "" ? [] : groupsOf(half)));
  const [head, tail] = sides;
  if (head === undefined || sides.some((side) => side === undefined)) return undefined;
  if (tail === undefined)
    return halves.length === 1 && head.length === 8 ? head.join("") : undefined;
  const missing = 8 - head.length - tail.length;
  if (missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => "0000"), ...tail].join("");
}

/** The 16-bit groups of one side of "::"; a dotted IPv4 address may stand last. */
function groupsOf(text: string): string[] | undefined {
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  const dotted = last.includes(".") ? parseIp4(last) : undefined;
  if (last.includes(".")) {
    if (dotted === undefined) return undefined;
    const hex = dotted.toString(16).padStart(8, "0");
    parts.splice(-1, 1, hex.slice(0, 4), hex.slice(4));
  }
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  return parts.map((part) => part.toLowerCase().padStart(4, "0"));
}
