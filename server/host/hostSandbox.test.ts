// A real host sandbox: do the course's tools work in it, is this host out of its reach, does it
// stay within its limits, and is every way in which it ends told?

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { release, tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import { ensureImage } from "../image/image.ts";
import { openAgentSandbox } from "../machine/agentSandbox.ts";
import { type HostMachine, startHostMachine } from "./hostMachine.ts";
import { probeHost } from "./hostSandbox.ts";
import {
  collect,
  newNonce,
  openForTest,
  type RunText,
  runText,
  size,
  watchOutput,
} from "./runText.fixture.ts";

let sandbox: Sandbox;
before(async () => {
  sandbox = await openForTest();
});
after(() => sandbox[Symbol.asyncDispose]());

function script(source: string, within = sandbox): Promise<RunText> {
  return collect(within.script(source, { name: "cell.sh" }));
}

test("it says what it is", () => {
  assert.equal(sandbox.kind, "host");
  assert.equal(sandbox.kernel, `this host's Linux ${release()}`);
});

test("a script: loops, jobs, namespaces, a failing command, and its name in messages", async () => {
  const { output, end } = await script(
    [
      "for i in 1 2; do echo $i; done",
      "sleep 100 &",
      "ip netns add made; ip netns exec made ip -br link; ip netns del made",
      "nosuch",
      "echo out; echo err >&2",
      "exit 5",
    ].join("\n"),
  );
  assert.equal(
    output,
    "1\n2\nlo               DOWN           00:00:00:00:00:00 <LOOPBACK> \ncell.sh: line 4: nosuch: command not found\nout\nerr\n",
  );
  assert.equal(end, 5);
});

test("a machine as freshly booted: only lo, one hostname, few processes, nothing of the host", async () => {
  const { output } = await script(
    'ls /sys/class/net; hostname; pwd; id -u; ls -A /tmp; for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; echo; done',
  );
  const [first = "", ...rest] = output.split("/usr/sbin/vethbook-agent");
  assert.equal(first, "lo\nlab\n/root\n0\n");
  assert.equal(rest.length, 1);
  assert.doesNotMatch(output, /bwrap|node/);
});

test("the course's tools work", async () => {
  const build = [
    "set -e",
    "unshare --net --uts --fork sleep 1000 & A=$!",
    "unshare --net --uts --fork sleep 1000 & B=$!",
    "until [ $(readlink /proc/$A/ns/uts) != $(readlink /proc/self/ns/uts) ]; do :; done",
    "until [ $(readlink /proc/$B/ns/uts) != $(readlink /proc/self/ns/uts) ]; do :; done",
    "nsenter -t $A -u hostname netnsA; nsenter -t $B -u hostname netnsB",
    "ip link add vA netns $A type veth peer name vB netns $B",
    "nsenter -t $A -n ip addr add 192.168.5.1/24 dev vA; nsenter -t $A -n ip link set vA up",
    "nsenter -t $B -n ip addr add 192.168.5.2/24 dev vB; nsenter -t $B -n ip link set vB up",
    "nsenter -t $A -n -u hostname",
    "nsenter -t $A -n ping -c 1 192.168.5.2 | grep -o '1 received'",
    "nsenter -t $A -n arping -c 1 -I vA 192.168.5.2 | grep -o 'Received 1'",
    "nsenter -t $B -n sysctl -w net.ipv4.ip_forward=1",
    "brctl --version | head -1; arp -V | head -1 | cut -c1-9",
  ].join("\n");
  const { output, end } = await script(build);
  assert.equal(
    output,
    "netnsA\n1 received\nReceived 1\nnet.ipv4.ip_forward = 1\nbridge-utils, 1.7\nnet-tools\n",
  );
  assert.equal(end, 0);
});

test("tcpdump sees packets", async () => {
  const { output } = await script(
    "tcpdump -c 1 -nl -i lo icmp > /tmp/packet 2> /tmp/listening & until grep -q listening /tmp/listening; do sleep 0.01; done; ping -c 1 127.0.0.1 > /tmp/ping; wait; cat /tmp/packet",
  );
  assert.match(output, /IP 127\.0\.0\.1 > 127\.0\.0\.1: ICMP echo request/);
});

test("nothing of this host can be written", async () => {
  const swappiness = await readFile("/proc/sys/vm/swappiness", "utf8");
  const attempts = [
    "touch /x",
    "touch /usr/x",
    "touch /etc/x",
    "mount -o remount,rw /",
    "mount -o remount,rw,bind /",
    "umount /tmp",
    "umount -l /etc/passwd",
    "sysctl -q -w kernel.panic=7",
    "sysctl -q -w vm.swappiness=7",
    "echo b > /proc/sysrq-trigger",
    "echo 1 > /sys/kernel/mm/transparent_hugepage/enabled",
    "mknod /tmp/disk b 8 0",
    "dmesg -C",
    "date -s 2000-01-01",
  ];
  for (const attempt of attempts) {
    const { output, end } = await script(attempt);
    assert.notEqual(end, 0, `${attempt} succeeded`);
    assert.notEqual(output, "");
  }
  assert.equal(await readFile("/proc/sys/vm/swappiness", "utf8"), swappiness);
  const { output } = await script("ls -d /sys/fs/cgroup/* /home/* /proc/1/root/work 2>/dev/null");
  assert.equal(output, "");
});

test("a terminal needs its namespace, and follows its name to a newer one", async () => {
  await assert.rejects(
    sandbox.terminal("netns12", size),
    new SandboxError(
      "There is no namespace netns12 yet. Run the cells that build the network first.",
    ),
  );
  await script("ip netns add netns12");
  const terminal = await sandbox.terminal("netns12", size);
  const screen = watchOutput(terminal);
  await screen.seen("netns12:~ # ");
  assert.equal((await runText(terminal, "readlink /proc/self/ns/net > /tmp/first")).end, 0);
  await script("ip netns del netns12; ip netns add netns12");
  const { output } = await runText(
    terminal,
    "readlink /proc/self/ns/net | diff -q - /tmp/first; echo $$",
  );
  assert.match(output, /^Files - and \/tmp\/first differ\n\d+\n$/);
  assert.equal(await sandbox.terminal("netns12", size), terminal);
  const lab = await sandbox.terminal("lab", size);
  const { output: held } = await runText(lab, "lsns -t net -n -o NPROCS | wc -l");
  assert.ok(Number(held) >= 2);
});

test("changes of the network are observed", async () => {
  await using own = await openForTest();
  const states = own.observe({ state: true })[Symbol.asyncIterator]();
  const first = await states.next();
  assert.ok(!first.done && first.value.type === "state");
  assert.deepEqual(
    first.value.state.namespaces.map((one) => one.name),
    ["lab"],
  );
  await script("ip link add veth1 type veth peer name veth2; ip link set veth1 up", own);
  for (;;) {
    const next = await states.next();
    assert.ok(!next.done && next.value.type === "state");
    const links = next.value.state.namespaces[0]?.links ?? [];
    if (links.some((link) => link.name === "veth1" && link.flags.includes("UP"))) break;
  }
  await states.return?.();
});

const countProcesses = "set -- /proc/[0-9]*; echo $#";

test("a fork bomb stays within its sandbox", { timeout: 60_000 }, async () => {
  await using own = await openForTest();
  const bomb = await own.terminal("lab", size);
  const made = await script("ip netns add calm; ulimit -u; ulimit -c; ulimit -v", own);
  assert.equal(made.output, "200\n0\n1048576\n");
  const calm = await own.terminal("calm", size);
  const started = performance.now();
  await runText(bomb, ":(){ :|:& };:");
  // Nothing can be forked any more, so only builtins are used.
  const full = "until set -- /proc/[0-9]*; [ $# -gt 190 ]; do :; done; echo $#";
  const { output } = await runText(calm, full);
  // The bomb dies and is born while /proc is being read, so some are counted twice.
  assert.ok(Number(output) <= 400, `${output} processes`);
  await own.reset();
  const fresh = await own.terminal("lab", size);
  const { output: left } = await runText(fresh, countProcesses);
  assert.equal(left, "2\n");
  assert.ok(performance.now() - started < 30_000);
});

test("reset starts anew: terminals end, the network is empty, the sandbox goes on", async () => {
  await using own = await openForTest();
  const old = await own.terminal("lab", size);
  await runText(old, "ip link add v type veth peer name w; echo x > file");
  const run = runText(old, "sleep 100");
  await own.reset();
  assert.equal((await run).end, "The sandbox was reset.");
  const fresh = await own.terminal("lab", size);
  assert.notEqual(fresh, old);
  assert.deepEqual(await runText(fresh, "ls; ls /sys/class/net"), { output: "lo\n", end: 0 });
  const ended = await Promise.race([own.ended, Promise.resolve("still there")]);
  assert.equal(ended, "still there");
});

test("when it is killed, runs are lost with a sentence and keep what was printed", async () => {
  const image = await ensureImage(() => {});
  let machine: HostMachine | undefined;
  const own = await openAgentSandbox(async () => {
    machine = await startHostMachine(image);
    return machine;
  });
  const terminal = await own.terminal("lab", size);
  const run = collect(terminal.run("echo ready; sleep 100", { nonce: newNonce() }));
  const streamed = collect(own.script("echo ready; sleep 100", { name: "cell.sh" }));
  await watchOutput(terminal).seen("\rready");
  process.kill(machine?.pid ?? 0, "SIGKILL");
  assert.equal(await own.ended, "The sandbox on this host ended. Run starts a new one.");
  const typed = await run;
  assert.equal(typed.output, "ready\n");
  assert.match(
    String(typed.end),
    /^The sandbox ended\. What was printed stays here; Run starts a new one/,
  );
  assert.match(String((await streamed).end), /^The sandbox ended/);
  await assert.rejects(own.terminal("lab", size), SandboxError);
  await own.reset();
  assert.deepEqual(await script("echo again", own), { output: "again\n", end: 0 });
  await own[Symbol.asyncDispose]();
});

test("it leaves nothing behind on this host", async () => {
  const folders = async (): Promise<string[]> => {
    const places = [tmpdir(), "/sys/fs/cgroup", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory"];
    const names = await Promise.all(places.map((place) => readdir(place).catch(() => [])));
    return names.flat().filter((name) => name.startsWith("vethbook-host-"));
  };
  const earlier = await folders();
  const own = await openForTest();
  assert.ok((await folders()).length > earlier.length);
  await own[Symbol.asyncDispose]();
  const left = (await folders()).filter((name) => !earlier.includes(name));
  assert.deepEqual(left, []);
});

test("a sandbox that cannot start says why and leaves no timer behind", async () => {
  const image = await ensureImage(() => {});
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
  const earlier = timers();
  const path = process.env.PATH;
  process.env.PATH = "/nowhere";
  try {
    await assert.rejects(startHostMachine(image), /The host sandbox did not start: bwrap failed/);
  } finally {
    process.env.PATH = path;
  }
  assert.equal(timers(), earlier);
});

test("the probe tells what is missing", async () => {
  const image = await ensureImage(() => {});
  assert.equal(await probeHost(image), undefined);
  const path = process.env.PATH;
  process.env.PATH = "/nowhere";
  try {
    assert.match(String(await probeHost(image)), /bubblewrap is missing; run "apt-get install/);
  } finally {
    process.env.PATH = path;
  }
});
