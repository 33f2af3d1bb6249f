// Runs of a real Bash in a real terminal: is the output the source's and nothing else, is the exit
// code right, and can nothing that runs end its run early?

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Sandbox, Terminal } from "../../shared/sandbox.ts";
import { newNonce, openForTest, runText, size, watchOutput } from "./runText.fixture.ts";

let sandbox: Sandbox;
let terminal: Terminal;
before(async () => {
  sandbox = await openForTest();
});
after(() => sandbox[Symbol.asyncDispose]());
beforeEach(async () => {
  terminal = await sandbox.terminal("lab", size);
});

const sources: readonly [string, string, string | RegExp, number][] = [
  ["one command", "echo a", "a\n", 0],
  ["a failing command", "false", "", 1],
  ["a command that is not there", "nosuch", "bash: nosuch: command not found\n", 127],
  ["several commands", "echo a\nfalse\necho b; (exit 7)", "a\nb\n", 7],
  ["a loop over lines", "for i in 1 2 3; do\n\techo $i\ndone", "1\n2\n3\n", 0],
  ["a here-document", "cat <<EOF\n  x $((1+1))\n\ttab\nEOF\necho end", "  x 2\n\ttab\nend\n", 0],
  ["a function", "f() {\n  echo in $1\n  return 4\n}\nf x", "in x\n", 4],
  ["quotes over lines", "echo 'a\nb'", "a\nb\n", 0],
  ["comments and empty lines", "# nothing\n\necho a # b\n\n", "a\n", 0],
  ["only a comment", "# nothing", "", 0],
  ["a long line", `echo ${"x".repeat(3000)}`, `${"x".repeat(3000)}\n`, 0],
  ["no history expansion", 'echo "hi!!" !x', "hi!! !x\n", 0],
  ["no last newline", "printf abc", "abc", 0],
  ["what is not ASCII", "echo 'ünï → ✓'", "ünï → ✓\n", 0],
  ["tabs complete nothing", "echo a\t\tb", "a b\n", 0],
  ["a syntax error", "echo a; )", "bash: syntax error near unexpected token `)'\n", 2],
  [
    "a syntax error between commands",
    "echo a\n)\necho b",
    "a\nbash: syntax error near unexpected token `)'\nb\n",
    0,
  ],
  [
    "a job in the background",
    "sleep 0.01 &\nwait",
    /^\[1\] \d+\n(\[1\]\+ {2}Done +sleep 0.01\n)?$/,
    0,
  ],
  ["a program that ends by SIGINT itself", "bash -c 'kill -INT $$'\necho on", "\non\n", 0],
  ["a lost standard output", "exec 3>&1 >/dev/null\necho a\nexec >&3 3>&-\necho b", "b\n", 0],
  ["errexit is the reader's own affair", "set -o pipefail; false | true; set +o pipefail", "", 0],
];
for (const [name, source, output, code] of sources) {
  test(name, async () => {
    const run = await runText(terminal, source);
    if (typeof output === "string") assert.equal(run.output, output);
    else assert.match(run.output, output);
    assert.equal(run.end, code);
  });
}

test("one run after the other: the shell is the same, and so is $?", async () => {
  await runText(terminal, "x=5; cd /tmp; (exit 9)");
  assert.deepEqual(await runText(terminal, 'echo "$? $x $PWD"; cd'), {
    output: "9 5 /tmp\n",
    end: 0,
  });
});

test("what a reader may set neither shows the marks nor breaks them", async () => {
  const settings: readonly [string, string, string][] = [
    ["set -u", "echo a", "a\n"],
    ["set -x", "echo a", "+ echo a\na\n"],
    ["set -e; false || true", "echo a", "a\n"],
    ["PS1='mine> '", "echo a", "a\n"],
    ["PS1='mine> ' PS0=zero PS2=two", "echo a", "zeroa\n"],
    ["PROMPT_COMMAND='printf before'", "echo a", "a\nbefore"],
    ["unset PROMPT_COMMAND", "echo a", "a\n"],
    ["HISTFILE=/tmp/h; set +o history; unset HISTFILE", "echo a!", "a!\n"],
    ["exec 3>&1 >/tmp/out", "echo a >&3", "a\n"],
    ["bind 'set enable-bracketed-paste off'", "echo a\necho b", "a\nb\n"],
  ];
  for (const [setting, source, output] of settings) {
    await using own = await openForTest();
    const fresh = await own.terminal("lab", size);
    assert.equal((await runText(fresh, setting)).end, 0, setting);
    assert.deepEqual(await runText(fresh, source), { output, end: 0 }, setting);
    assert.deepEqual(await runText(fresh, "(exit 6)"), {
      output: output.includes("+") ? "+ exit 6\n" : (output.match(/^zero|before$/)?.[0] ?? ""),
      end: 6,
    });
  }
});

