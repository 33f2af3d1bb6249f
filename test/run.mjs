// `npm test`: everything, on a fresh machine, from nothing.
// Sets up as `npm start` does, then the compiler, the linter and knip, then every *.test.ts.
// `npm test -- PATTERN` runs only those whose path or name holds PATTERN.
// The very last line is "N passed, N failed, N skipped"; the exit status is 1 if any failed.
// Not here: how one file is run (support/runFile.mjs).

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runCommand } from "../server/setup/command.mjs";
import { forStart, forTests } from "../server/setup/debianPackages.mjs";
import { hasApt } from "../server/setup/installDebian.mjs";
import { makeImage } from "../server/setup/makeImage.mjs";
import { nodeComplaint } from "../server/setup/nodeVersion.mjs";
import { prepare } from "../server/setup/prepare.mjs";
import { root } from "../server/setup/root.mjs";
import { endAll, runFile } from "./support/runFile.mjs";

const FILE_LIMIT_SECONDS = 300;
/** A browser test runs whole chapters, whose pings wait on purpose. */
const BROWSER_LIMIT_SECONDS = 900;
const CORES = 2;

/** Files here start VMs, sandboxes or browsers: one at a time, or they measure each other. */
const HEAVY = [
  "test/",
  "server/vm/",
  "server/host/",
  "server/machine/",
  "server/terminal/",
  "server/cli/",
];

const CHECKS = [
  { name: "tsc", argv: ["npx", "--no-install", "tsc", "-b"] },
  { name: "biome", argv: ["npx", "--no-install", "biome", "check", "."] },
  { name: "knip", argv: ["npx", "--no-install", "knip"] },
];

const pattern = process.argv[2] ?? "";
const counts = { pass: 0, fail: 0, skip: 0 };
const failures = [];

const complaint = nodeComplaint(process.versions.node);
if (complaint !== undefined) {
  console.error(complaint);
  process.exit(1);
}
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}
await runAll();
closingLines();

async function runAll() {
  try {
    await prepare([...forStart, ...forTests], console.log);
    if (pattern === "") await job("VM image", buildImage);
  } catch (error) {
    note("set-up", { told: [{ type: "fail", name: "set-up", message: error.message }] });
    return;
  }
  const files = testFiles();
  const heavy = files.filter((file) => HEAVY.some((folder) => file.startsWith(folder)));
  const light = files.filter((file) => !heavy.includes(file));
  const checks = CHECKS.filter(({ name }) => name.includes(pattern));
  await inParallel(CORES, [
    ...checks.map((check) => () => job(check.name, () => runCheck(check))),
    ...light.map((file) => () => job(file, () => runFile(file, limitOf(file)))),
  ]);
  for (const file of heavy) await job(file, () => runFile(file, limitOf(file)));
}

function limitOf(file) {
  return file.startsWith("test/browser/") ? BROWSER_LIMIT_SECONDS : FILE_LIMIT_SECONDS;
}

/** Paths of all test files that the pattern lets through, in the order of their names. */
function testFiles() {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name))
    .map(({ name }) => name);
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => /(^|\/)[^./][^/]*\.test\.ts$/.test(file) && !file.includes("node_modules/"))
    .filter((file) => file.includes(pattern))
    .sort();
}

async function inParallel(width, jobs) {
  const waiting = [...jobs];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: width }, worker));
}

async function job(name, work) {
  const started = Date.now();
  const result = await work();
  note(name, result, (Date.now() - started) / 1000);
}

async function runCheck({ name, argv }) {
  const { code, output } = await runCommand(argv, { cwd: root });
  if (code === 0) return { told: [{ type: "pass", name }] };
  return { told: [{ type: "fail", name, message: lastLines(output, 60) }] };
}

/** Builds the image and the template as `vethbook vm build` does; VM tests would each wait for it. */
async function buildImage() {
  const name = "vm build";
  if (!hasApt()) return { told: [{ type: "skip", name, reason: "apt is not installed here" }] };
  const argv = [process.execPath, "server/bin/vethbook.mjs", "vm", "build"];
  try {
    await makeImage(async (detail) => {
      const { code, output } = await runCommand(argv, { cwd: root, onLine: detail });
      if (code !== 0) throw new Error(lastLines(output, 20));
    });
    return { told: [{ type: "pass", name }] };
  } catch (error) {
    return { told: [{ type: "fail", name, message: error.message }] };
  }
}

function note(name, { told, output = "" }, seconds = 0) {
  for (const record of told) counts[record.type] += 1;
  const failed = told.filter(({ type }) => type === "fail");
  const passed = told.filter(({ type }) => type === "pass").length;
  const verdict = failed.length > 0 ? "FAILED" : passed > 0 ? "ok" : "skipped";
  console.log(`${verdict.padEnd(8)}${name}  (${passed} passed, ${seconds.toFixed(1)} s)`);
  for (const record of told.filter(({ type }) => type === "skip")) {
    console.log(`        skipped: ${record.name}: ${record.reason}`);
  }
  for (const { name: test, message } of failed) {
    failures.push(`${name}  ${test}`);
    console.log(`        failed: ${test}\n${indent(message)}`);
  }
  if (failed.length > 0 && output.trim() !== "") {
    console.log(`        It printed last:\n${indent(lastLines(output, 30))}`);
  }
}

function indent(text) {
  return text.replace(/^/gm, "          ");
}

function closingLines() {
  if (counts.pass + counts.fail + counts.skip === 0) {
    note(`No test matches "${pattern}"`, {
      told: [{ type: "fail", name: "(pattern)", message: "" }],
    });
  }
  if (failures.length > 0)
    console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join("\n")}`);
  console.log(`\n${counts.pass} passed, ${counts.fail} failed, ${counts.skip} skipped`);
  process.exitCode = counts.fail > 0 ? 1 : 0;
}
