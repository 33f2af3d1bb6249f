// `base64` of coreutils 9.1 (base64(1), RFC 4648).
// Not simulated: --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { ByteString, Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { fail, tryHelp } from "../complain.ts";
import { quote, quoteIfNeeded } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions } from "../tool.ts";
import { readWhole } from "./checksums.ts";

const TABLE = { short: "diw:", long: { decode: "d", "ignore-garbage": "i", wrap: "w:" } };

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encodes bytes as letters, or decodes them. */
export function* base64(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  const [name = "-", extra] = given.operands;
  if (extra !== undefined) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ${quote(extra)}`);
  }
  const wrap = lastValue(given, "w") ?? "76";
  if (!/^\d+$/.test(wrap)) return yield* fail(self, `invalid wrap size: ${quote(wrap)}`);
  const bytes = yield* readWhole(self, name);
  if (typeof bytes !== "string") {
    return yield* fail(self, `${quoteIfNeeded(name)}: ${errnoText(bytes.errno)}`);
  }
  const tool = openTool(self);
  if (!has(given, "d")) {
    const width = Number(wrap);
    const text = encode(bytes);
    for (let at = 0; at < text.length; at += width || text.length) {
      tool.add(text.slice(at, width === 0 ? undefined : at + width) + (width === 0 ? "" : "\n"));
      yield* tool.flush();
    }
    return yield* tool.end(0);
  }
  const clean = bytes.replace(has(given, "i") ? /[^A-Za-z0-9+/=]/g : /\n/g, "");
  const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/;
  const good = pattern.exec(clean)?.[0] ?? "";
  const rest = /^[A-Za-z0-9+/]{2,3}/.exec(clean.slice(good.length))?.[0] ?? "";
  tool.add(decode(good) + decode(rest));
  if (good.length === clean.length) return yield* tool.end(0);
  yield* tool.error("invalid input");
  return yield* tool.end(1);
}

function encode(bytes: ByteString): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [0, 1, 2].map((index) => bytes.charCodeAt(at + index) || 0);
    const word = (a << 16) | (b << 8) | c;
    const four = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((word >> shift) & 63)).join("");
    const left = bytes.length - at;
    parts.push(left >= 3 ? four : `${four.slice(0, left + 1)}${"=".repeat(3 - left)}`);
  }
  return parts.join("");
}

function decode(text: string): ByteString {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += 4) {
    const part = text.slice(at, at + 4).replace(/=+$/, "");
    const word = [...part.padEnd(4, "A")].reduce(
      (all, char) => all * 64 + ALPHABET.indexOf(char),
      0,
    );
    const three = String.fromCharCode((word >> 16) & 255, (word >> 8) & 255, word & 255);
    parts.push(three.slice(0, part.length - 1));
  }
  return parts.join("");
}
