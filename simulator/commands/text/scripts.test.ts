// Whatever is given to sed, awk, grep and their kin as a script ends, and ends without an exception:
// an endless loop of a script still hears a signal.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { machineWith, runProgram } from "../../process/machine.fixture.ts";
import type { Program } from "../../process/process.ts";
import { exec } from "../../process/programLookup.ts";
import { timeout } from "../timeout.ts";
import { awk } from "./awk.ts";
import { expr } from "./expr.ts";
import { grep } from "./grep.ts";
import { sed } from "./sed.ts";
import { tr } from "./tr.ts";

const PROGRAMS: Readonly<Record<string, Program>> = { awk, expr, grep, sed, timeout, tr };

const INPUT = "eth0: <UP> mtu 1500\n  inet 10.0.0.1/24 brd 10.0.0.255\n\naaa bbb\xff\xc3\xa9\nend";

/** Runs a command for at most two seconds of the machine; how it ended. */
async function run(words: readonly string[]): Promise<number> {
  const machine = machineWith(PROGRAMS);
  const file = machine.files.open(machine.init, "/tmp/in", { write: true, create: true });
  if ("errno" in file) throw new Error(file.errno);
  file.write(machine.init, INPUT);
  file.release();
  const argv = ["timeout", "2", ...words];
  const { status } = await runProgram(machine, (self) => exec(self, argv));
  return status !== undefined && "code" in status ? status.code : 128;
}

/** Scripts out of pieces that mean something, so that many of them are nearly right. */
function scriptOf(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 }));
  return fc.array(piece, { maxLength: 14 }).map((parts) => parts.join("").replaceAll("\0", ""));
}

const regexPieces =
  "a b . * + ? ( ) [ ] ^ $ | \\( \\) \\{ \\} {1,2} {2} \\1 \\2 [a-z] [^b] [[:digit:]] \\w \\< \\b \\".split(
    " ",
  );

const sedPieces = [
  ..."s/a/b/ s/ / g p d ; { } 1 2 $ , ! n N D G H h x y/ab/ba/ /a/ :a ba ta b t = l q a\\ i\\ c\\ \\1 & \\n + ~ w".split(
    " ",
  ),
  "\n",
  " ",
  ":a;",
  "s/.*/&&/;",
];

const awkPieces = [
  ..."{ } ( ) [ ] print $1 $0 NF NR x a[i] = += == ~ !~ < > + - * / % ^ , ; if else while for in do BEGIN END".split(
    " ",
  ),
  ...'function f return next exit delete getline printf substr split gsub sub match length /a/ "x" 1 0.5 ++ && || ? :'.split(
    " ",
  ),
  "\n",
  " ",
  " while(1) ",
  "x=x x;",
];

const options: fc.Parameters<[string]> = { numRuns: 400, seed: 7 };

test("sed ends whatever its script", async () => {
  await fc.assert(
    fc.asyncProperty(scriptOf(sedPieces), async (script) => {
      assert.ok((await run(["sed", script, "/tmp/in"])) <= 128);
    }),
    options,
  );
});

test("awk ends whatever its program", async () => {
  await fc.assert(
    fc.asyncProperty(scriptOf(awkPieces), async (script) => {
      assert.ok((await run(["awk", script, "/tmp/in"])) <= 128);
    }),
    options,
  );
});

for (const style of ["-G", "-E", "-P", "-F"]) {
  test(`grep ${style} ends whatever its expression`, async () => {
    await fc.assert(
      fc.asyncProperty(scriptOf(regexPieces), async (script) => {
        assert.ok((await run(["grep", style, "-on", "-e", script, "/tmp/in"])) <= 2);
      }),
      options,
    );
  });
}

test("tr and expr end whatever their words", async () => {
  const words = fc.array(
    scriptOf([...regexPieces, "a-z", "[:alpha:]", "[x*]", "1", "+", ":", "length"]),
    {
      maxLength: 4,
    },
  );
  await fc.assert(
    fc.asyncProperty(words, async (list) => {
      assert.ok((await run(["tr", ...list])) <= 128);
      assert.ok((await run(["expr", ...list])) <= 128);
    }),
    { numRuns: 150, seed: 7 },
  );
});

for (const [name, script] of [
  ["sed", ":a;ba"],
  ["sed", ":a;s/$/xxxxxxxxxxxxxxxx/;ta"],
  ["sed", "H;:a;G;H;ba"],
  ["awk", "BEGIN{while(1);}"],
  ["awk", 'BEGIN{x="a";while(1)x=x x}'],
  ["awk", "BEGIN{while(1)a[i++]}"],
  ["awk", "function f(){f()} BEGIN{f()}"],
  ["awk", `BEGIN{${"(".repeat(5000)}1}`],
] as const) {
  test(`${name} '${script.slice(0, 30)}' is stopped`, async () => {
    assert.notEqual(await run([name, script, "/tmp/in"]), 0);
  });
}
