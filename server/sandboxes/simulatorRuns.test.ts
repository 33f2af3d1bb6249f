// Cells in the simulator's terminals: output without echo and prompt, exit codes, stops, ends; and all
// cells of a chapter end as it says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LAB, type ShellCell } from "../../shared/chapter.ts";
import { loadChapter } from "../chapters/chapters.ts";
import { openServerSimulator } from "./serverSimulator.ts";
import { openTerminal, runText } from "./simulatorTerminal.fixture.ts";

const size = { columns: 80, rows: 24 };

const sources: readonly [name: string, source: string, output: string | RegExp, code: number][] = [
  ["one command", "echo a", "a\n", 0],
  ["a failing command", "false", "", 1],
  ["a command that is not there", "nosuch", "bash: nosuch: command not found\n", 127],
  ["several commands", "echo a\nfalse\necho b; (exit 7)", "a\nb\n", 7],
  ["only a comment", "# nothing", "", 7],
  ["a here-document", "cat <<EOF\n  x $((1+1))\n\ttab\nEOF\necho end", "  x 2\n\ttab\nend\n", 0],
  ["a function", "f() {\n  echo in $1\n  return 4\n}\nf x", "in x\n", 4],
  ["a long line", `echo ${"x".repeat(3000)}`, `${"x".repeat(3000)}\n`, 0],
  ["no history expansion", 'echo "hi!!" !x', "hi!! !x\n", 0],
  ["no last newline", "printf abc", "abc", 0],
  ["what is not ASCII", "echo 'ünï → ✓'", "ünï → ✓\n", 0],
  ["tabs complete nothing", "echo a\t\tb", "a b\n", 0],
  [
    "a syntax error between commands",
    "echo a\n)\necho b",
    "a\nbash: syntax error near unexpected token `)'\nb\n",
    0,
  ],
  [
    "a job in the background",
    "sleep 0.1 &\nsleep 0.3\necho hi\nfalse",
    /^\[1\] \d+\n\[1\]\+ {2}Done {20}sleep 0.1\nhi\n$/,
    1,
  ],
  [
    "a shell that may not read",
    "unshare --net --uts /bin/bash & export pid=$!\nsleep 0.3\necho x",
    /^\[1\] \d+\n\n\[1\]\+ {2}Stopped {17}unshare --net --uts \/bin\/bash\nx\n$/,
    0,
  ],
  ["leaving with stopped jobs", "echo a\nexit", "a\nexit\nThere are stopped jobs.\n", 1],
  ["keys in a source", "echo a\x1b[201~\recho b\x03\x15c", "a[201~echo bc\n", 0],
];

test("runs yield what bash prints on a terminal, and its code", async (each) => {
  await using open = await openTerminal();
  for (const [name, source, output, code] of sources) {
    await each.test(name, async () => {
      const run = await runText(open.terminal, source);
      if (typeof output === "string") assert.equal(run.output, output);
      else assert.match(run.output, output);
      assert.equal(run.end, code);
    });
  }
  assert.ok(
    open.shown().includes("\r\x1b[K\rlab:~ # echo a\r\n\x1b[?2004l\ra\r\n\x1b[?2004hlab:~ # "),
  );
});

const stops: readonly [name: string, source: string, output: RegExp, code: number][] = [
  ["a sleeping program", "echo ready; sleep 100", /^ready\n\^C\n$/, 130],
  ["the commands after it", "echo ready; sleep 100\necho more", /^ready\n\^C\n$/, 130],
  [
    "a loop of programs",
    "echo ready; while true; do sleep 0.05; done\necho more",
    /^ready\n\^C\n$/,
    130,
  ],
  ["a loop of bash", "echo ready; while :; do :; done\necho more", /^ready\n\^C\n$/, 130],
  ["a builtin that reads", "echo ready; read -r x\necho more", /^ready\n\^C\n$/, 130],
  ["a pipeline", "echo ready; sleep 100 | cat\necho more", /^ready\n\^C\n$/, 130],
  ["a flood", "echo ready; while :; do echo ready; done", /^(?:ready\n)+\^C\n/, 130],
  [
    "ping, with its statistics",
    "echo ready; ping 127.0.0.1",
    /\^C\n--- 127.0.0.1 ping statistics ---\n/,
    0,
  ],
  [
    "a loop of pings",
    "echo ready; while true; do ping -c 50 127.0.0.1; done\necho more",
    /^ready\nPING[^P]*\^C\n--- 127.0.0.1 ping statistics ---\n[^P]*$/,
    130,
  ],
  ["an unfinished command", "echo ready\nif true", /^ready\n> \^C/, 130],
];
for (const [name, source, output, code] of stops) {
  test(`Ctrl-C ends ${name}`, async () => {
    await using open = await openTerminal();
    let pressed = false;
    const run = await runText(open.terminal, source, (text) => {
      const ready = source.includes("ping") ? "icmp_seq=1" : source.includes("if") ? "> " : "ready";
      if (pressed || !text.includes(ready)) return;
      pressed = true;
      setTimeout(() => open.terminal.write(Buffer.from("\x03")), 30);
    });
    assert.match(run.output, output);
    assert.equal(run.end, code);
    assert.deepEqual(await runText(open.terminal, "echo next"), { output: "next\n", end: 0 });
  });
}

