// The compiled agent in namespaces made by unshare(1): programs, the list of namespaces, netlink
// changes, its end. Terminals are tested with a real shell in server/host.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { NamespaceRef } from "../../shared/namespaceNames.ts";
import { SandboxError } from "../../shared/sandbox.ts";
import { buildAgent } from "./build.ts";
import { type AgentControl, connectAgent } from "./connection.ts";
import { encodeFrame } from "./frames.ts";
import type { NamespaceChange } from "./protocol.ts";

let folder: string;
let program: string;
let child: ChildProcess;
let agent: AgentControl;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-test-"));
  program = join(folder, "agent");
  await buildAgent(program);
  [child, agent] = await start("first");
});
after(async () => {
  agent.close();
  await once(child, "close");
  await rm(folder, { recursive: true });
});

/** Starts an agent with an own /run, and connects to it. */
async function start(name: string): Promise<[ChildProcess, AgentControl]> {
  const socket = join(folder, name);
  const inside = 'mount -t tmpfs run /run && mkdir /run/netns && exec "$0" serve 3';
  const started = spawn(
    program,
    [
      ...["launch", "--socket", socket, "--", "unshare", "--user", "--map-root-user", "--net"],
      ...["--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["sh", "-c", inside, program],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  await until(() => existsSync(socket));
  const stream = connect(socket);
  await once(stream, "connect");
  return [started, connectAgent(stream)];
}

/** Looks again and again until it is true; the test's time limit is the end of patience. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

function sh(source: string, stdin = ""): Promise<{ code: number; output: string }> {
  return agent.run(["bash", "-c", source], { stdin });
}

async function named(hostname: string): Promise<NamespaceRef | undefined> {
  return (await agent.namespaces()).find((one) => one.hostname === hostname);
}

/** A process in a network and UTS namespace of its own that lives until it is killed. */
async function makeNamespace(hostname: string): Promise<NamespaceRef> {
  const inside = 'hostname "$0"; exec sleep 1000';
  const stream = agent.stream(["unshare", "--net", "--uts", "bash", "-c", inside, hostname]);
  void (async () => {
    for await (const _ of stream);
  })();
  let found: NamespaceRef | undefined;
  await until(async () => {
    found = await named(hostname);
    return found !== undefined;
  });
  if (found === undefined) throw new Error("unreachable");
  return found;
}

test("programs: status, order of output and errors, arguments as they are", async () => {
  assert.deepEqual(await sh("echo a; echo b >&2; echo c; exit 7"), {
    code: 7,
    output: "a\nb\nc\n",
  });
  assert.deepEqual(await agent.run(["printf", "%s|", "a b", "", "$x;"]), {
    code: 0,
    output: "a b||$x;|",
  });
  assert.deepEqual(await agent.run(["no-such-program"]), {
    code: 127,
    output: "no-such-program: command not found\n",
  });
  assert.equal((await sh("kill -TERM $$")).code, 143);
});

test("programs start with usual signals and a plain environment", async () => {
  const { output } = await sh(
    "grep -E 'SigBlk|SigIgn' /proc/self/status; env | sort; ls -l /proc/self/fd | wc -l",
  );
  const signals = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n";
  assert.ok(output.startsWith(signals), output);
  assert.match(output, /^HOME=\/root\nLANG=C\.UTF-8\nPATH=\/usr\/sbin:\/usr\/bin:\/sbin:\/bin\n/m);
  assert.doesNotMatch(output, /VETHBOOK/);
  assert.match(output, /\n5\n$/); // total, 0, 1, 2 and the folder itself
});

test("much input and much output pass whole", async () => {
  const text = "0123456789abcdef\n".repeat(100_000);
  const { code, output } = await agent.run(["cat"], { stdin: text });
  assert.equal(code, 0);
  assert.ok(output === text);
});

test("more programs than channels wait for their turn", async () => {
  const all = Array.from({ length: 100 }, (_, index) => agent.run(["echo", String(index)]));
  assert.deepEqual(
    (await Promise.all(all)).map(({ output }) => output.trim()),
    all.map((_, index) => String(index)),
  );
});

test("a program has ended when it itself has ended", async () => {
  const { output } = await sh("sleep 1000 & echo $!");
  assert.equal((await sh(`kill ${output}`)).code, 0);
});

test("leaving a stream hangs its program up", async () => {
  let pid = "";
  for await (const event of agent.stream(["bash", "-c", "echo $$; sleep 1000"])) {
    if (event.type === "output") pid = Buffer.from(event.bytes).toString().trim();
    break;
  }
  assert.match(pid, /^\d+$/);
  await until(async () => (await sh(`ls -d /proc/${pid}`)).code !== 0);
});

test("a shell is hung up although keys wait that its program does not read", async () => {
  const socket = connect(join(folder, "first"));
  await once(socket, "connect");
  socket.resume();
  socket.write(encodeFrame("O", 0, Buffer.alloc(8)));
  socket.write(encodeFrame("D", 0, Buffer.from("exec sleep 4321\r")));
  const sleeps = async (): Promise<boolean> => (await sh("pgrep -xf 'sleep 4321'")).code === 0;
  await until(sleeps);
  // More than the tty takes and the agent keeps, less than all with the socket's own buffer.
  for (let count = 0; count < 4; count++) {
    socket.write(encodeFrame("D", 0, Buffer.alloc(30_000, "x\n")));
  }
  await agent.ping();
  socket.destroy();
  await until(async () => !(await sleeps()));
});

test("namespaces are listed with hostname, names and a process, and programs run inside", async () => {
  const [initial] = await agent.namespaces();
  assert.equal(initial?.initial, true);
  const unnamed = await makeNamespace("unnamed");
  const odd = `a"b\\c`;
  await agent.run(["ip", "netns", "add", odd]);
  await sh("ip netns add one; ln -s /nowhere /run/netns/dangling; touch /run/netns/stale");
  const all = await agent.namespaces();
  const one = all.find((ref) => ref.netnsNames.includes("one"));
  assert.equal(one?.pid, 0);
  assert.ok(all.some((ref) => ref.netnsNames.includes(odd)));
  assert.ok(all.every((ref) => !ref.netnsNames.includes("stale")));
  assert.deepEqual(
    all.map((ref) => ref.initial),
    all.map((_, index) => index === 0),
  );
  const inside = ["sh", "-c", "readlink /proc/self/ns/net; hostname"];
  const answers = await Promise.all(
    [unnamed, one].map((ref) => agent.run(inside, { inode: ref?.inode ?? 0 })),
  );
  assert.equal(answers[0]?.output, `net:[${unnamed.inode}]\nunnamed\n`);
  assert.match(answers[1]?.output ?? "", new RegExp(`^net:\\[${one?.inode}\\]\n`));
  await assert.rejects(
    agent.run(["true"], { inode: 1 }),
    new SandboxError("This namespace has gone."),
  );
  await sh(`kill ${unnamed.pid}; ip netns del one`);
});

test("a list with the longest of names comes whole", async () => {
  // Written as JSON these names are six times as long; the last namespace does not fit any more.
  const counts = [8, 8, 8, 8, 5, 8];
  const made: NamespaceRef[] = [];
  for (const [index] of counts.entries()) made.push(await makeNamespace(`many${index}`));
  const attach = 'for n in $(seq "$1"); do ip netns attach "$n-$2-$3" "$2" || exit; done';
  for (const [index, { pid }] of made.entries()) {
    const argv = [String(counts[index]), String(pid), "\u0001".repeat(240)];
    assert.equal((await agent.run(["sh", "-c", attach, "sh", ...argv])).code, 0);
  }
  const all = await agent.namespaces();
  assert.deepEqual(
    made.map(({ inode }) => all.find((one) => one.inode === inode)?.netnsNames.length),
    counts,
  );
  await sh(`kill ${made.map((one) => one.pid).join(" ")}; ip -all netns del`);
});

test("of two namespaces with one hostname the newer comes last", async () => {
  const older = await makeNamespace("twin");
  const stream = agent.stream([
    "unshare",
    "--net",
    "--uts",
    "sh",
    "-c",
    "hostname twin; sleep 1000",
  ]);
  void (async () => {
    for await (const _ of stream);
  })();
  const twins = async (): Promise<readonly NamespaceRef[]> =>
    (await agent.namespaces()).filter((ref) => ref.hostname === "twin");
  await until(async () => (await twins()).length === 2);
  const [first, second] = await twins();
  assert.equal(first?.inode, older.inode);
  await sh(`kill ${first?.pid} ${second?.pid}`);
});

test("changes tell the namespace and the table, and watching keeps no namespace alive", async () => {
  const seen: NamespaceChange[] = [];
  const waiting = new Set<() => void>();
  void (async () => {
    for await (const change of agent.changes) {
      seen.push(change);
      for (const check of waiting) check();
    }
  })();
  const change = (inode: number | undefined, group: NamespaceChange["group"]): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!seen.some((one) => one.inode === inode && one.group === group)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const watched = await makeNamespace("watched");
  const [initial] = await agent.namespaces();
  const { inode } = watched;
  await sh(`ip link add here type veth peer name there netns ${watched.pid}`);
  await Promise.all([change(inode, "link"), change(initial?.inode, "link")]);
  const inside = (source: string) => agent.run(["sh", "-c", source], { inode });
  await inside("ip link set there up; ip addr add 10.0.0.1/24 dev there");
  await sh("ip link set here up");
  await Promise.all([change(inode, "address"), change(inode, "route")]);
  await inside(
    "ip rule add from 10.9.9.9 table 9; ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev there",
  );
  await Promise.all([change(inode, "rule"), change(inode, "neighbour")]);
  seen.length = 0;
  await sh(`kill ${watched.pid}`);
  // The namespace goes with its last process, and its veth takes this end along.
  await until(async () => (await sh("ip link show here")).code !== 0);
  await change(inode, "link");
  const again = await makeNamespace("watched");
  seen.length = 0;
  await agent.run(["ip", "link", "set", "lo", "up"], { inode: again.inode });
  await change(again.inode, "link");
  await sh(`kill ${again.pid}`);
});

test("many changes come as few messages", async () => {
  const [second, other] = await start("second");
  let count = 0;
  const counted = (async () => {
    for await (const change of other.changes) if (change.group === "link") count++;
  })();
  await other.namespaces();
  const begin = performance.now();
  await other.run([
    "sh",
    "-c",
    "for i in $(seq 200); do ip link set lo up; ip link set lo down; done",
  ]);
  const windows = (performance.now() - begin) / 20 + 2;
  await other.ping();
  other.close();
  await counted;
  await once(second, "close");
  assert.ok(count > 0 && count <= windows, `${count} messages`);
});

test("an agent with nothing to do uses no processor", async () => {
  await agent.ping();
  const { output } = await sh("cat /proc/1/stat /proc/$PPID/stat");
  const ticks = (text: string): string =>
    text
      .trim()
      .split("\n")
      .map((line) => line.split(" ").slice(13, 15).join(" "))
      .join();
  await delay(600);
  assert.equal(ticks((await sh("cat /proc/1/stat /proc/$PPID/stat")).output), ticks(output));
});

test("when the control connection ends, the agent and all its programs end", async () => {
  const [second, other] = await start("third");
  const running = other.run(["sleep", "1000"]);
  const { output } = await other.run(["sh", "-c", "echo $PPID"]);
  assert.match(output, /^\d+\n$/);
  other.close("It was closed.");
  await assert.rejects(running, new SandboxError("It was closed."));
  await assert.rejects(other.namespaces(), SandboxError);
  assert.equal(await other.closed, "It was closed.");
  await once(second, "close");
});

test("what is launched ends when its parent is killed", async () => {
  const parent = spawn("sh", ["-c", '"$0" launch -- sleep 1000 & echo $!; wait', program]);
  const [chunk] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(chunk.toString());
  await until(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep"));
  parent.kill("SIGKILL");
  const gone = (): boolean => {
    try {
      return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return true;
    }
  };
  await until(gone);
});
