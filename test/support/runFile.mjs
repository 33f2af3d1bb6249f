// Runs one test file in a process group of its own and tells what came of it.
// A file that does not end in time is ended with everything it started, and has failed by name.
// Not here: which files run when (test/run.mjs).

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../server/setup/root.mjs";

const KEPT_OUTPUT = 64 * 1024;
const running = new Set();

/** Result of one file: its records as in test/reporter.mjs, only pass, fail and skip. */
export async function runFile(file, limitSeconds) {
  const folder = mkdtempSync(join(tmpdir(), "vethbook-run-"));
  const recordFile = join(folder, "records");
  try {
    const end = await runToEnd(file, recordFile, limitSeconds);
    return judge(readRecords(recordFile), end, limitSeconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends everything that is still running; for Ctrl-C. */
export function endAll() {
  for (const pid of running) killGroup(pid);
}

function runToEnd(file, recordFile, limitSeconds) {
  const reporter = join(root, "test/reporter.mjs");
  const flags = [`--test-reporter=${reporter}`, `--test-reporter-destination=${recordFile}`];
  const child = spawn(process.execPath, ["--import", "tsx", ...flags, file], {
    cwd: root,
    env: withoutTestContext(process.env),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  }
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup(child.pid);
    }, limitSeconds * 1000);
    child.on("exit", () => killGroup(child.pid));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      running.delete(child.pid);
      resolve({ code, signal, late, output });
    });
  });
}

/** Under `node --test` this variable would have the file report to that runner, not to us. */
function withoutTestContext({ NODE_TEST_CONTEXT: _, ...env }) {
  return env;
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

function readRecords(file) {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** Adds a failure where the process tells one that no test told. */
function judge(records, end, limitSeconds) {
  const told = records.filter(({ type }) => type === "pass" || type === "fail" || type === "skip");
  const failed = told.some(({ type }) => type === "fail");
  const reason = end.late
    ? `Did not end within ${limitSeconds} s${lastStarted(records)}.`
    : failed
      ? undefined
      : silentFailure(records, told, end);
  if (reason === undefined) return { told, output: failed ? end.output : "" };
  return { told: [...told, { type: "fail", name: "(file)", message: reason }], output: end.output };
}

function silentFailure(records, told, { code, signal }) {
  if (signal !== null) return `Ended by ${signal}${lastStarted(records)}.`;
  if (code !== 0) return `Ended with exit status ${code}${lastStarted(records)}.`;
  if (!records.some(({ type }) => type === "end"))
    return "Ended before its tests did, or holds none.";
  if (told.length === 0) return "Holds no test.";
  return undefined;
}

function lastStarted(records) {
  const finished = new Set(records.filter(({ type }) => type !== "start").map(({ name }) => name));
  const open = records.filter(({ type, name }) => type === "start" && !finished.has(name));
  return open.length === 0 ? "" : `; it was in "${open.map(({ name }) => name).join(" › ")}"`;
}
