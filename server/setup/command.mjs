// Runs one program of the set-up and keeps the end of what it printed, to say why it failed.
// Not here: programs that readers start; those only ever run inside a sandbox.

import { spawn } from "node:child_process";

const KEPT = 64 * 1024;

/**
 * Runs a program without a shell. Resolves to its exit status and the end of its output; `onLine`
 * gets every line as it comes. A program that is not there has status 127.
 */
export function runCommand(argv, { cwd, env = {}, onLine = () => undefined } = {}) {
  return new Promise((resolve) => {
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let pending = "";
    const take = (chunk) => {
      output = (output + chunk).slice(-KEPT);
      const lines = (pending + chunk).split(/\r?\n/);
      pending = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", take);
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The last lines that say something, for a person who must find out why. */
export function lastLines(output, count = 12) {
  return indented(output, (lines) => lines.slice(-count));
}

/** The first such lines; npm says first what is wrong and then how npm works. */
export function firstLines(output, count = 8) {
  return indented(output, (lines) => lines.slice(0, count));
}

function indented(output, choose) {
  const lines = output.split("\n").filter((line) => !/^(npm error)?\s*$/.test(line));
  return choose(lines)
    .map((line) => `  ${line}`)
    .join("\n");
}
