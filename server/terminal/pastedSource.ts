// Turns a cell's source into what is typed: a bracketed paste and Enter. Nothing in it may act as a
// key: control characters would edit the line, and the end of a paste would leave it.
// Source: xterm's control sequences, bracketed paste mode.

const pasteStart = "\x1b[200~";
const pasteEnd = "\x1b[201~";

/** The keys that type this source at a prompt of Bash and run it. */
export function typedSource(source: string): string {
  const lines = source
    .replaceAll("\r\n", "\n")
    .replaceAll(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/\n+$/, "");
  return `${pasteStart}${lines}${pasteEnd}\r`;
}
