// Names of hosts for commands (resolver(3), nsswitch.conf(5) with "files dns"): /etc/hosts first, then
// the name servers of /etc/resolv.conf, asked over UDP through this network: five seconds for each
// of two tries, an ICMP error ends a try at once, and no way to the server ends it before it begins.
// Not simulated: search domains, TCP, caches, AAAA.

import type { UdpSocket } from "../net/ipv4/inetSocket.ts";
import { openUdpSocket } from "../net/ipv4/udp.ts";
import { timeout } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { anyOf, type Steps } from "../process/wait.ts";
import { parseIp4 } from "../wire/address.ts";
import { DNS_TYPE, dnsAnswer, dnsQuestion } from "../wire/dns.ts";

const DNS_PORT = 53;

/** The name of an IPv4 address, or undefined when nobody knows one. */
export function* nameOfAddress(self: Process, address: number): Steps<string | undefined> {
  for (const [text = "", name] of fileRows(self, "/etc/hosts")) {
    if (parseIp4(text) === address && name !== undefined) return name;
  }
  const bytes = [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
  return yield* ask(self, `${bytes.join(".")}.in-addr.arpa`, DNS_TYPE.PTR);
}

/** The IPv4 address of a name, or undefined when nobody knows one. */
export function* addressOfName(self: Process, name: string): Steps<number | undefined> {
  for (const [text = "", ...names] of fileRows(self, "/etc/hosts")) {
    const address = parseIp4(text);
    if (address !== undefined && names.includes(name)) return address;
  }
  const answer = yield* ask(self, name, DNS_TYPE.A);
  return answer === undefined ? undefined : parseIp4(answer);
}

/** The network of a name in /etc/networks, or the other way round. */
export function networkNames(self: Process): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [name = "", text = ""] of fileRows(self, "/etc/networks")) {
    const address = parseIp4(text);
    if (address !== undefined) names.set(name, address);
  }
  return names;
}

/** The words of each line of a file, without comments; none when there is no file. */
function fileRows(self: Process, path: string): string[][] {
  const file = self.machine.files.open(self, path, { read: true });
  if ("errno" in file) return [];
  let text = "";
  for (let part = file.read(self, 65536); typeof part === "string" && part !== ""; ) {
    if (part === "again" || text.length > 1e6) break;
    text += part;
    part = file.read(self, 65536);
  }
  file.release();
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/))
    .filter(([first]) => first !== "");
}

function* ask(self: Process, name: string, type: number): Steps<string | undefined> {
  const rows = fileRows(self, "/etc/resolv.conf");
  const servers = rows
    .filter(([word]) => word === "nameserver")
    .flatMap(([, text = ""]) => parseIp4(text) ?? [])
    .slice(0, 3);
  const options = rows.filter(([word]) => word === "options").flat();
  const option = (key: string, unsaid: number) =>
    Number(options.find((one) => one.startsWith(`${key}:`))?.slice(key.length + 1) ?? unsaid);
  const id = self.machine.random.below(0x10000);
  for (let attempt = 0; attempt < option("attempts", 2); attempt++) {
    for (const server of servers) {
      const answer = yield* askOnce(self, server, { id, name, type }, option("timeout", 5) * 1e6);
      if (answer !== undefined) return answer.value;
    }
  }
  return undefined;
}

type Question = { readonly id: number; readonly name: string; readonly type: number };

/** One try; undefined when nothing came of it. */
function* askOnce(
  self: Process,
  server: number,
  question: Question,
  patience: number,
): Steps<{ value: string | undefined } | undefined> {
  const { id, name, type } = question;
  const socket = openUdpSocket(self.net, {
    cause: `DNS question for ${name} (pid ${self.pid})`,
  });
  const refused =
    socket.connect(server, DNS_PORT) ?? socket.send(dnsQuestion(id, name, type), undefined);
  const answer =
    refused === undefined ? yield* listen(self, socket, question, patience) : undefined;
  socket.close();
  return answer;
}

function* listen(
  self: Process,
  socket: UdpSocket,
  { id, type }: Question,
  patience: number,
): Steps<{ value: string | undefined } | undefined> {
  const { clock } = self.machine;
  const end = clock.now + patience;
  while (clock.now < end) {
    if (socket.error !== undefined) return undefined;
    const datagram = socket.received.shift();
    if (datagram === undefined) {
      yield anyOf(socket.changed, timeout(self, end - clock.now));
      continue;
    }
    const answer = dnsAnswer(datagram.payload, type);
    if (answer === undefined || answer.id !== id) continue;
    // Other codes than "no such name" let the next server be asked.
    return answer.code === 0 || answer.code === 3 ? { value: answer.value } : undefined;
  }
  return undefined;
}
