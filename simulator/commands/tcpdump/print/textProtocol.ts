// Protocols of lines of text over TCP (print.c's txtproto_print, print-http.c, print-ftp.c,
// print-smtp.c, print-ssh.c): a name, and the first line if it is a command or an answer; with -v all
// lines as long as they are text.
// Not simulated: telnet, POP, IMAP, SIP, RESP.

import { has, type Printer, put, putCut, u8 } from "./printer.ts";

/** A protocol. */
export type TextProtocol = {
  readonly name: string;
  /** Commands that a first line may begin with; undefined: any line will do. */
  readonly commands: ReadonlySet<string> | undefined;
  /** Answers have their code in the second word. */
  readonly codeSecond?: boolean;
};

const HTTP: TextProtocol = {
  name: "http",
  commands: new Set(
    (
      "GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK " +
      "REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE " +
      "PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT " +
      "VERSION-CONTROL BASELINE-CONTROL"
    ).split(" "),
  ),
  codeSecond: true,
};

const FTP: TextProtocol = {
  name: "ftp",
  commands: new Set(
    (
      "ACCT APPE CWD DELE EPRT EPSV HELP LIST MKD MODE NLST NOOP PASS PASV PORT PWD QUIT REIN REST " +
      "RETR RMD RNFR RNTO SITE SIZE STAT STOR STRU SYST TYPE USER"
    ).split(" "),
  ),
};

const SMTP: TextProtocol = { name: "smtp", commands: undefined };
const SSH: TextProtocol = { name: "ssh", commands: new Set() };

const PORTS = new Map<number, TextProtocol>([
  [21, FTP],
  [22, SSH],
  [25, SMTP],
  [80, HTTP],
  [3128, HTTP],
  [8080, HTTP],
]);

/** The protocol of a port that speaks in lines. */
export function textProtocolOf(source: number, destination: number): TextProtocol | undefined {
  return PORTS.get(source) ?? PORTS.get(destination);
}

type Part = { readonly at: number; readonly length: number };

/** Prints the name and the first line of what is at `at`. */
export function printText(printer: Printer, part: Part, protocol: TextProtocol): void {
  const { name, commands } = protocol;
  printer.protocol = name;
  const caps = name.toUpperCase();
  if (protocol === SSH) {
    const start = String.fromCharCode(...printer.bytes.subarray(part.at, part.at + 4));
    if (start === "SSH-") {
      put(printer, `: ${caps}`);
      putLine(printer, ": ", part, 0);
    }
    return;
  }
  put(printer, `: ${caps}`);
  if (commands !== undefined && !isKnown(printer, part, protocol)) return;
  if (printer.options.verbose === 0) {
    putLine(printer, ": ", part, 0);
    return;
  }
  put(printer, `, length: ${part.length}`);
  let index = 0;
  while (index < part.length) {
    const next = putLine(printer, "\n\t", part, index);
    if (next === undefined) return;
    index = next;
  }
}

/** True when the first line begins with a command or is an answer with a code. */
function isKnown(printer: Printer, part: Part, { commands, codeSecond }: TextProtocol): boolean {
  const first = token(printer, part, 0);
  if (first === undefined) return false;
  if (commands?.has(first.word.toUpperCase())) return true;
  const code = codeSecond ? token(printer, part, first.next) : first;
  return code !== undefined && /^\d{3}$/.test(code.word);
}

/** A word of printable characters, and where the next one begins. */
function token(
  printer: Printer,
  { at, length }: Part,
  from: number,
): { word: string; next: number } | undefined {
  let word = "";
  let index = from;
  for (; index < length; index++) {
    if (!has(printer, at + index + 1)) return undefined;
    const byte = u8(printer, at + index);
    if (byte === 32 || (byte >= 9 && byte <= 13)) break;
    if (byte < 32 || byte > 126 || word.length > 30) return undefined;
    word += String.fromCharCode(byte);
  }
  if (word === "") return undefined;
  while (index < length && has(printer, at + index + 1) && u8(printer, at + index) === 32) index++;
  return { word, next: index };
}

/** Prints a line; where the next one begins, or undefined when there is none or this one is no text. */
function putLine(
  printer: Printer,
  prefix: string,
  { at, length }: Part,
  from: number,
): number | undefined {
  let text = "";
  for (let index = from; index < length && has(printer, at + index + 1); index++) {
    const byte = u8(printer, at + index);
    const returned = byte === 13;
    if (returned && (index + 1 >= length || !has(printer, at + index + 2))) break;
    if (byte === 10 || (returned && u8(printer, at + index + 1) === 10)) {
      put(printer, `${prefix}${text}`);
      return index + (returned ? 2 : 1);
    }
    if ((byte < 32 || byte > 126) && byte !== 9) return undefined;
    text += String.fromCharCode(byte);
  }
  // What ends at the end of the packet is shown, what was not captured is not.
  if (has(printer, at + length)) put(printer, `${prefix}${text}`);
  putCut(printer);
  return undefined;
}