test("a shell that a reader starts has the course's prompt", async () => {
  await using own = await openForTest();
  const fresh = await own.terminal("lab", size);
  const screen = watchOutput(fresh);
  fresh.write(Buffer.from("unshare --uts bash -c 'hostname netnsR; exec bash'\r"));
  const shown = await screen.seen("netnsR:~ # ");
  assert.ok(!shown.includes("\x1b]133"));
});

test("a namespace held by a stopped shell in the background", async () => {
  const made = await runText(terminal, "unshare --net --uts /bin/bash &\nHELD=$!");
  assert.match(made.output, /^\[1\] \d+\n$/);
  const named = await runText(terminal, "nsenter -t $HELD -n -u hostname netnsHeld");
  assert.equal(named.end, 0);
  const inside = await sandbox.terminal("netnsHeld", size);
  assert.deepEqual(await runText(inside, "hostname; ip -br link"), {
    output: "netnsHeld\nlo               DOWN           00:00:00:00:00:00 <LOOPBACK> \n",
    end: 0,
  });
  const ended = await runText(terminal, "kill -9 %1; wait %1; ls -d /proc/$HELD");
  assert.equal(ended.end, 2);
});

test("a program that prints every mark there is cannot end its run", async () => {
  const earlier = newNonce();
  await runText(terminal, "true", earlier);
  await runText(terminal, "true");
  const nonces = [earlier, "0".repeat(32), "f".repeat(32), newNonce(), "", "\\$__vethbook_nonce"];
  const marks = nonces.flatMap((nonce) =>
    ["A", "B", "C", "D;0", "P", "Q", "S", "E;0", "L;", "X;no"].map(
      (kind) => `\\e]133;${kind};${nonce}\\a`,
    ),
  );
  const plain = ["A", "B", "C", "D", "D;0"].flatMap((kind) => [
    `\\e]133;${kind}\\a`,
    `\\e]633;${kind}\\a`,
    `\\e]133;${kind}\\e\\\\`,
  ]);
  const all = [...marks, ...plain, "\\e[?2004h", "lab:~ # "].join("");
  const source = `env printf '${all}'; echo before; sleep 0.2; env printf '${all}'; echo after; (exit 42)`;
  const run = await runText(terminal, source);
  assert.match(run.output, /before\n.*after\n$/s);
  assert.equal(run.end, 42);
  assert.deepEqual(await runText(terminal, "echo next"), { output: "next\n", end: 0 });
});

test("the program cannot read the nonce from its environment", async () => {
  const nonce = newNonce();
  const run = await runText(terminal, "env; cat /proc/self/cmdline", nonce);
  assert.ok(!run.output.includes(nonce));
  assert.doesNotMatch(run.output, /vethbook/i);
});

test("a source cannot leave the paste or press keys", async () => {
  const run = await runText(terminal, "echo a\x1b[201~\recho b\x03\x15\x1b[9134~c");
  assert.deepEqual(run, { output: "a[201~echo b[9134~c\n", end: 0 });
});

test("what a reader has half typed does not get into the run", async () => {
  const screen = watchOutput(terminal);
  terminal.write(Buffer.from("echo half-a-line"));
  await screen.seen("echo half-a-line");
  assert.deepEqual(await runText(terminal, "echo whole"), { output: "whole\n", end: 0 });
  terminal.write(Buffer.from("if true; then\r"));
  await screen.seen("> ");
  assert.deepEqual(await runText(terminal, "echo whole"), { output: "whole\n", end: 0 });
});
