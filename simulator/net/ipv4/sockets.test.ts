// UDP and TCP sockets against recorded Linux 6.1: who gets a datagram, refusals, a short conversation
// segment by segment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIpv4 } from "../../wire/ipv4.ts";
import { parseTcp, parseTcpOptions } from "../../wire/tcp.ts";
import type { Kernel } from "../core/kernel.ts";
import { openPacketSocket } from "../packet/afPacket.ts";
import { connect, device, ip, loopbackUp, quietNet, run, startKernel } from "./lab.fixture.ts";
import { openTcpSocket } from "./tcp.ts";
import { openUdpSocket } from "./udp.ts";

function pair(kernel: Kernel) {
  const lab = { a: quietNet(kernel), b: quietNet(kernel) };
  loopbackUp(lab.a);
  connect(
    { net: lab.a, name: "va", address: "10.0.1.1/24" },
    { net: lab.b, name: "vb", address: "10.0.1.2/24" },
  );
  run(kernel, 1);
  return lab;
}

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const bytes = (words: string) => Uint8Array.from(words, (letter) => letter.charCodeAt(0));

/** TCP segments on va, in tcpdump's words. */
function segments(lab: ReturnType<typeof pair>) {
  const socket = openPacketSocket(lab.a, { device: device(lab.a, "va") });
  return () =>
    socket.queue.splice(0).flatMap(({ frame }) => {
      const header = parseIpv4(frame, 14);
      const tcp = header?.protocol === 6 ? parseTcp(frame, 34) : undefined;
      if (header === undefined || tcp === undefined) return [];
      const marks: [number, string][] = [
        [1, "F"],
        [2, "S"],
        [4, "R"],
        [8, "P"],
        [16, "."],
      ];
      const flags = marks.map(([bit, name]) => (tcp.flags & bit ? name : "")).join("");
      const kinds = parseTcpOptions(tcp.options).map((one) => one.kind);
      const length = header.totalLength - 20 - tcp.headerLength;
      const way = header.source === ip("10.0.1.1") ? ">" : "<";
      return [`${way} [${flags}] win ${tcp.window} options ${kinds.join()} length ${length}`];
    });
}

test("UDP reaches its socket; a port without one refuses a connected sender", () => {
  const kernel = startKernel();
  const lab = pair(kernel);
  const server = openUdpSocket(lab.b);
  assert.equal(server.bind(0, 97), undefined);
  assert.equal(openUdpSocket(lab.b).bind(0, 97), "EADDRINUSE");
  assert.equal(openUdpSocket(lab.b).bind(ip("10.0.1.77"), 97), "EADDRNOTAVAIL");
  const client = openUdpSocket(lab.a);
  assert.equal(client.send(bytes("udp"), { address: ip("10.0.1.2"), port: 97 }), undefined);
  const [datagram] = server.received;
  assert.equal(text(datagram?.payload ?? new Uint8Array()), "udp");
  assert.equal(datagram?.source, ip("10.0.1.1"));
  assert.equal(
    server.send(bytes("back"), { address: ip("10.0.1.1"), port: datagram?.port ?? 0 }),
    undefined,
  );
  assert.equal(text(client.received[0]?.payload ?? new Uint8Array()), "back");
  const refused = openUdpSocket(lab.a);
  assert.equal(refused.connect(ip("10.0.1.2"), 96), undefined);
  assert.equal(refused.send(bytes("x")), undefined);
  assert.equal(refused.error, "ECONNREFUSED");
  assert.equal(refused.send(bytes("x")), "ECONNREFUSED");
  assert.equal(refused.send(bytes("x")), undefined);
  const traced = openUdpSocket(lab.a, { receiveErrors: true });
  traced.send(bytes("xy"), { address: ip("10.0.1.2"), port: 33434 });
  assert.equal(traced.errors[0]?.errno, "ECONNREFUSED");
  assert.equal(traced.errors[0]?.offender, ip("10.0.1.2"));
  assert.equal(traced.errors[0]?.port, 33434);
  assert.equal(text(traced.errors[0]?.original ?? new Uint8Array()), "xy");
  assert.equal(
    openUdpSocket(lab.a).send(bytes("x"), { address: ip("10.9.9.9"), port: 9 }),
    "ENETUNREACH",
  );
  assert.equal(lab.b.counters.get("Udp.NoPorts"), 3);
});

test("a TCP conversation looks as Linux's does", () => {
  const kernel = startKernel();
  const lab = pair(kernel);
  const seen = segments(lab);
  const server = openTcpSocket(lab.b);
  assert.equal(server.bind(0, 99), undefined);
  assert.equal(server.listen(1), undefined);
  const client = openTcpSocket(lab.a);
  assert.equal(client.connect(ip("10.0.1.2"), 99), undefined);
  assert.equal(client.state, "ESTABLISHED");
  const accepted = server.accept();
  assert.equal(accepted?.state, "ESTABLISHED");
  assert.equal(client.send(bytes("hello\n")), 6);
  assert.equal(text(accepted?.receive(100) ?? new Uint8Array()), "hello\n");
  client.shutdown();
  assert.equal(accepted?.receive(100)?.length, 0);
  accepted?.close();
  assert.equal(client.receive(100)?.length, 0);
  assert.deepEqual(seen(), [
    "> [S] win 64240 options 2,4,8,1,3 length 0",
    "< [S.] win 65160 options 2,4,8,1,3 length 0",
    "> [.] win 4015 options 1,1,8 length 0",
    "> [P.] win 4015 options 1,1,8 length 6",
    "< [.] win 4073 options 1,1,8 length 0",
    "> [F.] win 4015 options 1,1,8 length 0",
    "< [F.] win 4073 options 1,1,8 length 0",
    "> [.] win 4015 options 1,1,8 length 0",
  ]);
  assert.equal(client.state, "TIME_WAIT");
  run(kernel, 61);
  assert.equal(client.state, "CLOSED");
});

test("TCP refuses, times out, fails with the neighbour, and carries much data", () => {
  const kernel = startKernel();
  const lab = pair(kernel);
  const seen = segments(lab);
  const refused = openTcpSocket(lab.a);
  refused.connect(ip("10.0.1.2"), 98);
  assert.equal(refused.error, "ECONNREFUSED");
  assert.deepEqual(seen(), [
    "> [S] win 64240 options 2,4,8,1,3 length 0",
    "< [R.] win 0 options  length 0",
  ]);
  const dead = openTcpSocket(lab.a);
  dead.connect(ip("10.0.1.77"), 98);
  run(kernel, 2);
  assert.equal(dead.error, undefined);
  run(kernel, 2);
  assert.equal(dead.error, "EHOSTUNREACH");
  const server = openTcpSocket(lab.b);
  server.bind(0, 99);
  server.listen(1);
  const client = openTcpSocket(lab.a);
  client.connect(ip("10.0.1.2"), 99);
  const accepted = server.accept();
  const sent = client.send(new Uint8Array(40_000));
  let got = 0;
  for (let part = accepted?.receive(9999); part !== undefined; part = accepted?.receive(9999)) {
    got += part.length;
    run(kernel, 0.01);
  }
  assert.equal(got, sent);
  client.close();
  accepted?.close();
  assert.equal(accepted?.state, "CLOSED");
});
