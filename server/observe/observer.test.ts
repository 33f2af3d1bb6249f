// Does the observer tell what a real kernel did, after changes, after runs, and when things go
// wrong? The real agent answers from namespaces that this test makes, without any right of root.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Namespace, NetworkState } from "../../shared/network.ts";
import { buildAgent } from "../agent/build.ts";
import { type AgentControl, connectAgent } from "../agent/connection.ts";
import type { NamespaceChange } from "../agent/protocol.ts";
import type { ObservedAgent } from "./observedAgent.ts";
import { type Observer, observeAgent } from "./observer.ts";

let folder: string;
let child: ChildProcess;
let agent: AgentControl;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-observe-"));
  const program = join(folder, "agent");
  const socket = join(folder, "socket");
  await buildAgent(program);
  const inside = `mount -t tmpfs tmpfs /run && mkdir /run/netns && exec "$0" serve 3`;
  child = spawn(
    program,
    [
      ...["launch", "--socket", socket, "--", "unshare", "--user", "--map-root-user", "--mount"],
      ...["--net", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"],
      // What it prints tells that it listens.
      ...["sh", "-c", `echo up; ${inside}`, program],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  agent = connectAgent(connect(socket));
});

after(async () => {
  agent.close();
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  await rm(folder, { recursive: true });
});

async function shell(script: string): Promise<void> {
  const result = await agent.run(["bash", "-ec", script]);
  assert.equal(result.code, 0, result.output);
}

/** The first state, of now or later, of which this holds. */
async function until(observer: Observer, holds: (state: NetworkState) => boolean) {
  for await (const { state } of observer) if (holds(state)) return state;
  throw new Error("the observer ended before that");
}

function space(state: NetworkState, name: string): Namespace | undefined {
  return state.namespaces.find((one) => one.name === name);
}

test("a real kernel, step by step", { timeout: 30_000 }, async (t) => {
  const observer = observeAgent(agent, { gather: 20, patience: 8000, quiet: 50 });
  t.after(() => observer.close());

  const first = await until(observer, (state) => state.namespaces.length > 0);
  const lab = space(first, "lab");
  assert.deepEqual(
    lab?.links.map((link) => link.name),
    ["lo"],
  );
  assert.equal(lab?.sysctls["ipv4.ip_forward"], "0");

  // Made without a netlink message that names it: found because a run has ended.
  await shell("ip netns add red; ip netns exec red ip link set lo up");
  observer.poke();
  await until(observer, (state) => space(state, "red")?.links[0]?.flags.includes("UP") === true);

  // From here on no poke: netlink tells.
  await shell(`
    unshare --net --uts sh -c 'hostname blue; echo $$ > /run/blue; exec sleep 1000' > /dev/null 2>&1 &
    until [ -s /run/blue ] && [ "$(nsenter -t $(cat /run/blue) -u hostname)" = blue ]; do :; done
    ip link add left type veth peer name right
    ip link set left netns red
    ip link set right netns $(cat /run/blue)
    ip -n red addr add 10.0.0.1/24 dev left
    ip -n red link set left up
    nsenter -t $(cat /run/blue) -n ip link set right up`);
  const linked = await until(
    observer,
    (state) =>
      space(state, "blue")?.links.some((link) => link.peerNamespace !== undefined) === true &&
      space(state, "red")?.routes.some((route) => route.destination === "10.0.0.0/24") === true,
  );
  const red = space(linked, "red");
  const blue = space(linked, "blue");
  assert.equal(red?.links.find((link) => link.name === "left")?.peerNamespace, blue?.inode);
  assert.equal(blue?.links.find((link) => link.name === "right")?.peerNamespace, red?.inode);
  assert.ok((blue?.pid ?? 0) > 1);
  assert.deepEqual(blue?.netnsNames, []);

  await shell("nsenter -t $(cat /run/blue) -n ip addr add 10.0.0.2/24 dev right");
  await shell("ip netns exec red ping -c 1 10.0.0.2");
  const pinged = await until(
    observer,
    (state) => space(state, "red")?.neighbours.some((one) => one.address === "10.0.0.2") === true,
  );
  const entry = space(pinged, "red")?.neighbours.find((one) => one.address === "10.0.0.2");
  assert.equal(entry?.mac, blue?.links.find((link) => link.name === "right")?.mac);

  // No message tells of these: an ARP entry that only waits, a proxy entry and a sysctl.
  await shell(`
    ip -n red neigh add proxy 10.0.0.9 dev left
    ip netns exec red sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.left.arp_ignore=2`);
  observer.poke();
  await until(observer, (state) => {
    const now = space(state, "red");
    return (
      now?.neighbours.some((one) => one.proxy && one.address === "10.0.0.9") === true &&
      now.sysctls["ipv4.ip_forward"] === "1" &&
      now.sysctls["ipv4.conf.left.arp_ignore"] === "2"
    );
  });

  // The kernel removes routes with the link, without a message for each.
  await shell("ip -n red link set left down");
  await until(observer, (state) => {
    const routes = space(state, "red")?.routes ?? [];
    return routes.length > 0 && routes.every((route) => route.destination !== "10.0.0.0/24");
  });

  await shell("kill -9 $(cat /run/blue)");
  await until(observer, (state) => space(state, "blue") === undefined);
});

/** An agent that is told what to say; changes are handed to it one by one. */
function toldAgent(run: ObservedAgent["run"], inodes: () => readonly number[]) {
  const waiting: NamespaceChange[] = [];
  let wake = () => {};
  let over = false;
  const agent: ObservedAgent = {
    run,
    namespaces: async () =>
      inodes().map((inode) => ({
        ...{ inode, pid: inode, hostname: `host${inode}`, netnsNames: [], initial: inode === 1 },
      })),
    changes: (async function* () {
      while (!over) {
        yield* waiting.splice(0);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    })(),
  };
  return {
    agent,
    change(change: NamespaceChange) {
      waiting.push(change);
      wake();
    },
    end() {
      over = true;
      wake();
    },
  };
}

const quick = { gather: 1, patience: 50, quiet: 1 };

test("only the namespace and the table that changed are read", { timeout: 5000 }, async () => {
  const asked: { inode: number | undefined; stdin: string }[] = [];
  let state = "STALE";
  const { agent, change, end } = toldAgent(
    async (argv, options) => {
      if (argv[0] === "ip") asked.push({ inode: options?.inode, stdin: options?.stdin ?? "" });
      return { code: 0, output: `[{"dst":"10.0.0.1","dev":"a","state":["${state}"]}]` };
    },
    () => [1, 2],
  );
  const observer = observeAgent(agent, quick);
  await until(observer, (s) => s.namespaces.length === 2);
  asked.length = 0;
  state = "REACHABLE";
  change({ inode: 2, group: "neighbour" });
  const after = await until(observer, (s) => s.namespaces[1]?.neighbours[0]?.state === "REACHABLE");
  assert.equal(after.namespaces[0]?.neighbours[0]?.state, "STALE");
  assert.deepEqual(asked, [{ inode: 2, stdin: "neigh show nud all\nneigh show proxy\n" }]);
  end();
});

test("one namespace that hangs and one that cannot be read harm no other", async () => {
  const { agent, end } = toldAgent(
    async (_argv, options) => {
      if (options?.inode === 2) await new Promise(() => {});
      if (options?.inode === 3) throw new Error("no such namespace");
      return { code: 0, output: '[{"priority":0,"src":"all","table":"local"}]' };
    },
    () => [1, 2, 3],
  );
  const observer = observeAgent(agent, quick);
  const state = await until(observer, (s) => s.namespaces.length === 3);
  assert.deepEqual(
    state.namespaces.map((one) => one.rules.length),
    [1, 0, 0],
  );
  observer.poke();
  const next = await until(observer, (s) => s !== state && s.namespaces.length === 3);
  assert.equal(next.namespaces[0]?.rules.length, 1);
  end();
});

test("a program that is missing leaves empty tables", { timeout: 5000 }, async () => {
  const { agent, end } = toldAgent(
    async () => ({ code: 127, output: "ip: not found\n" }),
    () => [1],
  );
  const state = await until(observeAgent(agent, quick), (s) => s.namespaces.length === 1);
  assert.deepEqual(state.namespaces[0]?.links, []);
  end();
});

test("a slow reader gets the newest state only; all end with the agent", {
  timeout: 5000,
}, async () => {
  let table = 0;
  const { agent, change, end } = toldAgent(
    async () => ({ code: 0, output: `[{"priority":0,"src":"all","table":"${table}"}]` }),
    () => [1],
  );
  const observer = observeAgent(agent, quick);
  const tableOf = (state: NetworkState | undefined) => state?.namespaces[0]?.rules[0]?.table;
  await until(observer, (s) => tableOf(s) === "0");
  const slow = observer[Symbol.asyncIterator]();
  assert.equal(tableOf((await slow.next()).value?.state), "0");
  for (table = 1; table <= 3; table++) {
    const now = String(table);
    change({ inode: 1, group: "rule" });
    await until(observer, (s) => tableOf(s) === now);
  }
  assert.equal(tableOf((await slow.next()).value?.state), "3");
  const last = slow.next();
  end();
  assert.deepEqual(await last, { done: true, value: undefined });
});

test("a change that changes nothing gives no new state, the end of a run always does", async () => {
  const { agent, change, end } = toldAgent(
    async () => ({ code: 0, output: "[]" }),
    () => [1],
  );
  const observer = observeAgent(agent, quick);
  const states = observer[Symbol.asyncIterator]();
  const first = (await states.next()).value?.state;
  const next = states.next();
  change({ inode: 1, group: "route" });
  observer.poke();
  const second = (await next).value?.state;
  assert.ok(first && second && first !== second);
  assert.deepEqual(second.namespaces, first.namespaces);
  end();
  assert.equal((await states.next()).done, true);
});
