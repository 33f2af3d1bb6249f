// Characters in byte strings: the shell's locale is C.UTF-8, its strings are bytes.
// Source: RFC 3629.
// Not simulated: widths of characters, combining marks.

const highBytes = /[\x80-\xff]/;
const oneCharacter =
  /[^\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g;

/** The bytes of one character by its number. */
export function encodeUtf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const rest = (shift: number) => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), rest(0));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), rest(6), rest(0));
  return String.fromCharCode(0xf0 | ((code >> 18) & 7), rest(12), rest(6), rest(0));
}

/** True when every byte of it is a character. */
export function isAscii(bytes: string): boolean {
  return !highBytes.test(bytes);
}

/** The characters of a byte string; a byte that belongs to none counts as one. */
export function characters(bytes: string): readonly string[] {
  return isAscii(bytes) ? bytes.split("") : (bytes.match(oneCharacter) ?? []);
}

/** How many characters it has. */
export function characterCount(bytes: string): number {
  return isAscii(bytes) ? bytes.length : characters(bytes).length;
}

/** Changes the characters of a byte string one by one, each seen as JavaScript has it. */
export function mapCharacters(bytes: string, change: (character: string) => string): string {
  if (isAscii(bytes)) return bytes.replace(/[\s\S]/g, change);
  return characters(bytes)
    .map((one) => {
      if (one.length === 1) return one < "\x80" ? change(one) : one;
      const changed = change(String.fromCodePoint(codeOf(one)));
      return [...changed].length === 1 ? encodeUtf8(changed.codePointAt(0) ?? 0) : one;
    })
    .join("");
}

/** The number of the first character. */
export function codeOf(bytes: string): number {
  const [first = ""] = characters(bytes.slice(0, 4));
  if (first.length < 2) return first === "" ? 0 : first.charCodeAt(0);
  const lead = first.charCodeAt(0) & (0xff >> (first.length + 1));
  return [...first.slice(1)].reduce(
    (code, byte) => (code << 6) | (byte.charCodeAt(0) & 0x3f),
    lead,
  );
}
