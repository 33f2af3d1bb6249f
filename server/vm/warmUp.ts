// What a VM does once before its state is saved as the template, so that no clone has to do it: the
// tools that a learner uses first are read from disk, and the first terminal's shell waits at its
// prompt. It must leave no trace: the template looks like a machine that has just been booted.
// Nothing here may read /proc/sys/kernel/random/boot_id: the kernel makes it at the first read.

import { connect } from "node:net";
import type { AgentControl } from "../agent/connection.ts";

/** Port whose shell is already there in every clone. */
export const firstTerminalPort = 1;

/** Devices are made in a namespace of their own: the initial one must start counting at index 2. */
const inNamespace = `
ip link add v0 type veth peer name v1
ip link add b0 type bridge vlan_filtering 1
ip link set v1 master b0 up
ip link add link v0 name v0.10 type vlan id 10
ip link set v0 up
ip link set b0 up
ip addr add 192.0.2.1/24 dev v0
ip addr add 192.0.2.2/24 dev b0
ip netns add warm
ip netns exec warm ip link set lo up
ip netns del warm
ip -d -j addr
bridge -j vlan
tcpdump -c 1 -nei v1 &
ping -c 1 -W 1 192.0.2.1
ping -c 1 -W 1 -I v0 192.0.2.2
kill %1
wait`;

/** Small programs are only read: running each under emulation takes a tenth of a second. */
const commands = `
unshare --net --mount --uts bash -c '${inNamespace}'
cd /usr/bin
cat ls cat sleep head tail seq date timeout grep sed mawk less mkdir rm wc tr kill env > /dev/null
ps; arping -V; brctl show; route -n; arp -n; nsenter -V; sysctl net.ipv4.ip_forward
rm -rf /run/netns
dmesg -C`;

/** Runs the tools once. */
export async function warmTools(agent: AgentControl): Promise<void> {
  const { code, output } = await agent.run(["bash", "-c", commands]);
  if (code !== 0) throw new Error(`the tools of the VM do not run: ${output.slice(-300)}`);
}

/** Opens the shell of the first terminal and leaves it at its prompt. */
export async function warmTerminal(agent: AgentControl, socketPath: string): Promise<void> {
  agent.servePort(firstTerminalPort);
  const socket = connect(socketPath);
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the first terminal was closed")));
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1");
      if (seen.includes("\u001b]133;B;")) resolve();
    });
    // 'O', channel 0, 8 bytes: 24 rows, 80 columns, the initial namespace
    socket.write(Buffer.from([0x4f, 0, 0, 8, 0, 24, 0, 80, 0, 0, 0, 0]));
  });
  socket.removeAllListeners("close");
  socket.destroy();
  await agent.ping();
}
