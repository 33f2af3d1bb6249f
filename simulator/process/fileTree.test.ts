// Do files, folders and /proc answer as they do on Linux?

import assert from "node:assert/strict";
import { test } from "node:test";
import { machineWith } from "./machine.fixture.ts";
import type { Machine } from "./machine.ts";

/** Writes a text; the errno if that fails. */
function store({ files, init }: Machine, path: string, text: string, append = false) {
  const file = files.open(init, path, { write: true, create: true, append, truncate: !append });
  if ("errno" in file) return file.errno;
  const taken = file.write(init, text);
  file.release();
  return typeof taken === "object" ? taken.errno : undefined;
}

function load({ files, init }: Machine, path: string) {
  const file = files.open(init, path, { read: true });
  if ("errno" in file) return file.errno;
  const text = file.read(init, 1 << 20);
  file.release();
  return typeof text === "object" ? text.errno : text;
}

test("files keep what is written; refusals are Linux's", () => {
  const machine = machineWith();
  const { files, init } = machine;
  assert.equal(store(machine, "/tmp/f", "one\n"), undefined);
  assert.equal(store(machine, "/tmp/f", "two\n", true), undefined);
  assert.equal(load(machine, "/tmp/../tmp/./f"), "one\ntwo\n");
  assert.equal(store(machine, "/tmp", "x"), "EISDIR");
  assert.equal(store(machine, "/nope/x", "x"), "ENOENT");
  assert.equal(store(machine, "/tmp/f/x", "x"), "ENOTDIR");
  assert.equal(load(machine, "/tmp"), "EISDIR");
  assert.equal(files.makeDirectory(init, "/tmp/d"), undefined);
  assert.equal(files.makeDirectory(init, "/tmp/d"), "EEXIST");
  assert.equal(files.rename(init, "/tmp/d", "/tmp/d/e"), "EINVAL");
  assert.equal(files.remove(init, "/tmp/d"), "EISDIR");
  assert.equal(store(machine, "/tmp/d/x", ""), undefined);
  assert.equal(files.remove(init, "/tmp/d", true), "ENOTEMPTY");
  assert.equal(files.makeSymlink(init, "loop", "/tmp/loop"), undefined);
  assert.equal(load(machine, "/tmp/loop"), "ELOOP");
  assert.equal(load(machine, `/tmp/${"n".repeat(256)}`), "ENAMETOOLONG");
  assert.equal(files.realPath(init, "/bin/../bin/../../var/run"), "/run");
});

test("the disk is bounded, and room comes back", () => {
  const machine = machineWith();
  const block = "x".repeat(16 << 20);
  for (const name of ["a", "b", "c"])
    assert.equal(store(machine, `/tmp/${name}`, block), undefined);
  assert.equal(store(machine, "/tmp/d", block), "ENOSPC");
  assert.equal(machine.files.remove(machine.init, "/tmp/a"), undefined);
  assert.equal(store(machine, "/tmp/d", block), undefined);
});

test("/proc and /sys refuse as Linux does", () => {
  const machine = machineWith();
  const { files, init } = machine;
  assert.equal(store(machine, "/proc/foo", "a"), "ENOENT");
  assert.equal(store(machine, "/proc/version", "1\n"), "EIO");
  assert.equal(store(machine, "/proc/sys/kernel/ostype", "1\n"), "EACCES");
  assert.equal(store(machine, "/proc/sys/net/ipv4/ip_forward", "abc\n"), "EINVAL");
  assert.equal(store(machine, "/sys/class/net/lo/address", "1\n"), "EACCES");
  assert.equal(files.makeDirectory(init, "/proc/x"), "ENOENT");
  assert.equal(files.makeDirectory(init, "/sys/x"), "EPERM");
  assert.equal(files.remove(init, "/proc/version"), "EPERM");
  assert.equal(load(machine, "/sys/class/net/lo/speed"), "EINVAL");
  assert.equal(load(machine, "/proc/net/nope"), "ENOENT");
  assert.equal(store(machine, "/proc/sys/net/ipv4/ip_forward", "1\n"), undefined);
  assert.equal(load(machine, "/proc/sys/net/ipv4/conf/all/forwarding"), "1\n");
});

test("namespaces have files; a bound one survives under its name", () => {
  const machine = machineWith();
  const { files, init } = machine;
  assert.equal(files.readLink(init, "/proc/self/ns/net"), `net:[${init.net.inode}]`);
  assert.equal(files.realPath(init, "/proc/self/ns/net"), `/proc/1/ns/net:[${init.net.inode}]`);
  assert.equal(files.makeDirectory(init, "/run/netns"), undefined);
  assert.equal(store(machine, "/run/netns/a", ""), undefined);
  const own = files.namespaceAt(init, "/proc/1/ns/net");
  assert.ok(!("errno" in own));
  assert.equal(files.bindNamespace(init, "/run/netns/a", own), undefined);
  assert.deepEqual([...machine.netnsNames.keys()], ["a"]);
  assert.equal(files.remove(init, "/run/netns/a"), "EBUSY");
  assert.equal(files.unbind(init, "/run/netns/a"), undefined);
  assert.deepEqual([...machine.netnsNames], []);
  assert.equal(files.remove(init, "/run/netns/a"), undefined);
});
