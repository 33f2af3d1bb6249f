// Stopping runs, busy terminals and terminals that end: does Ctrl-C end the whole run soon, does
// nothing get typed into a program, and is every end told as what it was?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Sandbox, Terminal } from "../../shared/sandbox.ts";
import {
  collect,
  newNonce,
  openForTest,
  type RunText,
  runText,
  size,
  watchOutput,
} from "./runText.fixture.ts";

let sandbox: Sandbox;
before(async () => {
  sandbox = await openForTest();
});
after(() => sandbox[Symbol.asyncDispose]());

const controlC = Buffer.from("\x03");

/** Runs, presses Ctrl-C when the run has printed `ready`, and tells how long the end took. */
async function stopped(
  terminal: Terminal,
  source: string,
  ready = "ready",
): Promise<RunText & { readonly milliseconds: number }> {
  let text = "";
  let pressed = 0;
  for await (const event of terminal.run(source, { nonce: newNonce() })) {
    if (event.type === "output") {
      text += Buffer.from(event.bytes).toString();
      if (pressed > 0 || !text.includes(ready)) continue;
      pressed = performance.now();
      terminal.write(controlC);
    } else {
      return {
        output: text.replaceAll("\r\n", "\n"),
        end: event.type === "exit" ? event.code : event.reason,
        milliseconds: performance.now() - pressed,
      };
    }
  }
  throw new Error("The run had no end.");
}

const stops: readonly [string, string, string, number][] = [
  ["a sleeping program", "echo ready; sleep 100", "ready\n^C\n", 130],
  ["the commands after it", "echo ready; sleep 100\necho more\necho more", "ready\n^C\n", 130],
  [
    "a loop of programs that die",
    "echo ready; while true; do sleep 0.05; done\necho more",
    "ready\n^C\n",
    130,
  ],
  ["a loop of Bash itself", "echo ready; while :; do :; done\necho more", "ready\n^C\n", 130],
  ["a program that reads", "echo ready; cat > /dev/null\necho more", "ready\n^C\n", 130],
  ["a builtin that reads", "echo ready; read -r x\necho more", "ready\n^C\n", 130],
  ["a pipeline", "echo ready; sleep 100 | cat\necho more", "ready\n^C\n", 130],
];
for (const [name, source, output, code] of stops) {
  test(`Ctrl-C ends ${name}`, async () => {
    const terminal = await sandbox.terminal("lab", size);
    const run = await stopped(terminal, source);
    assert.equal(`${run.output.trimEnd()}\n`, output); // whether Bash adds a newline is chance
    assert.equal(run.end, code);
    // Usually it takes some ten milliseconds; a busy machine may take longer.
    assert.ok(run.milliseconds < 1000, `it took ${run.milliseconds} ms`);
  });
}

test("Ctrl-C lets a program end in its own way, and ends a loop of such", async () => {
  const terminal = await sandbox.terminal("lab", size);
  const once = await stopped(terminal, "ping 127.0.0.1", "icmp_seq=1");
  assert.match(once.output, /\^C\n--- 127.0.0.1 ping statistics ---\n/);
  assert.equal(once.end, 0);
  const looped = await stopped(
    terminal,
    "while true; do ping -c 5 127.0.0.1; done\necho more",
    "icmp_seq=1",
  );
  assert.doesNotMatch(looped.output, /more/);
  assert.equal(looped.output.match(/PING/g)?.length, 1);
});

test("Ctrl-C gets through while nobody reads what is printed", async () => {
  const terminal = await sandbox.terminal("lab", size);
  const run = await stopped(terminal, "yes ready", "ready");
  assert.equal(run.end, 130);
  assert.ok(run.milliseconds < 1500, `it took ${run.milliseconds} ms`);
});

test("unfinished input shows Bash's second prompt and ends by Ctrl-C", async () => {
  const terminal = await sandbox.terminal("lab", size);
  const run = await stopped(terminal, "echo a\nif true", "> ");
  assert.match(run.output.replace("\x1b[K", ""), /^a\n> \^C/);
  assert.equal(run.end, 130);
  const next = await runText(terminal, "echo next");
  assert.deepEqual(next, { output: "next\n", end: 0 });
});

test("a program that reads gets what is typed, and only that", async () => {
  const terminal = await sandbox.terminal("lab", size);
  let text = "";
  for await (const event of terminal.run("echo ready; read -r x; echo got $x", {
    nonce: newNonce(),
  })) {
    if (event.type !== "output") break;
    text += Buffer.from(event.bytes).toString();
    if (text === "ready\r\n") terminal.write(Buffer.from("word\r"));
  }
  assert.equal(text, "ready\r\nword\r\ngot word\r\n");
});

test("a busy terminal refuses a run and types nothing", async () => {
  const terminal = await sandbox.terminal("lab", size);
  const first = terminal.run("echo ready; cat", { nonce: newNonce() });
  let text = "";
  let refusal: RunText | undefined;
  let end: number | undefined;
  for await (const event of first) {
    if (event.type === "exit") end = event.code;
    if (event.type !== "output") continue;
    text += Buffer.from(event.bytes).toString();
    if (text !== "ready\r\n") continue;
    refusal = await runText(terminal, "echo typed");
    terminal.write(Buffer.from("\x04"));
  }
  assert.match(String(refusal?.end), /busy/);
  assert.equal(refusal?.output, "");
  assert.equal(text, "ready\r\n");
  assert.equal(end, 0);
});

test("a program that the reader started keeps the terminal busy", async () => {
  await using own = await openForTest();
  const terminal = await own.terminal("lab", size);
  const screen = watchOutput(terminal);
  terminal.write(Buffer.from("echo st''arted; cat\r"));
  await screen.seen("started");
  const refused = await runText(terminal, "echo typed");
  assert.match(String(refused.end), /busy/);
  terminal.write(controlC);
  assert.doesNotMatch(await screen.seen("^C"), /typed/);
});

test("a shell that exits ends its run with that code, and its terminal", async () => {
  await using own = await openForTest();
  const terminal = await own.terminal("lab", size);
  assert.deepEqual(await runText(terminal, "echo a; exit 3; echo b"), {
    output: "a\nexit\n",
    end: 3,
  });
  const late = await runText(terminal, "echo c");
  assert.match(String(late.end), /ended with code 3\. Open the terminal again/);
  for await (const _ of terminal.output); // it has an end
  const again = await own.terminal("lab", size);
  assert.deepEqual(await runText(again, "echo c"), { output: "c\n", end: 0 });
});

test("a run is lost when the sandbox goes, and keeps what was printed", async () => {
  const own = await openForTest();
  const terminal = await own.terminal("lab", size);
  const run = collect(terminal.run("echo ready; sleep 100", { nonce: newNonce() }));
  await watchOutput(terminal).seen("\rready");
  await own[Symbol.asyncDispose]();
  const { output, end } = await run;
  assert.equal(output, "ready\n");
  assert.match(String(end), /^The sandbox was closed\.$/);
  await own.ended;
});
