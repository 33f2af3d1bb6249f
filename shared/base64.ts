// Bytes as base64 (RFC 4648 §4), where neither Node.js nor a browser may be assumed.
// Not here: reading it back, which only pages do.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bytes in base64 with padding. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const digits = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    const kept = Math.min(4, bytes.length - at + 1);
    text += digits.map((digit, index) => (index < kept ? DIGITS[digit] : "=")).join("");
  }
  return text;
}
