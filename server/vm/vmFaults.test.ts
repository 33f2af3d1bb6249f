// What goes wrong with VMs: each fault ends in one sentence, and a later start works. The image is
// the usual one; templates are made in a cache of the test's own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import { cacheDirectory } from "../image/cache.ts";
import { ensureImage, type Image } from "../image/image.ts";
import { collect, runScript } from "./collect.fake.ts";
import { noteKvmFailure, probeKvm } from "./kvm.ts";
import { within } from "./timeLimit.ts";
import { startVmMachine } from "./vmMachine.ts";
import { openVmSandbox } from "./vmSandbox.ts";

const run = promisify(execFile);
const size = { columns: 80, rows: 24 };
const usualCache = process.env.VETHBOOK_CACHE;
let image: Image;
let cache: string;

before(async () => {
  image = await ensureImage((text) => console.error(text));
  cache = await mkdtemp(join(tmpdir(), "vethbook-test-"));
  await symlink(join(cacheDirectory(), "images"), join(cache, "images"));
  process.env.VETHBOOK_CACHE = cache;
});
after(async () => {
  if (usualCache === undefined) delete process.env.VETHBOOK_CACHE;
  else process.env.VETHBOOK_CACHE = usualCache;
  await rm(cache, { recursive: true, force: true });
});

