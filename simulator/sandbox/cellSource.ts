// A cell's source as it is typed: nothing in it may act as a key.
// Source: server/terminal, which types it as a bracketed paste.

import { utf8 } from "../../shared/utf8.ts";
import type { ByteString } from "../process/process.ts";
import { byteString } from "./byteQueue.ts";

/** The bytes that stand for the source: no control characters but tabs and line ends, none at the end. */
export function cellSource(source: string): ByteString {
  const plain = source
    .replaceAll("\r\n", "\n")
    .replaceAll(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/\n+$/, "");
  return byteString(utf8(plain));
}
