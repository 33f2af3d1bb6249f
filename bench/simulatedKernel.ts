// Figures of the simulated kernel alone, without shell and commands.
// Not here: comparisons with a real kernel (simulator.ts).

import { createNet } from "../simulator/net/core/netLifecycle.ts";
import type { Net } from "../simulator/net/core/netNamespace.ts";
import { newLink, setLink } from "../simulator/net/core/rtnetlink.ts";
import { writeSysctl } from "../simulator/net/core/sysctl.ts";
import { newRoute } from "../simulator/net/ipv4/fibFrontend.ts";
import {
  connect,
  device,
  ip,
  quietNet,
  run,
  set,
  startKernel,
} from "../simulator/net/ipv4/lab.fixture.ts";
import { openUdpSocket } from "../simulator/net/ipv4/udp.ts";

/** Frames per second of this computer's time through a chain of routers, each hop counted. */
export function chainFrames(routers: number, packets: number): number {
  const kernel = startKernel();
  const nets = Array.from({ length: routers + 2 }, () => quietNet(kernel));
  for (const [index, net] of nets.entries()) {
    set(net, "net/ipv4/ip_forward", 1);
    const next = nets[index + 1];
    if (next === undefined) continue;
    connect(
      { net, name: "right", address: `10.0.${index}.1/24` },
      { net: next, name: "left", address: `10.0.${index}.2/24` },
    );
  }
  const last = nets.length - 2;
  for (const [index, net] of nets.entries()) {
    if (index < last) addRoute(net, `10.0.${last}.0`, `10.0.${index}.2`);
    if (index > 1) addRoute(net, "10.0.0.0", `10.0.${index - 1}.1`);
  }
  run(kernel, 2); // carriers are noticed
  const [first] = nets;
  const end = nets.at(-1);
  if (first === undefined || end === undefined) throw new Error("no routers");
  const listener = openUdpSocket(end, {});
  listener.bind(0, 5000);
  const socket = openUdpSocket(first, {});
  socket.connect(ip(`10.0.${last}.2`), 5000);
  const payload = new Uint8Array(64);
  let arrived = 0;
  const send = (count: number) => {
    for (let index = 0; index < count; index++) {
      socket.send(payload);
      while (listener.received.shift() !== undefined) arrived += 1;
    }
  };
  send(1000); // neighbours are found, code is compiled
  arrived = 0;
  const begun = performance.now();
  send(packets);
  const seconds = (performance.now() - begun) / 1000;
  if (arrived < packets) throw new Error(`${packets - arrived} packets were lost`);
  return (packets * (routers + 1)) / seconds;
}

function addRoute(net: Net, destination: string, gateway: string): void {
  const nexthops = [{ gateway: ip(gateway) }];
  const request = { destination: ip(destination), prefixLength: 24, nexthops };
  const refusal = newRoute(net, request, "add");
  if (refusal !== undefined) throw new Error(`${destination} via ${gateway}: ${refusal.errno}`);
}

/** Milliseconds of this computer's time for a minute in which nobody does anything. */
export function idleMinute(hosts: number, withIpv6: boolean): number {
  const kernel = startKernel();
  const root = kernel.initNet;
  newLink(root, { kind: "bridge", name: "br0" });
  setLink(device(root, "br0"), { up: true });
  for (let host = 1; host <= hosts; host++) {
    const net = withIpv6 ? createNet(kernel) : quietNet(kernel);
    if (!withIpv6) writeSysctl(root, "net/ipv6/conf/default/disable_ipv6", "1");
    connect({ net: root, name: `v${host}` }, { net, name: "eth0", address: `10.0.0.${host}/24` });
    setLink(device(root, `v${host}`), { master: device(root, "br0") });
  }
  run(kernel, 60); // routers were solicited, addresses are no longer tentative
  const begun = performance.now();
  run(kernel, 60);
  return performance.now() - begun;
}
