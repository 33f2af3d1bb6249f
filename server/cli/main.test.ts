// Is every wrong call answered with one plain sentence and the right exit status, and is the
// command found by the ways that the README names?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-cli-"));
});
after(() => rm(folder, { recursive: true }));

type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };

function run(program: string, args: readonly string[], path?: string): Promise<Ended> {
  const env = path === undefined ? process.env : { ...process.env, PATH: path };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

function vethbook(...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, ["server/bin/vethbook.mjs", ...args]);
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const wrongCalls: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
  [[], /^Say what to do: serve, exec, vm or doctor\. See: vethbook --help$/],
  [["record"], /^There is no verb "record"/],
  [["vm"], /^Say what to do: vm build or vm info/],
  [["vm", "burn"], /^There is no verb "burn"/],
  [["exec"], /^Missing required argument 'file'/],
  [["exec", "one", "two"], /^Too many arguments/],
  [["exec", "--bogus", "x"], /^Unknown option '--bogus'/],
  [["exec", "--sandbox", "moon", "x"], /^Option '--sandbox <kind>' argument 'moon' is invalid/],
  [["exec", "no/such.sh"], /^no\/such\.sh cannot be read: there is no such file\.$/],
  [["exec", "--json", "server"], /^server cannot be read: it is a folder\.$/],
  [["exec", "--json", "README.md"], /^README\.md is not JSON/],
  [["exec", "--json", "package.json"], /^package\.json holds no JSON array/],
  [["serve", "--port", "65536"], /^Option '--port <number>' argument '65536' is invalid/],
  [["serve", "--port", "x"], /^Option '--port <number>' argument 'x' is invalid/],
];

for (const [args, sentence] of wrongCalls) {
  test(`vethbook ${args.join(" ")}: bad usage`, async () => {
    const { status, stdout, stderr } = await vethbook(...args);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr.trimEnd(), sentence);
    assert.equal(stderr.trimEnd().includes("\n"), false, stderr);
  });
}

test("a list that holds something else than commands is bad usage", async () => {
  const numbers = await vethbook("exec", "--json", await file("numbers.json", '["a", 5]'));
  assert.equal(numbers.status, 2);
  assert.match(numbers.stderr, /^Entry 2 of .* is not a string/);
  const nul = await vethbook("exec", "--json", await file("nul.json", '["a\\u0000b"]'));
  assert.equal(nul.status, 2);
  assert.match(nul.stderr, /^Command 1 of .* holds a NUL/);
});

test("the simulator runs a script and a list of commands", async () => {
  const script = await file(
    "simulated.sh",
    "ip link add d0 type dummy; ip -br link show d0 | cut -c1-10",
  );
  const { status, stdout } = await vethbook("exec", "--sandbox", "simulator", script);
  assert.equal(stdout, "d0        \n");
  assert.equal(status, 0);
});

test("help goes to standard output with status 0, and names every verb", async () => {
  const { status, stdout, stderr } = await vethbook("--help");
  assert.equal(status, 0);
  assert.equal(stderr, "");
  for (const verb of ["serve", "exec", "vm", "doctor"])
    assert.match(stdout, new RegExp(`^  ${verb} `, "m"));
  assert.match((await vethbook("exec", "--help")).stdout, /--json/);
});

test("npx vethbook and npm run -s vethbook -- find the same program", async () => {
  for (const [program, ...args] of [
    ["npx", "vethbook", "vm"],
    ["npm", "run", "-s", "vethbook", "--", "vm"],
  ] as const) {
    const { status, stderr } = await run(program, args);
    assert.equal(status, 2, program);
    assert.match(stderr, /^Say what to do: vm build or vm info/);
  }
});

test("without QEMU and bubblewrap auto takes the simulator and says so", async () => {
  const script = await file("script.sh", "echo done");
  const nowhere = await mkdtemp(join(tmpdir(), "vethbook-path-"));
  const args = ["server/bin/vethbook.mjs", "exec", script];
  const { status, stdout, stderr } = await run(process.execPath, args, nowhere);
  assert.equal(stdout, "done\n");
  assert.match(stderr, /simulator/);
  assert.equal(status, 0);
});
