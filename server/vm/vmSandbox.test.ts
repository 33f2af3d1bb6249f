// The VM as a reader meets it: a fresh Linux machine in which everything that a chapter uses works.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import type { Sandbox, Terminal } from "../../shared/sandbox.ts";
import { ensureImage } from "../image/image.ts";
import { type Collected, collect, runLine, runScript } from "./collect.fake.ts";
import { openVmSandbox, probeVm } from "./vmSandbox.ts";

const size = { columns: 80, rows: 24 };
let sandbox: Sandbox;
let fresh: string;

before(async () => {
  assert.equal(await probeVm(), undefined);
  const image = await ensureImage((text) => console.error(text));
  sandbox = await openVmSandbox(image);
  fresh = (await runScript(sandbox, freshMachine)).output;
});
after(async () => sandbox[Symbol.asyncDispose]());

const freshMachine = `
ip -o link | sed 's/:/ /' | awk '{ print $1, $2, $3 }'
ip netns list | wc -l
hostname; uname -r
dmesg | wc -l
ls /sys/class/net /run/netns 2>&1
date +%s
for name in ipv4.ip_forward ipv4.conf.all.proxy_arp ipv4.conf.default.rp_filter \\
  ipv4.conf.all.arp_ignore ipv4.neigh.default.gc_thresh3; do sysctl -n net.$name; done
ip link add v0 type veth peer name v1
ip -o link show v1 | cut -d: -f1
`;

test("a fresh machine has lo and nothing else, and Linux's defaults", () => {
  const lines = fresh.split("\n");
  assert.equal(lines[0], "1 lo: <LOOPBACK,UP,LOWER_UP>");
  assert.equal(lines[1], "0");
  assert.equal(lines[2], "lab");
  assert.match(lines[3] ?? "", /^6\.1\.0-\d+-cloud-amd64$/);
  assert.ok(Number(lines[4]) <= 2, `the kernel's log is not empty: ${lines[4]} lines`);
  assert.match(fresh, /cannot access '\/run\/netns'.*\n\/sys\/class\/net:\nlo\n/);
  const [seconds, ...sysctls] = lines.slice(lines.indexOf("lo") + 1);
  assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60, `the clock says ${seconds}`);
  assert.deepEqual(sysctls.slice(0, 6), ["0", "0", "0", "0", "1024", "2"]);
});

test("it says which kernel answers", () => {
  assert.equal(sandbox.kind, "vm");
  assert.match(sandbox.kernel, /^Linux 6\.1\.0-\d+-cloud-amd64 in a VM$/);
});

test("veth, 8021q, a bridge with vlan_filtering, brctl, arping, tcpdump work", async () => {
  const { output, code } = await runScript(
    sandbox,
    `set -e
ip netns add left; ip netns add right
ip link add br0 type bridge vlan_filtering 1
for side in left right; do
  ip link add $side type veth peer name eth0 netns $side
  ip link set $side master br0 up
  ip -n $side link set eth0 up
  ip -n $side link add link eth0 name eth0.10 type vlan id 10
  ip -n $side link set eth0.10 up
  bridge vlan add dev $side vid 10
done
ip link set br0 up
ip -n left addr add 192.168.5.1/24 dev eth0.10
ip -n right addr add 192.168.5.2/24 dev eth0.10
ip netns exec right timeout 20 tcpdump -l -nei eth0 -c 2 vlan and icmp > capture 2> capture.log &
until grep -q listening capture.log; do sleep 0.05; done
ip netns exec left ping -c 2 -i 0.2 -W 5 192.168.5.2
wait %1
cat capture
ip netns exec left arping -c 1 -w 5 -I eth0.10 192.168.5.2
brctl show br0
bridge vlan show dev left
ip netns exec left arp -n
ip netns exec left ifconfig eth0.10
ip -d link show left | grep -o 'vlan_filtering 1' || ip -d link show br0 | grep -o 'vlan_filtering 1'`,
  );
  assert.equal(code, 0, output);
  assert.match(output, /2 packets transmitted, 2 received, 0% packet loss/);
  assert.match(output, /ethertype 802\.1Q \(0x8100\).* vlan 10, .*ICMP echo request/);
  assert.match(output, /Unicast reply from 192\.168\.5\.2/);
  assert.match(output, /br0\s+8000\.[0-9a-f]{12}\s+no\s+left/);
  assert.match(output, /left\s+1 PVID Egress Untagged\n\s+10/);
  assert.match(output, /192\.168\.5\.2\s+ether/);
  assert.match(output, /inet 192\.168\.5\.1/);
  assert.match(output, /vlan_filtering 1/);
});

