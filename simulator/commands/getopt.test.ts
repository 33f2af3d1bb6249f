// Are options read as getopt_long(3) reads them?

import assert from "node:assert/strict";
import { test } from "node:test";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "ab:c::",
  long: { all: "a", bytes: "b:", colour: "c::", verbose: "v", version: "V" },
};

function read(...words: string[]) {
  const { options, operands, error } = getopt(["x", ...words], TABLE);
  return [options.map(({ name, value }) => name + (value ?? "")).join(" "), operands, error];
}

test("options may stand together and among operands, -- ends them", () => {
  assert.deepEqual(read("-ab", "1", "p", "-c2", "--", "-a"), ["a b1 c2", ["p", "-a"], undefined]);
  assert.deepEqual(read("--al", "--bytes=3", "--colour", "x"), ["a b3 c", ["x"], undefined]);
  assert.deepEqual(getopt(["x", "p", "-a"], { short: "+a" }).operands, ["p", "-a"]);
});

test("mistakes are told in glibc's words", () => {
  assert.equal(read("-q")[2], "x: invalid option -- 'q'");
  assert.equal(read("-b")[2], "x: option requires an argument -- 'b'");
  assert.equal(read("--foo=1")[2], "x: unrecognized option '--foo=1'");
  assert.equal(read("--bytes")[2], "x: option '--bytes' requires an argument");
  assert.equal(read("--all=1")[2], "x: option '--all' doesn't allow an argument");
  assert.equal(
    read("--ver")[2],
    "x: option '--ver' is ambiguous; possibilities: '--verbose' '--version'",
  );
});
