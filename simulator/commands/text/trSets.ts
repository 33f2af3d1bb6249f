// The sets that `tr` takes (tr(1)): ranges, classes, escapes, [c*n] and what is made of two of them.
// Error texts are those of coreutils 9.1.

import { quote } from "../quoteName.ts";

/** Bytes in their order. */
export type TrSet = {
  readonly bytes: readonly number[];
  /** Where [c*] stands that fills up. */
  readonly fill: { readonly at: number; readonly byte: number } | undefined;
  readonly hasRepeat: boolean;
  /** Which parts are [:upper:] and [:lower:]: index of the first byte → which. */
  readonly cases: ReadonlyMap<number, "upper" | "lower">;
  readonly hasOtherClass: boolean;
};

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~\x80-\xff]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

type Unit = { readonly byte: number; readonly escaped: boolean };

function units(text: string): Unit[] {
  const found: Unit[] = [];
  for (let at = 0; at < text.length; at++) {
    const next = text.charAt(at + 1);
    if (text.charAt(at) !== "\\" || next === "") {
      found.push({ byte: text.charCodeAt(at), escaped: false });
      continue;
    }
    const octal = /^(?:[0-3][0-7]{0,2}|[0-7]{1,2})/.exec(text.slice(at + 1, at + 4))?.[0];
    if (octal !== undefined) {
      found.push({ byte: Number.parseInt(octal, 8), escaped: true });
      at += octal.length;
      continue;
    }
    found.push({ byte: ESCAPES[next] ?? next.charCodeAt(0), escaped: true });
    at += 1;
  }
  return found;
}

/** Reads a set; a text says what is wrong with it. */
export function parseSet(text: string): TrSet | string {
  const list = units(text);
  const plain = list
    .map(({ byte, escaped }) => (escaped ? "\0" : String.fromCharCode(byte)))
    .join("");
  const bytes: number[] = [];
  const cases = new Map<number, "upper" | "lower">();
  let fill: TrSet["fill"];
  let hasRepeat = false;
  let hasOtherClass = false;
  for (let at = 0; at < list.length; ) {
    const named = /^\[:(.*?):\]/s.exec(plain.slice(at));
    if (named !== null) {
      const members = CLASSES[named[1] ?? ""];
      if (members === undefined) {
        if (named[1] === "") return "missing character class name '[::]'";
        return `invalid character class ${quote(named[1] ?? "")}`;
      }
      if (named[1] === "upper" || named[1] === "lower") cases.set(bytes.length, named[1]);
      else hasOtherClass = true;
      for (let byte = 0; byte < 256; byte++) {
        if (members.test(String.fromCharCode(byte))) bytes.push(byte);
      }
      at += named[0].length;
      continue;
    }
    const same = /^\[=(.)=\]/s.exec(plain.slice(at));
    if (same !== null) {
      bytes.push(list[at + 2]?.byte ?? 0);
      at += same[0].length;
      continue;
    }
    const repeat = /^\[.\*([0-9]*)\]/s.exec(plain.slice(at));
    if (repeat !== null) {
      const digits = repeat[1] ?? "";
      const count = Number.parseInt(digits, digits.startsWith("0") ? 8 : 10) || 0;
      const byte = list[at + 1]?.byte ?? 0;
      hasRepeat = true;
      if (count === 0) {
        if (fill !== undefined) return "only one [c*] repeat construct may appear in string2";
        fill = { at: bytes.length, byte };
      } else for (let left = Math.min(count, 65536); left > 0; left--) bytes.push(byte);
      at += repeat[0].length;
      continue;
    }
    const { byte = 0 } = list[at] ?? {};
    const last = list[at + 2];
    if (plain.charAt(at + 1) === "-" && last !== undefined) {
      if (last.byte < byte) {
        const range = `${shown(byte)}-${shown(last.byte)}`;
        return `range-endpoints of '${range}' are in reverse collating sequence order`;
      }
      for (let each = byte; each <= last.byte; each++) bytes.push(each);
      at += 3;
      continue;
    }
    bytes.push(byte);
    at += 1;
  }
  return { bytes, fill, hasRepeat, cases, hasOtherClass };
}

function shown(byte: number): string {
  const printable = byte >= 32 && byte < 127;
  return printable ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
}

/** What each byte becomes; a text says why there is no translation. */
export function translation(
  first: TrSet,
  second: TrSet,
  { complement, truncate }: { complement: boolean; truncate: boolean },
): readonly string[] | string {
  const member = new Set(first.bytes);
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const from = complement ? all.filter((byte) => !member.has(byte)) : first.bytes;
  if (second.hasOtherClass) {
    return "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'";
  }
  const to = [...second.bytes];
  if (second.fill !== undefined) {
    const { at, byte } = second.fill;
    to.splice(at, 0, ...new Array<number>(Math.max(0, from.length - to.length)).fill(byte));
  }
  for (const at of second.cases.keys()) {
    if (!first.cases.has(at)) return "misaligned [:upper:] and/or [:lower:] construct";
  }
  if (to.length === 0 && !truncate && from.length > 0) {
    return "when not truncating set1, string2 must be non-empty";
  }
  if (to.length < from.length && !truncate && endsInClass(second)) {
    return "when translating with string1 longer than string2,\nthe latter string must not end with a character class";
  }
  const table = all.map((byte) => String.fromCharCode(byte));
  from.forEach((byte, index) => {
    const target = to[index] ?? (truncate ? undefined : to.at(-1));
    if (target !== undefined) table[byte] = String.fromCharCode(target);
  });
  return table;
}

function endsInClass({ cases, bytes }: TrSet): boolean {
  return cases.has(bytes.length - 26);
}
