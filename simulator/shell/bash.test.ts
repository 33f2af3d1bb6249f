// Whatever is given to bash, it ends: in output, in a message, or by a signal. Expectations of what it
// prints are recorded (test/transcripts/bash).

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMachine } from "../machine/createMachine.ts";
import { runFor } from "../machine/run.ts";
import type { ProgramEntry } from "../process/machine.ts";
import { sendSignal, spawn } from "../process/processTable.ts";
import { bashProgram } from "./bash.ts";
import { printTo } from "./capture.fixture.ts";
import { isFinished } from "./interactive/interactiveLoop.ts";
import { parseText } from "./syntax/parse.ts";

const programs = new Map<string, ProgramEntry>([["bash", { program: bashProgram }]]);

/** Runs a script for at most `seconds` of the machine's time. */
async function run(script: string, seconds = 3): Promise<{ output: string; ended: boolean }> {
  const machine = createMachine({ seed: 1, programs });
  const { file, text } = printTo();
  const input = machine.files.open(machine.init, "/dev/null", { read: true });
  assert.ok(!("errno" in input));
  const bash = spawn(machine.init, {
    argv: ["bash", "-c", script],
    program: bashProgram,
    files: new Map([
      [0, input],
      [1, file],
      [2, file],
    ]),
  });
  await runFor(machine, seconds * 1e6);
  const ended = bash.exitStatus !== undefined;
  sendSignal(bash, "KILL");
  return { output: text(), ended };
}

const pieces = [
  ..."$@*#?-!_0129xyab \n\t;&|<>(){}[]'\"`\\/=~%+^,.:".split(""),
  ...`if then else fi for in do done while until case esac function select time ! [[ ]] (( )) $(( $( \${ <( <<E <<< >& 2> && || ;; ;& & \\\n E $'\\x \${x:- \${x[ \${!x \${x/ \${x#* a=( x+= x[1]= {1..3} {a,b} -eq =~ ?( *( local declare echo printf %s %d test [ ] read set -- -e -x eval exit return break shift trap EXIT wait kill %1 $$ 1 2 cd . : export unset let`.split(
    " ",
  ),
];

const scripts = fc.array(fc.constantFrom(...pieces, " ", " ", " "), { maxLength: 30 });

test("no text makes the parser fail", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        scripts.map((words) => words.join("")),
      ),
      (text) => {
        parseText(text.replace(/[^\0-\xff]/g, "?"));
      },
    ),
    { numRuns: 3000 },
  );
});

test("no text makes bash fail", async () => {
  await fc.assert(
    fc.asyncProperty(scripts, fc.boolean(), async (words, spaced) => {
      const script = words.join(spaced ? " " : "");
      const start = performance.now();
      const { output } = await run(script, 1);
      assert.ok(!/bash failed/.test(output), output);
      assert.ok(performance.now() - start < 5000, script);
    }),
    { numRuns: 1500 },
  );
});

test("endless and huge scripts are bounded", async () => {
  const endless = await run("while :; do :; done", 1);
  assert.equal(endless.ended, false);
  const cases = [
    ["f() { f; }; f", /maximum function nesting level exceeded/],
    ["echo {1..999999999}", /brace expansion/],
    ["echo {1..9}{1..9}{1..9}{1..9}{1..9}{1..9}{1..9}", /brace expansion/],
    ["printf %999999999d 1", /not simulated/],
    ["x=$(eval eval eval 'f() { eval f; }; f'); echo $x", /./],
    ["eval_() { eval 'eval_'; }; eval_", /nesting level exceeded/],
    [":(){ :|:& };:", /^/],
    [
      `x=aaaaaaaaaa; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28; do x=$x$x; done; echo \${#x}`,
      /./,
    ],
    ["x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; [[ $x == *a*a*a*a*a*a*a*a*a*b ]]; echo $?", /1/],
    ["echo $((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))", /./],
    ["((2**99999999999)); echo $?", /./],
    [`a[99999999999]=1; echo \${!a[@]}`, /./],
  ] as const;
  for (const [script, expected] of cases) {
    const start = performance.now();
    const { output } = await run(script, 2);
    assert.match(output, expected, script);
    assert.ok(performance.now() - start < 10_000, `${script} took too long`);
  }
});

test("a terminal asks for more when a text is not finished", () => {
  const unfinished = [
    "echo 'a",
    'echo "a',
    "echo `a",
    "echo $(a",
    "echo ${a",
    "if true",
    "if true; then",
    "for i in 1",
    "while :; do",
    "case x in",
    "f() {",
    "{ a;",
    "(a",
    "[[",
    "((1+",
    "cat <<E",
    "cat <<E\nfoo",
    "a &&",
    "a ||",
    "a |",
    "a \\",
    "a=(1 2",
    "echo $((1+2)",
    "function f",
    "until x; do y",
    "case x in a) b;;",
  ];
  const finished = [
    "echo a",
    "",
    "\n",
    "# if",
    "if true; then :; fi",
    "cat <<E\nfoo\nE",
    "a && b",
    "echo 'if'",
    "fi",
    "a )",
    "echo \\\\",
    "x=(1 2)",
    "[[ a == b ]]",
    "((1+2))",
    "f() { a; }",
    "a &",
    "a;",
    "[[ a",
    "case x in a) b;; esac",
  ];
  for (const text of unfinished) assert.equal(isFinished(`${text}\n`), false, text);
  for (const text of finished) assert.equal(isFinished(`${text}\n`), true, text);
});
