// Are the options of ip read in all their spellings?

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "./options.ts";
import { addressText, isFailure, parsePrefix, readPrefix } from "./prefix.ts";

// What iproute2 6.1.0 of Debian 12 made of the same words.

test("options before the object, shortened, repeated and in either spelling", () => {
  const { options, words, end } = parseOptions(["-s", "-st", "--d", "-br", "-4", "-o", "a", "-j"]);
  assert.equal(end, undefined);
  assert.deepEqual(words, ["a", "-j"]);
  assert.deepEqual(
    [options.stats, options.details, options.brief, options.family, options.oneline],
    [2, 1, true, "inet", true],
  );
  assert.equal(options.lineEnd, "\\");
  assert.equal(options.json, false);
});

test("-b is batch, -br is brief, -h is human, -he is help, -n takes a name", () => {
  assert.equal(parseOptions(["-b", "file"]).options.batch, "file");
  assert.equal(parseOptions(["-br", "link"]).options.brief, true);
  assert.equal(parseOptions(["-h", "link"]).options.human, true);
  assert.equal(parseOptions(["-he"]).end, "usage");
  assert.equal(parseOptions(["-n", "a", "link"]).options.netns, "a");
  assert.equal(parseOptions(["-n"]).options.netns, "(null)");
  assert.equal(parseOptions(["-ts"]).options.timestampShort, true);
  assert.equal(parseOptions(["-c=auto"]).options.color, "auto");
});

test("refused options", () => {
  const refusal = (...words: string[]) => {
    const { end } = parseOptions(words);
    return typeof end === "object" ? [end.text, end.code] : end;
  };
  assert.deepEqual(refusal("--x", "link"), ['Option "-x" is unknown, try "ip -help".\n', 255]);
  assert.deepEqual(refusal("-44"), ['Option "-44" is unknown, try "ip -help".\n', 255]);
  assert.deepEqual(refusal("-f", "unix"), [
    'Error: argument "unix" is wrong: invalid protocol family\n',
    255,
  ]);
  assert.deepEqual(refusal("-rc", "abc"), ["Invalid rcvbuf size 'abc'\n", 255]);
  assert.equal(refusal("-f"), "usage");
  assert.equal(refusal("-Ver", "-x"), "version");
});

test("prefixes as iproute2 takes them", () => {
  const text = (word: string) => {
    const prefix = parsePrefix(word, "unspec");
    if (prefix === undefined || prefix.kind === "any") return prefix?.kind;
    return `${addressText(prefix)}/${prefix.length}`;
  };
  assert.equal(text("10/8"), "10.0.0.0/8");
  assert.equal(text("10.0.0/24"), "10.0.0.0/24");
  assert.equal(text("10.0.0.010/8"), "10.0.0.8/8");
  assert.equal(text("10.0.0.1/0x10"), "10.0.0.1/16");
  assert.equal(text("10.0.0.1/010"), "10.0.0.1/8");
  assert.equal(text("10.0.0.1/255.255.255.0"), "10.0.0.1/24");
  assert.equal(text("default"), "any");
  assert.equal(text("fd00::1"), "fd00::1/128");
  for (const word of ["10.0.0.1/33", "10.0.0.1/", "", "./8", "1.2.3.4/24/5", "10.0.0.256", "foo"]) {
    assert.equal(text(word), undefined, word);
  }
  assert.equal(text("10.0.0.1/255.0.255.0"), undefined);
});

test("refused prefixes name the family that was wanted", () => {
  const refusal = (word: string, family: "unspec" | "inet" | "inet6" | "link") => {
    const read = readPrefix(word, family);
    return isFailure(read) ? read.text : undefined;
  };
  assert.equal(
    refusal("foo", "unspec"),
    'Error: any valid prefix is expected rather than "foo".\n',
  );
  assert.equal(
    refusal("fd00::9/64", "inet"),
    'Error: inet prefix is expected rather than "fd00::9/64".\n',
  );
  assert.equal(
    refusal("1.2.3.4", "link"),
    'Error: "1.2.3.4" may be inet prefix, but it is not allowed in this context.\n',
  );
});