test("unshare and nsenter work, macvlan, dummy, vxlan and netem are there", async () => {
  const { output, code } = await runScript(
    sandbox,
    `set -e
unshare --net --uts bash -c 'hostname inner; exec sleep 60' & inner=$!
until [ "$(nsenter -t $inner -u hostname)" = inner ]; do sleep 0.05; done
ip link add a0 type veth peer name a1 netns $inner
nsenter -t $inner -n -u bash -c 'hostname; ip -br link'
ip link add m0 link a0 type macvlan mode bridge
ip link add d0 type dummy
ip link add x0 type vxlan id 5 remote 10.0.0.1 dstport 4789 dev a0
tc qdisc add dev a0 root netem delay 20ms
tc qdisc show dev a0
lsns -t net -n | wc -l
ls /sys/class/net
kill $inner`,
  );
  assert.equal(code, 0, output);
  assert.match(output, /^inner\n/);
  assert.match(output, /a1@if\d+/);
  assert.match(output, /netem.*delay 20ms/);
  assert.doesNotMatch(output, /dummy0|sit0|tunl0/);
});

test("there is no network card and no file of the host", async () => {
  const { output } = await runScript(
    sandbox,
    `grep -l 0x02 /sys/bus/pci/devices/*/class | wc -l
findmnt -rno FSTYPE | grep -v nsfs | sort -u | tr '\\n' ' '; echo
cat /etc/resolv.conf; grep ^hosts /etc/nsswitch.conf
touch /root/mine && ls /root`,
  );
  assert.match(output, /^0\ncgroup2 devpts devtmpfs overlay proc sysfs tmpfs \n/);
  assert.match(output, /^nameserver 192\.0\.2\.53$/m);
  assert.match(output, /^hosts: files dns$/m);
  assert.match(output, /^mine$/m);
});

test("terminals are shells of their own with job control, size and Ctrl-C", async () => {
  const lab = await sandbox.terminal("lab", size);
  const { code } = await runLine(lab, "ip netns add blue && cd /tmp && name=mine");
  assert.equal(code, 0);
  const blue = await sandbox.terminal("blue", size);
  assert.equal((await runLine(blue, "echo $PWD-$name")).output.trim(), "/root-");
  assert.equal((await runLine(blue, "ip -br link | wc -l")).output.trim(), "1");
  assert.equal((await runLine(lab, "echo $PWD-$name")).output.trim(), "/tmp-mine");

  blue.resize({ columns: 111, rows: 37 });
  assert.equal((await runLine(blue, "stty size")).output.trim(), "37 111");

  const interrupted = await pressOnceStarted(lab, 3);
  assert.equal(interrupted.code, 130);
  const stopped = await pressOnceStarted(lab, 26);
  assert.equal(stopped.code, 148);
  assert.match((await runLine(lab, "jobs")).output, /Stopped\s+sh -c/);
  assert.equal((await runLine(lab, "kill %1; wait 2> /dev/null; echo done")).code, 0);
});

/** Presses a key, once, when the program in the foreground says that it runs. */
function pressOnceStarted(terminal: Terminal, key: number): Promise<Collected> {
  const source = "sh -c 'echo started; exec sleep 600'";
  const nonce = randomBytes(16).toString("hex");
  let pressed = false;
  return collect(terminal.run(source, { nonce }), (output) => {
    if (pressed || !output.includes("started")) return;
    pressed = true;
    terminal.write(Uint8Array.of(key));
  });
}

test("a terminal that is closed gives its port back with a new shell", async () => {
  const { code } = await runScript(sandbox, "ip netns add again");
  assert.equal(code, 0);
  // More openings than there are ports, each in a namespace made anew under the same name.
  for (let count = 0; count < 18; count++) {
    await runScript(sandbox, "ip netns del again; ip netns add again");
    const terminal = await sandbox.terminal("again", size);
    const { output } = await runLine(terminal, `echo $seen-${count}; seen=${count}`);
    assert.equal(output.trim(), `-${count}`);
  }
});

test("reset is a new machine in the same sandbox", async () => {
  await runScript(sandbox, "ip netns add old; touch /root/old");
  await sandbox.reset();
  const { output } = await runScript(sandbox, "ip netns list; ls /root/old 2>&1; ip -br link");
  assert.match(output, /^ls: cannot access '\/root\/old'.*\nlo /);
  const lab = await sandbox.terminal("lab", size);
  assert.equal((await runLine(lab, "echo $((6 * 7))")).output.trim(), "42");
});
