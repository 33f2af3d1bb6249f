// Redirections to /dev/tcp/HOST/PORT and /dev/udp/HOST/PORT: a socket that bash connects itself.
// Source: bash(1) REDIRECTION.
// Not simulated: names that only a name server knows, connections over IPv6 beyond the refusal of this machine itself.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import type { TcpSocket, UdpSocket } from "../../net/ipv4/inetSocket.ts";
import { openTcpSocket } from "../../net/ipv4/tcp.ts";
import { openUdpSocket } from "../../net/ipv4/udp.ts";
import { routeOutput6 } from "../../net/ipv6/route6.ts";
import { warn } from "../../process/io.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { parseIp4, parseIp6 } from "../../wire/address.ts";
import { complain } from "../messages.ts";
import type { ShellState } from "../shellState.ts";

const NAME = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/;

/** The open socket of such a path, or what is wrong; undefined: it is no such path. */
export function* openNetFile(
  state: ShellState,
  path: string,
): Steps<OpenFile | string | undefined> {
  const match = NAME.exec(path);
  if (match === null || state.dash) return undefined;
  const [, protocol = "", host = "", service = ""] = match;
  const found = addressesOf(state, { protocol, host, service });
  if ("problem" in found) {
    yield* complain(state, found.problem);
    return `${path}: ${errnoText("EINVAL")}`;
  }
  let errno: Errno = "EINVAL";
  for (const address of found.addresses) {
    const made =
      typeof address === "string"
        ? { errno: refusal6(state, address) }
        : yield* connect(state, protocol, { address, port: found.port });
    if (!("errno" in made)) return made;
    if (made.errno === undefined) {
      yield* warn(state.process, "vethbook simulator: /dev/tcp over IPv6 is not simulated\n");
      return "";
    }
    errno = made.errno;
  }
  yield* warn(state.process, `bash: connect: ${errnoText(errno)}\n`);
  return `${path}: ${errnoText(errno)}`;
}

type Target = { readonly protocol: string; readonly host: string; readonly service: string };
type Found = { readonly addresses: readonly (number | string)[]; readonly port: number };

function addressesOf(
  { process }: ShellState,
  { protocol, host, service }: Target,
): Found | { readonly problem: string } {
  const port = /^\d+$/.test(service)
    ? Number(service) & 65535
    : rowsOf(process, "/etc/services").find(
        ([name, row = "", ...aliases]) =>
          row.endsWith(`/${protocol}`) && [name, ...aliases].includes(service),
      )?.[1];
  if (port === undefined) {
    return { problem: `${service}: Servname not supported for ai_socktype` };
  }
  const literal = parseIp4(host) ?? parseIp6(host);
  const named = rowsOf(process, "/etc/hosts")
    .filter(([, ...names]) => names.includes(host))
    .map(([text = ""]) => parseIp6(text) ?? parseIp4(text) ?? 0);
  const addresses = literal === undefined ? named : [literal];
  if (addresses.length === 0) return { problem: `${host}: Temporary failure in name resolution` };
  return { addresses, port: Number.parseInt(String(port), 10) };
}

/** The words of each line of a table in /etc, without comments. */
function rowsOf(process: Process, path: string): string[][] {
  const file = process.machine.files.open(process, path, { read: true });
  if ("errno" in file) return [];
  const text = file.read(process, 65536);
  file.release();
  if (typeof text !== "string") return [];
  return text.split("\n").map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
}

/** Why there is no way over IPv6: no program of this machine listens there. */
function refusal6({ process }: ShellState, destination: string): Errno | undefined {
  const route = routeOutput6(process.net, { destination });
  if ("errno" in route) return route.errno;
  return route.dev === process.net.loopback ? "ECONNREFUSED" : undefined;
}

function* connect(
  { process }: ShellState,
  protocol: string,
  { address, port }: { readonly address: number; readonly port: number },
): Steps<OpenFile | { readonly errno: Errno }> {
  const options = { cause: `bash (pid ${process.pid})` };
  const socket =
    protocol === "udp" ? openUdpSocket(process.net, options) : openTcpSocket(process.net, options);
  let kept = false;
  try {
    const refused = socket.connect(address, port);
    if (refused !== undefined) return { errno: refused };
    if (socket.kind === "tcp") {
      while (socket.state === "SYN_SENT" || socket.state === "SYN_RECV") yield socket.changed;
      if (socket.error !== undefined) return { errno: socket.error };
    }
    kept = true;
    return socketFile(socket, process.machine.nextFileInode++);
  } finally {
    if (!kept) socket.close();
  }
}

/** What programs read and write. */
function socketFile(socket: TcpSocket | UdpSocket, inode: number): OpenFile {
  const failed = () => {
    const { error } = socket;
    socket.error = undefined;
    return error;
  };
  return {
    kind: "socket",
    label: `socket:[${inode}]`,
    read(_self, max) {
      if (socket.kind === "tcp") {
        const bytes = socket.receive(max);
        if (bytes !== undefined && bytes.length > 0) return textOf(bytes);
        const errno = failed();
        if (errno !== undefined) return { errno };
        return bytes === undefined ? "again" : "";
      }
      const datagram = socket.received.shift();
      if (datagram !== undefined) return textOf(datagram.payload.subarray(0, max));
      const errno = failed();
      return errno === undefined ? "again" : { errno };
    },
    write(_self, text) {
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      const sent = socket.send(bytes);
      if (typeof sent === "string") return { errno: sent };
      if (socket.kind === "udp") return text.length;
      return sent === 0 && text.length > 0 ? "again" : (sent ?? 0);
    },
    changed: socket.changed,
    references: 1,
    release: () => socket.close(),
  };
}

function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
