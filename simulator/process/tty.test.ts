// Does a terminal edit, echo and signal as Linux does?

import assert from "node:assert/strict";
import { test } from "node:test";
import { runFor } from "../machine/run.ts";
import { print, read } from "./io.ts";
import { machineWith } from "./machine.fixture.ts";
import type { Machine } from "./machine.ts";
import type { Process, Program } from "./process.ts";
import { onSignal, sendSignal, spawn, takeTerminal, waitForChange } from "./processTable.ts";
import { createTerminal, type Terminal } from "./tty.ts";
import type { Execution } from "./wait.ts";

type Setup = {
  readonly machine: Machine;
  readonly terminal: Terminal;
  readonly leader: Process;
  screen(): string;
};

function setup(program: Program): Setup {
  const machine = machineWith();
  let screen = "";
  const terminal = createTerminal(machine, {
    name: "/dev/pts/0",
    columns: 80,
    rows: 24,
    show: (bytes) => {
      screen += bytes;
    },
  });
  const file = terminal.open();
  const files = new Map([0, 1, 2].map((fd) => [fd, file]));
  const leader = spawn(machine.init, { argv: ["leader"], files, program });
  takeTerminal(leader, terminal);
  return { machine, terminal, leader, screen: () => screen };
}

function* echoLines(self: Process): Execution {
  for (;;) {
    const line = yield* read(self, 0, 100);
    if (line === "") {
      yield* print(self, "end\n");
      return 0;
    }
    yield* print(self, `<${line.replace("\n", "$")}>\n`);
  }
}

test("canonical mode: lines, echo, erase, word erase, kill, literal next, end of file", async () => {
  const { machine, terminal, screen } = setup(echoLines);
  terminal.input("ab\x7fc\r");
  await runFor(machine, 1000);
  assert.equal(screen(), "ab\b \bc\r\n<ac$>\r\n");
  terminal.input("one two\x17x\r");
  await runFor(machine, 1000);
  assert.ok(screen().endsWith("one two\b \b\b \b\b \bx\r\n<one x$>\r\n"));
  terminal.input("junk\x15ok\r\x16\x03\r");
  await runFor(machine, 1000);
  assert.ok(screen().endsWith("<ok$>\r\n<\x03$>\r\n"), JSON.stringify(screen()));
  terminal.input("part\x04");
  await runFor(machine, 1000);
  assert.ok(screen().endsWith("part<part>\r\n"));
  terminal.input("\x04");
  await runFor(machine, 1000);
  assert.ok(screen().endsWith("end\r\n"));
});

test("UTF-8 characters and control characters are erased as a whole", async () => {
  const { machine, terminal, screen } = setup(echoLines);
  terminal.input("\xc3\xa9\x7f\x01\x7fx\r");
  await runFor(machine, 1000);
  assert.equal(screen(), "\xc3\xa9\b \b^A\b \b\b \bx\r\n<x$>\r\n");
});

test("raw mode hands over every key; what was typed before is not lost", async () => {
  const { machine, terminal, leader, screen } = setup(echoLines);
  terminal.input("early");
  terminal.setModes(leader, { canonical: false, echo: false, signals: false, crToNl: false });
  await runFor(machine, 1000);
  assert.equal(screen(), "early<early>\r\n");
  terminal.input("\x03\r");
  await runFor(machine, 1000);
  assert.ok(screen().endsWith("<\x03\r>\r\n"));
});

test("Ctrl-C goes to the foreground group only and forgets what was typed", async () => {
  let background: Process | undefined;
  const { machine, terminal, leader, screen } = setup(function* (self) {
    background = spawn(self, {
      argv: ["background"],
      processGroup: 0,
      program: function* (each): Execution {
        yield each.changed.wait;
        return 0;
      },
    });
    return yield* echoLines(self);
  });
  await runFor(machine, 10_000);
  terminal.input("half\x03");
  await runFor(machine, 10_000);
  assert.deepEqual(leader.exitStatus, { signal: "INT" });
  assert.equal(screen(), "half^C");
  assert.notDeepEqual(background?.exitStatus, { signal: "INT" });
});

test("a background reader is stopped by TTIN and reads once it is in the foreground", async () => {
  const { machine, terminal, screen } = setup(function* (self) {
    onSignal(self, "TTOU", "ignore");
    const child = spawn(self, { argv: ["cat"], processGroup: 0, program: echoLines });
    const change = yield* waitForChange(self, child);
    yield* print(self, `${JSON.stringify(change)}\n`);
    if (self.tty !== undefined) self.tty.foreground = child.processGroup;
    sendSignal(child, "CONT");
    yield* waitForChange(self, child);
    return 0;
  });
  await runFor(machine, 10_000);
  assert.equal(screen(), '{"stopped":"TTIN"}\r\n');
  terminal.input("hello\r");
  await runFor(machine, 10_000);
  assert.ok(screen().endsWith("<hello$>\r\n"));
});

test("a background reader whose group is orphaned gets an error, not a stop", async () => {
  let orphan: Process | undefined;
  const { machine, terminal } = setup(function* (self) {
    orphan = spawn(self, { argv: ["cat"], processGroup: 0, program: echoLines });
    orphan.parent = self.machine.init;
    yield* [];
    return 0;
  });
  terminal.foreground = 12345;
  await runFor(machine, 10_000);
  assert.deepEqual(orphan?.exitStatus, { code: 0 });
});

test("Ctrl-S holds output until Ctrl-Q; another size is told by WINCH", async () => {
  let sizes = "";
  const { machine, terminal, screen } = setup(function* (self) {
    onSignal(self, "WINCH", () => {
      sizes += `${self.tty?.columns}x${self.tty?.rows}`;
    });
    return yield* echoLines(self);
  });
  await runFor(machine, 10_000);
  terminal.input("\x13a\r");
  await runFor(machine, 10_000);
  assert.equal(screen(), "a\r\n");
  terminal.input("\x11");
  await runFor(machine, 10_000);
  assert.equal(screen(), "a\r\n<a$>\r\n");
  terminal.resize(100, 30);
  assert.equal(sizes, "100x30");
});