async function works(): Promise<void> {
  const sandbox = await openVmSandbox(image);
  try {
    const { output } = await runScript(sandbox, "echo $((6 * 7))");
    assert.equal(output, "42\n");
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
}

/** The one template there is. */
async function templateFolder(): Promise<string> {
  const entries = await readdir(join(cache, "templates"));
  assert.equal(entries.length, 1, entries.join(" "));
  return join(cache, "templates", entries[0] ?? "");
}

/** Process ids of the VMs that this process has started. */
async function ownQemus(): Promise<number[]> {
  const found = await run("pgrep", ["-P", String(process.pid), "-f", "qemu-system-x86_64"]).catch(
    () => ({ stdout: "" }),
  );
  return found.stdout.trim().split("\n").filter(Boolean).map(Number);
}

test("two starts at once share one template, and their machines differ", async () => {
  const opened = await Promise.all([openVmSandbox(image), openVmSandbox(image)]);
  try {
    await templateFolder();
    const ask = async (sandbox: Sandbox) => {
      const script = `cat /proc/sys/kernel/random/boot_id; head -c 16 /dev/urandom | od -An -tx1
ip link add v0 type veth peer name v1; cat /sys/class/net/v0/address; echo $SRANDOM`;
      const { output } = await runScript(sandbox, script);
      return output.trim().split("\n");
    };
    const [one = [], two = []] = await Promise.all(opened.map(ask));
    assert.equal(one.length, 4, one.join("\n"));
    for (const [index, line] of one.entries()) assert.notEqual(line, two[index]);
  } finally {
    for (const sandbox of opened) await sandbox[Symbol.asyncDispose]();
  }
});

test("a VM that is killed while a cell runs says so, and a reset works", async () => {
  const sandbox = await openVmSandbox(image);
  try {
    const lab = await sandbox.terminal("lab", size);
    const [pid = 0] = await ownQemus();
    const nonce = randomBytes(16).toString("hex");
    const lost = await collect(lab.run("echo before; sleep 600", { nonce }), (output) => {
      if (output.includes("before")) process.kill(pid, "SIGKILL");
    });
    assert.match(String(lost.code), /^The sandbox ended\b.*Run starts a new one/);
    assert.match(lost.output, /before/);
    assert.match(
      await sandbox.ended,
      /^The virtual machine stopped \(killed\)\..*Run starts a new one\.$/,
    );
    await sandbox.reset();
    assert.equal((await runScript(sandbox, "echo again")).output, "again\n");
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
});

test("a machine that its reader crashes says so", async () => {
  const sandbox = await openVmSandbox(image);
  try {
    const { code } = await runScript(sandbox, "echo c > /proc/sysrq-trigger; sleep 60");
    assert.equal(typeof code, "string");
    assert.match(await sandbox.ended, /^The virtual machine stopped \(shut down\)\./);
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
});

test("a VM whose agent is lost is ended, and says so", async () => {
  const machine = await startVmMachine(image);
  try {
    machine.control.close(); // QEMU itself runs on
    const sentence = await within(20, machine.ended, "the machine did not end");
    assert.match(
      sentence,
      /^The virtual machine stopped \(the connection to its agent was lost\)\./,
    );
  } finally {
    await machine.stop();
  }
});

test("a root disk that is gone does not switch KVM off", async () => {
  const kvm = join(cache, "kvm.json");
  const before = await readFile(kvm, "utf8").catch(() => "none");
  await rm(kvm, { force: true });
  const broken = { ...image, key: "broken", rootDisk: join(cache, "no-such-disk") };
  const { works: found, reason } = await probeKvm(broken);
  assert.equal(found, false);
  await noteKvmFailure(reason);
  await assert.rejects(stat(kvm), { code: "ENOENT" });
  if (before !== "none") await writeFile(kvm, before);
});

test("nothing is left behind", async () => {
  assert.deepEqual(await ownQemus(), []);
});

test("a template with a short or changed file is made anew by itself", async () => {
  const folder = await templateFolder();
  const before = (await stat(join(folder, "manifest.json"))).ino;
  await truncate(join(folder, "memory"), 1024 * 1024);
  await works();
  const between = (await stat(join(folder, "manifest.json"))).ino;
  assert.notEqual(between, before);
  const state = join(folder, "state");
  const { size: length } = await stat(state);
  await writeFile(state, Buffer.alloc(length, 0x55));
  await works();
});

test("a template that cannot be restored is made anew by itself", async () => {
  const folder = await templateFolder();
  const state = join(folder, "state");
  const { size: length, mtime } = await stat(state);
  await writeFile(state, Buffer.alloc(length, 0x55));
  // The same time and size: only QEMU can see that it is broken.
  const manifest = join(folder, "manifest.json");
  await utimes(state, mtime, mtime);
  const noted = JSON.parse(await readFile(manifest, "utf8"));
  noted.state.mtimeMs = (await stat(state)).mtimeMs;
  await writeFile(manifest, JSON.stringify(noted));
  await works();
});

test("a root disk that is gone is one sentence", async () => {
  const broken = { ...image, key: "broken", rootDisk: join(cache, "no-such-disk") };
  await assert.rejects(openVmSandbox(broken), (error: Error) => {
    assert.ok(error instanceof SandboxError);
    assert.match(
      error.message,
      /^Starting the virtual machine for the first time failed: .*no-such/,
    );
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
});

test("a full disk is one sentence, and later it works", async () => {
  const full = join(cache, "full");
  await mkdir(full);
  // A tmpfs in a mount namespace of its own: it is gone with the program.
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const program = `
    const { ensureImage } = await import(${JSON.stringify(join(import.meta.dirname, "../image/image.ts"))});
    const { openVmSandbox } = await import(${JSON.stringify(join(import.meta.dirname, "vmSandbox.ts"))});
    const image = await ensureImage(() => {});
    process.env.VETHBOOK_CACHE = process.argv[1];
    await openVmSandbox(image).catch((error) => console.log(error.message));`;
  const script =
    'mount -t tmpfs -o size=32m tmpfs "$1" && exec "$2" --import tsx --input-type=module -e "$3" "$1"';
  const { stdout } = await run(
    "unshare",
    [...asRoot, "--mount", "sh", "-c", script, "sh", full, process.execPath, program],
    { env: { ...process.env, VETHBOOK_CACHE: usualCache ?? "" } },
  );
  assert.match(stdout, /^The disk is full: .*VETHBOOK_CACHE.* try again\.\n$/);
  await works();
});
