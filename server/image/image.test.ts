// The image as others use it: found fast, whole, made again when it is not, and never half there.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { cacheDirectory, removeUnused } from "./cache.ts";
import { describeImage, ensureImage, type Image } from "./image.ts";
import { ownInputs } from "./inputs.ts";

const run = promisify(execFile);
let image: Image;
let scratch: string;

before(async () => {
  image = await ensureImage((text) => console.error(text));
  scratch = await mkdtemp(join(tmpdir(), "vethbook-test-"));
});
after(async () => rm(scratch, { recursive: true, force: true }));

test("an image that is there is found in less than 100 ms, without a word", async () => {
  let fastest = Number.POSITIVE_INFINITY;
  let again: Image | undefined;
  for (let count = 0; count < 5; count++) {
    const started = performance.now();
    again = await ensureImage(assert.fail);
    fastest = Math.min(fastest, performance.now() - started);
  }
  assert.ok(fastest < 100, `${fastest} ms`);
  assert.deepEqual(again, image);
});

test("it holds a kernel, a root disk, an initramfs and the agent, with checksums", async () => {
  const files = await describeImage(image);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["agent", "vmlinux", "initramfs.cpio", "root.squashfs"],
  );
  for (const { size, sha256 } of files) {
    assert.ok(size > 100_000);
    assert.match(sha256, /^[0-9a-f]{64}$/);
  }
  assert.match(image.kernelVersion, /^6\.1\.0-\d+-cloud-amd64$/);
  const kernel = await readFile(image.kernel);
  assert.equal(kernel.toString("latin1", 0, 4), "\x7fELF");
  assert.ok(kernel.includes(`Linux version ${image.kernelVersion} `));
});

test("every program of the tree finds its libraries", async () => {
  const folder = join(image.tree, "usr/lib/x86_64-linux-gnu");
  const loader = join(folder, "ld-linux-x86-64.so.2");
  const missing: string[] = [];
  for (const where of ["usr/bin", "usr/sbin"]) {
    for (const entry of await readdir(join(image.tree, where), { withFileTypes: true })) {
      const file = join(image.tree, where, entry.name);
      if (!entry.isFile() || !(await isDynamic(file))) continue;
      const { stdout } = await run(loader, ["--library-path", folder, "--list", file]);
      if (/not found|=> \/(usr\/)?lib/.test(stdout)) missing.push(`${entry.name}: ${stdout}`);
    }
  }
  assert.deepEqual(missing, []);
});

async function isDynamic(file: string): Promise<boolean> {
  const bytes = await readFile(file);
  return bytes.toString("latin1", 0, 4) === "\x7fELF" && bytes.includes("/lib64/ld-linux-x86-64");
}

test("the tree has Debian 12's versions of what a chapter calls", async () => {
  const folder = join(image.tree, "usr/lib/x86_64-linux-gnu");
  const version = async (program: string, flag: string) => {
    const call = ["--library-path", folder, join(image.tree, program), flag];
    const { stdout, stderr } = await run(join(folder, "ld-linux-x86-64.so.2"), call);
    return stdout + stderr;
  };
  assert.match(await version("usr/bin/bash", "--version"), /version 5\.2/);
  assert.match(await version("usr/bin/ip", "-V"), /iproute2-6\.1\.0/);
  assert.match(await version("usr/bin/ping", "-V"), /iputils 20221126/);
  assert.match(await version("usr/bin/tcpdump", "--version"), /tcpdump version 4\.99\.3/);
});

test("the tree can be read by everybody, has no set-user-id file and no real name server", async () => {
  const closed = ["!", "-type", "l", "!", "-perm", "-o+r"];
  assert.equal((await run("find", [image.tree, ...closed])).stdout, "");
  assert.equal((await run("find", [image.tree, "-perm", "/6000"])).stdout, "");
  const resolver = await readFile(join(image.tree, "etc/resolv.conf"), "utf8");
  assert.deepEqual(resolver.match(/^nameserver.*$/gm), ["nameserver 192.0.2.53"]);
  assert.match(await readFile(join(image.tree, "etc/passwd"), "utf8"), /^tcpdump:x:\d+:\d+:/m);
});

test("an image with a short file is made again, the other is left alone", async () => {
  const cache = join(scratch, "cache");
  await mkdir(join(cache, "images"), { recursive: true });
  await symlink(join(cacheDirectory(), "debs"), join(cache, "debs"));
  const copy = join(cache, "images", image.key);
  await cp(image.directory, copy, { recursive: true, verbatimSymlinks: true });
  const note = `${(await ownInputs()).slice(0, 20)}.json`;
  await cp(join(cacheDirectory(), "images", note), join(cache, "images", note));
  await truncate(join(copy, "root.squashfs"), 4096);
  const { stdout } = await ensureElsewhere(cache);
  assert.match(stdout, /Packing the root disk[\s\S]*The VM image is made/);
  const { size } = await stat(join(copy, "root.squashfs"));
  assert.equal(size, (await stat(image.rootDisk)).size);
  assert.deepEqual((await readdir(join(cache, "images"))).sort(), [image.key, note].sort());
});

test("a full disk is one sentence and leaves no half image", async () => {
  const cache = join(scratch, "full");
  await mkdir(cache);
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const script =
    'mount -t tmpfs -o size=40m tmpfs "$1" && ln -s "$2" "$1/debs" && shift 2 && "$@"; ls "$VETHBOOK_CACHE/images"';
  const args = [
    ...asRoot,
    "--mount",
    "sh",
    "-c",
    script,
    "sh",
    cache,
    join(cacheDirectory(), "debs"),
  ];
  const { stdout } = await run("unshare", [...args, ...ensureCommand], {
    env: { ...process.env, VETHBOOK_CACHE: cache },
  });
  assert.match(stdout, /\nThe disk is full: .* try again\.\n$/);
});

const ensureCommand = [
  process.execPath,
  ...["--import", "tsx", "--input-type=module", "-e"],
  `const { ensureImage } = await import(${JSON.stringify(join(import.meta.dirname, "image.ts"))});
   await ensureImage((text) => console.log(text)).catch((error) => console.log(error.message));`,
];

function ensureElsewhere(cache: string): Promise<{ stdout: string }> {
  const [program = "", ...args] = ensureCommand;
  return run(program, args, { env: { ...process.env, VETHBOOK_CACHE: cache } });
}

test("images that nobody has used for an hour are removed, others stay", async () => {
  const folder = join(scratch, "images");
  for (const name of ["kept", "old", "used", "half"]) {
    await mkdir(join(folder, name), { recursive: true });
    if (name !== "half")
      await cp(join(image.directory, "manifest.json"), join(folder, name, "manifest.json"));
  }
  await run("touch", [
    "-d",
    "2 hours ago",
    join(folder, "old/manifest.json"),
    join(folder, "kept/manifest.json"),
  ]);
  await removeUnused(folder, "kept");
  assert.deepEqual((await readdir(folder)).sort(), ["kept", "used"]);
});
