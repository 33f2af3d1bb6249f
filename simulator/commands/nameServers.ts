// Questions to the name servers of /etc/resolv.conf, over UDP, as glibc asks them (resolver(5)): all
// questions of a look-up in one go by one socket, which a later try takes again unless an error
// closed it. What an ICMP error says of one question ends the try for all.
// Not simulated: TCP, EDNS, rotate and the other options than timeout and attempts.

import type { Net } from "../net/core/netNamespace.ts";
import { nextError, type UdpSocket } from "../net/ipv4/inetSocket.ts";
import { openUdpSocket } from "../net/ipv4/udp.ts";
import { timeout } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { anyOf, type Steps } from "../process/wait.ts";
import { parseIp4 } from "../wire/address.ts";
import { type DnsAnswer, dnsAnswer, dnsQuestion } from "../wire/dns.ts";
import { fileRows } from "./fileRows.ts";

/** One question; types are those of dns.ts. */
export type NameQuestion = { readonly name: string; readonly type: number };

type Asking = {
  readonly self: Process;
  readonly questions: readonly (NameQuestion & { readonly id: number })[];
  readonly answers: (DnsAnswer | undefined)[];
  readonly sockets: Map<number, UdpSocket>;
  readonly patience: number;
};

const DNS_PORT = 53;

/** Asks; an answer that is missing did not come in time, or told of a server's trouble. */
export function* askServers(
  self: Process,
  questions: readonly NameQuestion[],
): Steps<readonly (DnsAnswer | undefined)[]> {
  const rows = fileRows(self, "/etc/resolv.conf");
  const servers = rows
    .filter(([word]) => word === "nameserver")
    .flatMap(([, text = ""]) => parseIp4(text) ?? [])
    .slice(0, 3);
  const options = rows.filter(([word]) => word === "options").flat();
  const option = (key: string, unsaid: number) =>
    Number(options.find((one) => one.startsWith(`${key}:`))?.slice(key.length + 1) ?? unsaid);
  const { random } = self.machine;
  const asking: Asking = {
    self,
    questions: questions.map((question) => ({ ...question, id: random.below(0x10000) })),
    answers: questions.map(() => undefined),
    sockets: new Map(),
    patience: option("timeout", 5) * 1e6,
  };
  try {
    for (let attempt = 0; attempt < option("attempts", 2); attempt++) {
      for (const server of servers) {
        yield* askOnce(asking, server);
        if (!asking.answers.includes(undefined)) return asking.answers;
      }
    }
    return asking.answers;
  } finally {
    for (const socket of asking.sockets.values()) socket.close();
  }
}

function* askOnce(asking: Asking, server: number): Steps<void> {
  const { self, questions, answers, sockets, patience } = asking;
  let socket = sockets.get(server);
  if (socket === undefined) {
    socket = openUdpSocket(self.net as Net, {
      receiveErrors: true,
      cause: `DNS question for ${questions[0]?.name ?? ""} (pid ${self.pid})`,
    });
    if (socket.connect(server, DNS_PORT) !== undefined) {
      socket.close();
      return;
    }
    sockets.set(server, socket);
  }
  let failed = false;
  for (const [index, { id, name, type }] of questions.entries()) {
    if (answers[index] !== undefined) continue;
    const question = dnsQuestion(id, name, type);
    // An error about the one before is told first; the question then goes out all the same.
    const told = index > 0 && socket.error !== undefined;
    if (told) socket.send(question);
    if (socket.send(question) !== undefined || told) failed = true;
  }
  if (failed || !(yield* listen(asking, socket, self.machine.clock.now + patience))) {
    socket.close();
    sockets.delete(server);
  }
}

/** Takes answers until all are there or the time is over; false after an error. */
function* listen({ self, questions, answers }: Asking, socket: UdpSocket, end: number) {
  const { clock } = self.machine;
  while (clock.now < end && answers.includes(undefined)) {
    if (socket.error !== undefined || nextError(socket) !== undefined) return false;
    const datagram = socket.received.shift();
    if (datagram === undefined) {
      yield anyOf(socket.changed, timeout(self, end - clock.now));
      continue;
    }
    for (const [index, { id, type }] of questions.entries()) {
      const answer = dnsAnswer(datagram.payload, type);
      if (answer === undefined || answer.id !== id) continue;
      // Other codes than "no such name" let the next server be asked.
      if (answer.code !== 0 && answer.code !== 3) return false;
      answers[index] = answer;
    }
  }
  return true;
}
