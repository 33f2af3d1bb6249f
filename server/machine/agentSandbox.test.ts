// The life of machines behind one sandbox; what runs in them is tested in server/host and server/vm.

import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { connectAgent } from "../agent/connection.ts";
import { type AgentMachine, openAgentSandbox } from "./agentSandbox.ts";

/** A machine with nobody in it. */
function emptyMachine(onStop: () => void): AgentMachine {
  const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  return {
    ...{ kind: "vm", kernel: "Linux", agentProgram: "none", ended: new Promise(() => {}) },
    control: connectAgent(stream),
    openTerminal: () => Promise.reject(new Error("there is none")),
    stop: async () => onStop(),
  };
}

test("a sandbox that is closed while it is reset leaves no machine behind", async () => {
  let started = 0;
  let stopped = 0;
  let goOn: () => void = () => {};
  const sandbox = await openAgentSandbox(async () => {
    started++;
    if (started > 1) await new Promise<void>((resolve) => (goOn = resolve));
    return emptyMachine(() => stopped++);
  });
  const resetting = assert.rejects(sandbox.reset(), /The sandbox was closed/);
  await new Promise(setImmediate);
  await sandbox[Symbol.asyncDispose]();
  goOn();
  await resetting;
  assert.deepEqual([started, stopped], [2, 2]);
  assert.equal(await sandbox.ended, "The sandbox was closed.");
});
