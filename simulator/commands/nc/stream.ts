// Carries bytes between standard input, standard output and a connection until there is no more to
// carry (nc(1)). The end of input ends nothing by itself: -N says it to the peer, -q ends nc some
// time later. The end of the connection ends a server at once, a client when its input has ended
// too. -w ends both when nothing came for so long.
// Not here: where connections come from (client.ts, server.ts).

import type { Errno } from "../../net/core/errno.ts";
import type { TcpSocket, UdpSocket } from "../../net/ipv4/inetSocket.ts";
import { print, sleep, timeout } from "../../process/io.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import { anyOf, type Steps, type Wait } from "../../process/wait.ts";
import type { NcSettings } from "./settings.ts";

/** A connection as nc sees it. */
export type Link = {
  readonly changed: Wait;
  /** Bytes; undefined when none are there yet; "end" once the peer sends no more. */
  receive(): { readonly bytes: string } | "end" | undefined | { readonly errno: Errno };
  /** How many bytes were taken, or why none ever will be. */
  send(bytes: string): number | Errno;
  shutdown(): void;
};

const CHUNK = 16384;

/** A TCP connection. */
export function tcpLink(socket: TcpSocket): Link {
  return {
    changed: socket.changed,
    receive() {
      const bytes = socket.receive(CHUNK);
      if (bytes !== undefined && bytes.length > 0) return { bytes: textOf(bytes) };
      if (socket.error !== undefined) return { errno: socket.error };
      return bytes === undefined ? undefined : "end";
    },
    send: (bytes) => socket.send(bytesOf(bytes)),
    shutdown: () => socket.shutdown(),
  };
}

/** A UDP socket; what is read at once goes out as one datagram. */
export function udpLink(socket: UdpSocket): Link {
  return {
    changed: socket.changed,
    receive() {
      const { error } = socket;
      if (error !== undefined) {
        socket.error = undefined;
        return { errno: error };
      }
      const datagram = socket.received.shift();
      return datagram === undefined ? undefined : { bytes: textOf(datagram.payload) };
    },
    send: (bytes) => socket.send(bytesOf(bytes)) ?? bytes.length,
    shutdown() {},
  };
}

type Carrying = {
  readonly self: Process;
  readonly link: Link;
  readonly settings: NcSettings;
  readonly stdin: OpenFile | undefined;
  /** Bytes on their way to the peer. */
  waiting: string;
  /** There may be more input. */
  input: boolean;
  /** The end of input has been acted upon. */
  ended: boolean;
  /** The peer may send more. */
  open: boolean;
  packets: number;
  quitAt: number;
};

const NEVER = Number.POSITIVE_INFINITY;

/** Carries until the end; `settings.listen` tells whose side it is. */
export function* carry(self: Process, link: Link, settings: NcSettings): Steps<void> {
  const { clock } = self.machine;
  const patience = settings.timeout ?? NEVER;
  const stdin = settings.noStdin ? undefined : self.files.get(0);
  const carrying: Carrying = {
    ...{ self, link, settings, stdin, waiting: "", input: stdin !== undefined },
    ...{ ended: stdin === undefined, open: true, packets: 0, quitAt: NEVER },
  };
  let idleAt = clock.now + patience;
  for (;;) {
    if (settings.interval > 0) yield* sleep(self, settings.interval);
    const heard = yield* fromPeer(carrying);
    const said = heard === "over" ? "over" : toPeer(carrying);
    if (said === "over" || clock.now >= carrying.quitAt) return;
    const { open, input, waiting } = carrying;
    if (!open && waiting === "" && (settings.listen || !input)) return;
    if (heard === "moved" || said === "moved") {
      idleAt = clock.now + patience;
      continue;
    }
    if (clock.now >= idleAt) return;
    const due = Math.min(carrying.quitAt, idleAt);
    const waits = [link.changed];
    if (input && waiting === "" && stdin !== undefined) waits.push(stdin.changed);
    if (due < NEVER) waits.push(timeout(self, due - clock.now));
    yield anyOf(...waits);
  }
}

type Step = "moved" | "still" | "over";

function* fromPeer(carrying: Carrying): Steps<Step> {
  const { link, settings, self } = carrying;
  const heard = carrying.open ? link.receive() : undefined;
  if (heard === undefined) return "still";
  if (heard === "end") {
    carrying.open = false;
    return "still";
  }
  if ("errno" in heard) return "over";
  yield* print(self, heard.bytes);
  carrying.packets += 1;
  return carrying.packets === settings.receiveLimit ? "over" : "moved";
}

function toPeer(carrying: Carrying): Step {
  const { self, link, settings, stdin } = carrying;
  if (carrying.input && carrying.waiting === "" && stdin !== undefined) {
    const typed = stdin.read(self, CHUNK);
    if (typeof typed !== "string" || typed === "") carrying.input = false;
    else if (typed !== "again") {
      carrying.waiting = settings.crlf ? typed.replace(/\n/g, "\r\n") : typed;
    }
  }
  let moved = false;
  if (carrying.waiting !== "") {
    const taken = link.send(carrying.waiting);
    if (typeof taken !== "number") return "over";
    carrying.waiting = carrying.waiting.slice(taken);
    moved = taken > 0;
  }
  if (!carrying.input && !carrying.ended && carrying.waiting === "") {
    carrying.ended = true;
    if (settings.shutdown) link.shutdown();
    if (settings.quit !== undefined) carrying.quitAt = self.machine.clock.now + settings.quit;
  }
  return moved ? "moved" : "still";
}

function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
