// How fast is the simulator beside this machine's own kernel, in the same run?
//     npm run bench:simulator
// The same script runs in bash with the real tools in a private network namespace, and on the
// simulator. Needs root for the kernel's side; without it only the simulator's figures are told.
// The first run in a process is mostly the engine's: it interprets and compiles. "Warm" is the best
// of some more runs, each on a fresh machine, as a page has them that is open for a while.

import { spawnSync } from "node:child_process";
import { openServerSimulator } from "../server/sandboxes/serverSimulator.ts";
import { chainFrames, idleMinute } from "./simulatedKernel.ts";

const MARK = `printf "\n@%s\n" "\${EPOCHREALTIME/./}"
`;

/** Milliseconds on both sides. */
type Row = {
  readonly simulator: number;
  readonly warm: number;
  readonly kernel: number | undefined;
};

/** Runs after the first. */
const MORE_RUNS = 8;

const QUIET = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1\n";

console.log("| what | simulator | warm | this kernel | times | times, warm |");
console.log("| --- | --- | --- | --- | --- | --- |");
console.log(
  `| from a new machine to its first answer | ${(await firstAnswer()).toFixed(0)} ms | | | | |`,
);
const hundred = await compare("create 100 hosts on a bridge, one ip call per command", hosts(100));
await compare("30 hosts, all pairs ping (870)", `${hosts(30)}sleep 0.5\n`, pings(30));
const thousand = (await onSimulator(QUIET + hosts(1000))) / 1000;
const perHost = (of: number) => (thousand / (of / 100)).toFixed(2);
console.log(
  `| cost per host, 1000 hosts to 100 hosts | ${perHost(hundred.simulator)} | ${perHost(hundred.warm)} | | | |`,
);
const frames = chainFrames(10, 60_000);
console.log(`| frames per second through 10 routers | ${Math.round(frames)} | | | | |`);
for (const six of [false, true]) {
  const name = six ? "with IPv6" : "without IPv6";
  console.log(
    `| 60 idle virtual seconds of 100 hosts, ${name}, ms | ${idleMinute(100, six).toFixed(1)} | ${idleMinute(100, six).toFixed(1)} | | | |`,
  );
}

/** Runs a script on both; with `then`, only that part is timed. */
async function compare(what: string, script: string, then = ""): Promise<Row> {
  const whole = QUIET + script;
  const once = async () =>
    then === "" ? await onSimulator(whole) : await onSimulator(then, whole);
  const simulator = await once();
  let warm = simulator;
  for (let run = 0; run < MORE_RUNS; run++) warm = Math.min(warm, await once());
  const kernel = onKernel(whole, then);

  const times = (of: number) => (kernel === undefined ? "" : (kernel / of).toFixed(1));
  const milliseconds = (time: number | undefined) =>
    time === undefined ? "" : `${time.toFixed(0)} ms`;
  const figures = [simulator, warm, kernel].map(milliseconds).join(" | ");
  console.log(`| ${what} | ${figures} | ${times(simulator)} | ${times(warm)} |`);
  return { simulator, warm, kernel };
}

/** Milliseconds from asking for a machine to the end of its first command. */
async function firstAnswer(): Promise<number> {
  const begun = performance.now();
  await using sandbox = openServerSimulator();
  await run(sandbox, "true");
  return performance.now() - begun;
}

/** Milliseconds of a script, after another one that is not timed. */
async function onSimulator(script: string, before = ""): Promise<number> {
  await using sandbox = openServerSimulator();
  // Programs that are loaded late are loaded before the clock runs.
  await run(sandbox, "ip netns list; ping -c1 127.0.0.1; sysctl -n net.ipv4.ip_forward");
  await run(sandbox, before);
  const begun = performance.now();
  await run(sandbox, script);
  return performance.now() - begun;
}

async function run(sandbox: ReturnType<typeof openServerSimulator>, script: string): Promise<void> {
  for await (const event of sandbox.script(script, { name: "bench" })) {
    if (event.type === "lost") throw new Error(event.reason);
  }
}

/** Milliseconds on this machine's kernel; undefined where that is not allowed. */
function onKernel(script: string, then: string): number | undefined {
  const timed = then === "" ? `${MARK}${script}${MARK}` : `${script}${MARK}${then}${MARK}`;
  const inside = `mount -t tmpfs tmpfs /run/netns 2>/dev/null || { mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns; }\n${timed}`;
  const { stdout, status } = spawnSync("unshare", ["--net", "--mount", "bash", "-c", inside], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const marks = [...(stdout ?? "").matchAll(/^@(\d+)$/gm)].map(([, time]) => Number(time));
  const [begun, ended] = marks;
  if (status === null || begun === undefined || ended === undefined) return undefined;
  return (ended - begun) / 1000;
}

function hosts(count: number): string {
  const lines = ["ip link add br0 type bridge", "ip link set br0 up"];
  for (let host = 1; host <= count; host++) {
    lines.push(
      `ip netns add h${host}`,
      `ip link add v${host} type veth peer name eth0 netns h${host}`,
      `ip link set v${host} master br0`,
      `ip link set v${host} up`,
      `ip -n h${host} addr add ${addressOf(host)}/16 dev eth0`,
      `ip -n h${host} link set eth0 up`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function pings(count: number): string {
  const lines: string[] = [];
  for (let from = 1; from <= count; from++) {
    for (let to = 1; to <= count; to++) {
      if (from !== to)
        lines.push(`ip netns exec h${from} ping -q -c 1 ${addressOf(to)} > /dev/null`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function addressOf(host: number): string {
  return `10.0.${Math.floor(host / 250)}.${1 + (host % 250)}`;
}
