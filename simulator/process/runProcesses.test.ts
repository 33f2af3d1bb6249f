// Do processes start, wait, get signals and end as Linux has it?

import assert from "node:assert/strict";
import { test } from "node:test";
import { runToEnd } from "../machine/run.ts";
import { print, read, readAll, sleep, write } from "./io.ts";
import { machineWith, runProgram, sink } from "./machine.fixture.ts";
import { dropFile, setFile } from "./openFiles.ts";
import { createPipe } from "./pipe.ts";
import type { Process } from "./process.ts";
import { onSignal, sendSignal, spawn, waitFor, waitForChange } from "./processTable.ts";
import { exec, spawnCommand } from "./programLookup.ts";
import { pause } from "./scheduler.ts";
import type { Execution } from "./wait.ts";

test("processes take turns in the order in which they became ready", async () => {
  const machine = machineWith();
  const { output } = await runProgram(machine, function* (self) {
    const children = ["a", "b", "c"].map((name) =>
      spawn(self, {
        argv: [name],
        program: function* (child): Execution {
          for (let turn = 1; turn <= 2; turn++) {
            yield* print(child, `${name}${turn} `);
            yield pause;
          }
          return 0;
        },
      }),
    );
    for (const child of children) yield* waitFor(self, child);
    return 0;
  });
  assert.equal(output, "a1 b1 c1 a2 b2 c2 ");
});

test("the same seed gives the same times", async () => {
  const times = [];
  for (let run = 0; run < 2; run++) {
    const machine = machineWith();
    await runProgram(machine, function* (self) {
      yield* sleep(self, 1_000_000);
      return 0;
    });
    times.push(machine.clock.now - machine.clock.start);
  }
  assert.equal(times[0], times[1]);
  assert.ok((times[0] ?? 0) > 1_000_000 && (times[0] ?? 0) < 1_040_000);
});

test("a pipe holds 64 KiB; its writer waits, and ends by SIGPIPE when nobody reads", async () => {
  const machine = machineWith();
  const { readEnd, writeEnd } = createPipe(machine);
  let cleaned = false;
  const writer = spawn(machine.init, {
    argv: ["yes"],
    files: new Map([[1, writeEnd]]),
    program: function* (self): Execution {
      try {
        for (;;) yield* print(self, "y".repeat(4096));
      } finally {
        cleaned = true;
      }
    },
  });
  dropFile(writeEnd);
  const reader = spawn(machine.init, {
    argv: ["head"],
    files: new Map([[0, readEnd]]),
    program: function* (self): Execution {
      yield* sleep(self, 1000);
      return (yield* read(self, 0, 1 << 20)).length === 65536 ? 0 : 1;
    },
  });
  dropFile(readEnd);
  assert.deepEqual(await runToEnd(machine, reader), { code: 0 });
  assert.deepEqual(await runToEnd(machine, writer), { signal: "PIPE" });
  assert.ok(cleaned);
});

test("an ended process closes its files, and readers see the end", async () => {
  const machine = machineWith();
  const { readEnd, writeEnd } = createPipe(machine);
  const writer = spawn(machine.init, {
    argv: ["w"],
    files: new Map([[1, writeEnd]]),
    program: function* (self): Execution {
      yield* print(self, "some");
      yield* sleep(self, 1e9);
      return 0;
    },
  });
  dropFile(writeEnd);
  const { output } = await runProgram(machine, function* (self) {
    setFile(self, 0, readEnd);
    const first = yield* read(self, 0, 100);
    sendSignal(writer, "TERM");
    const rest = yield* readAll(self, 0);
    yield* print(self, `${first}|${rest}|`);
    return 0;
  });
  assert.equal(output, "some||");
  assert.deepEqual(writer.exitStatus, { signal: "TERM" });
});

test("a handler runs at once and the process goes on; ignored signals do nothing", async () => {
  const machine = machineWith();
  const { output, status } = await runProgram(machine, function* (self) {
    const child = spawn(self, {
      argv: ["child"],
      program: function* (each): Execution {
        let got = 0;
        onSignal(each, "INT", () => {
          got += 1;
        });
        onSignal(each, "TERM", "ignore");
        while (got < 2) yield* waitOnce(each);
        return 7;
      },
    });
    yield* sleep(self, 1000);
    sendSignal(child, "TERM");
    sendSignal(child, "INT");
    yield* sleep(self, 1000);
    sendSignal(child, "INT");
    yield* print(self, JSON.stringify(yield* waitFor(self, child)));
    return 0;
  });
  assert.equal(output, '{"code":7}');
  assert.deepEqual(status, { code: 0 });
});

function* waitOnce(self: Process) {
  yield self.changed.wait;
}