test("a busy terminal refuses a run and types nothing", async () => {
  await using open = await openTerminal();
  await open.type("cat\r");
  const refused = await runText(open.terminal, "echo typed");
  assert.match(String(refused.end), /^The terminal is busy/);
  await open.type("\x04");
  assert.doesNotMatch(open.shown(), /typed/);
  await open.type("if true; then\recho half");
  assert.deepEqual(await runText(open.terminal, "echo whole"), { output: "whole\n", end: 0 });
});

test("a shell that exits ends its run and its terminal; another one comes", async () => {
  await using open = await openTerminal();
  const run = await runText(open.terminal, "echo a; exit 3; echo b");
  assert.deepEqual(run, { output: "a\nexit\n", end: 3 });
  const late = await runText(open.terminal, "echo c");
  assert.equal(late.end, "The shell of this terminal ended with code 3. Open the terminal again.");
  const again = await open.sandbox.terminal("lab", size);
  assert.deepEqual(await runText(again, "exec sleep 0"), { output: "", end: 0 });
  const third = await open.sandbox.terminal("lab", size);
  assert.deepEqual(await runText(third, "kill -9 $$"), { output: "", end: 137 });
});

test("reset ends terminals and their runs", async () => {
  await using open = await openTerminal();
  const run = runText(open.terminal, "echo ready; sleep 100");
  await open.seen("\rready");
  await open.sandbox.reset();
  assert.deepEqual(await run, { output: "ready\n", end: "The sandbox was reset." });
  const fresh = await open.sandbox.terminal("lab", size);
  assert.deepEqual(await runText(fresh, "echo $?"), { output: "0\n", end: 0 });
});

test("terminals inside namespaces, and a new shell for one that was made anew", async () => {
  await using sandbox = openServerSimulator();
  const lab = await sandbox.terminal("lab", size);
  await assert.rejects(sandbox.terminal("blue", size), {
    message: "There is no namespace blue yet. Run the cells that build the network first.",
  });
  await runText(lab, "ip netns add blue");
  const blue = await sandbox.terminal("blue", size);
  const shown = await runText(blue, "ip link set lo up; x=1; ip -br link");
  assert.match(shown.output, /^lo +UNKNOWN /);
  await runText(lab, "ip netns del blue; ip netns add blue");
  assert.match((await runText(blue, 'echo "[$x]"; ip -br link')).output, /^\[\]\nlo +DOWN /);
  await runText(lab, "ip netns del blue");
  assert.match(String((await runText(blue, "true")).end), /^There is no namespace blue yet/);
});

for (const slug of ["05-routing-namespace"]) {
  test(`every cell of ${slug} ends as the chapter says`, async () => {
    const chapter = await loadChapter(slug);
    const cells = (chapter?.blocks ?? []).filter(
      (block): block is ShellCell => block.type === "sh",
    );
    assert.ok(cells.length > 5);
    await using sandbox = openServerSimulator();
    for (const { id, on, source, expect } of cells) {
      const terminal = await sandbox.terminal(on === "" ? LAB : on, size);
      const { output, end } = await runText(terminal, source);
      const told = `${id}: ${end}\n${output}`;
      assert.equal(typeof end, "number", told);
      assert.doesNotMatch(output, /simulated|command not found/, told);
      if (expect === "ok") assert.equal(end, 0, told);
      if (expect === "fail") assert.notEqual(end, 0, told);
    }
  });
}