test("STOP holds a process until CONT; what came meanwhile acts then; KILL acts always", async () => {
  const machine = machineWith();
  const { output } = await runProgram(machine, function* (self) {
    const ticker = spawn(self, {
      argv: ["ticker"],
      program: function* (each): Execution {
        for (;;) {
          yield* print(each, ".");
          yield* sleep(each, 1000);
        }
      },
    });
    yield* sleep(self, 3500);
    sendSignal(ticker, "STOP");
    yield* print(self, JSON.stringify(yield* waitForChange(self, ticker)));
    yield* sleep(self, 5000);
    sendSignal(ticker, "TERM");
    yield* print(self, "held ");
    sendSignal(ticker, "CONT");
    yield* print(self, JSON.stringify(yield* waitForChange(self, ticker)));
    return 0;
  });
  assert.match(output, /^\.{2,4}\{"stopped":"STOP"\}held \{"signal":"TERM"\}$/);
});

test("orphans go to init, and init reaps them", async () => {
  const machine = machineWith();
  let grandchild: Process | undefined;
  await runProgram(machine, function* (self) {
    grandchild = spawn(self, {
      argv: ["g"],
      program: function* (each): Execution {
        yield* sleep(each, 1000);
        return 0;
      },
    });
    yield pause;
    return 0;
  });
  assert.equal(grandchild?.parent, machine.init);
  if (grandchild !== undefined) await runToEnd(machine, grandchild);
  assert.deepEqual([...machine.processes.keys()], [1]);
});

test("a program that fails says so and ends with 2; others go on", async () => {
  const machine = machineWith();
  const early = await runProgram(machine, () => {
    throw new Error("never started");
  });
  assert.equal(early.output, "vethbook simulator: test failed: never started\n");
  assert.deepEqual(early.status, { code: 2 });
  const failed = await runProgram(
    machine,
    function* () {
      yield pause;
      throw new Error("a broken promise");
    },
    ["broken"],
  );
  assert.equal(failed.output, "vethbook simulator: broken failed: a broken promise\n");
  assert.deepEqual(failed.status, { code: 2 });
});

test("time stands still while a program is fetched, and nobody else runs", async () => {
  const machine = machineWith();
  let resolve: (value: number) => void = () => {};
  const promise = new Promise<number>((done) => {
    resolve = done;
  });
  const out = sink();
  const files = new Map([[1, out.file]]);
  const fetcher = spawn(machine.init, {
    argv: ["f"],
    files,
    program: function* (self): Execution {
      yield* print(self, `got ${yield* self.machine.scheduler.fetch(promise)} `);
      return 0;
    },
  });
  spawn(machine.init, {
    argv: ["other"],
    files,
    program: function* (self): Execution {
      yield* print(self, "other ");
      return 0;
    },
  });
  machine.scheduler.runReady(100);
  const before = machine.clock.now;
  assert.equal(machine.scheduler.idle, false);
  assert.equal(machine.scheduler.runReady(100), false);
  assert.equal(machine.clock.now, before);
  resolve(5);
  await machine.scheduler.fetched();
  await runToEnd(machine, fetcher);
  machine.scheduler.runReady(100);
  assert.equal(out.text(), "got 5 other ");
});

test("exec replaces words, name and handlers; PATH finds programs; scripts name theirs", async () => {
  const machine = machineWith({
    show: function* (self) {
      yield* print(self, `${self.name}(${self.argv.join(",")})`);
      return 3;
    },
    sh: function* (self) {
      yield* print(self, `sh(${self.argv.slice(1).join(",")})`);
      return 0;
    },
  });
  const { output } = await runProgram(machine, function* (self) {
    self.environment.set("PATH", "/usr/bin");
    const { files } = self.machine;
    for (const [path, text] of [
      ["/tmp/s", "#!/usr/bin/show -x\n"],
      ["/tmp/plain", "echo\n"],
    ] as const) {
      const file = files.open(self, path, { write: true, create: true });
      if ("errno" in file) return 1;
      file.write(self, text);
      file.release();
      files.setMode(self, path, 0o755);
    }
    for (const argv of [["show", "1"], ["/tmp/s", "a"], ["/tmp/plain", "b"], ["nope"], ["/tmp"]]) {
      const child = spawnCommand(self, argv);
      if ("errno" in child) yield* print(self, `${child.errno} `);
      else yield* print(self, `=${JSON.stringify(yield* waitFor(self, child))} `);
    }
    return yield* exec(self, ["show"]);
  });
  assert.equal(
    output,
    'show(show,1)={"code":3} s(/usr/bin/show,-x,/tmp/s,a)={"code":3} ' +
      'sh(/tmp/plain,b)={"code":0} ENOENT EACCES show(show)',
  );
});

test("characters above 255 are written as UTF-8, bytes as they are", async () => {
  const { output } = await runProgram(machineWith(), function* (self) {
    yield* write(self, 1, "‘x’ \xe2\x80\x98 😀");
    return 0;
  });
  assert.equal(output, "\xe2\x80\x98x\xe2\x80\x99 \xe2\x80\x98 \xf0\x9f\x98\x80");
});
