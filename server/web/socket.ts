// The one upgrade handler of this server. Host, Origin and cookie are looked at before a WebSocket
// exists; whoever is refused gets a plain HTTP answer and no code of a session has run.
//
// Not here: what pages say (socketLink.ts).

import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { sentenceOf } from "../../shared/session/sentence.ts";
import type { Offer } from "../../shared/session.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Access } from "./access.ts";
import type { Book } from "./book.ts";
import { type Report, shortLine } from "./log.ts";
import { foreign } from "./origin.ts";
import { socketPath } from "./policy.ts";
import { servePage } from "./socketLink.ts";

const LARGEST_FRAME = 256 * 1024;
const HEARTBEAT_MILLISECONDS = 15_000;
/** Pages of one reader at the same time. */
const MOST_PAGES = 32;

/** What the socket needs. */
export type SocketParts = {
  readonly access: Access;
  readonly hosts: ReadonlySet<string>;
  readonly sessions: Sessions;
  readonly book: Pick<Book, "load">;
  readonly offer: Offer;
  readonly report: Report;
};

type HttpRefusal = { readonly status: number; readonly reason: string };

/** Takes over the upgrades of a server. What comes back closes all connections. */
export function attachSocket(server: Server, parts: SocketParts): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME,
    perMessageDeflate: false,
  });
  const pages = new Map<string, number>();
  const heartbeat = keepAlive(sockets);
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    const reader = parts.access.reader(request);
    const refusal = upgradeRefusal(request, parts, reader, pages);
    if (refusal !== undefined || reader === undefined) {
      refuse(stream, refusal ?? { status: 401, reason: "" });
      const path = shortLine((request.url ?? "").split("?")[0] ?? "", 80);
      parts.report(`refused upgrade of ${path}: ${refusal?.reason}`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      pages.set(reader, (pages.get(reader) ?? 0) + 1);
      socket.once("close", () => leave(pages, reader));
      serve(socket, reader, parts);
    });
  });
  return () => {
    clearInterval(heartbeat);
    for (const socket of sockets.clients) {
      socket.terminate();
    }
    sockets.close();
  };
}

function upgradeRefusal(
  request: IncomingMessage,
  { hosts }: SocketParts,
  reader: string | undefined,
  pages: ReadonlyMap<string, number>,
): HttpRefusal | undefined {
  const stranger = foreign(request, hosts, true);
  if (stranger !== undefined) {
    return stranger;
  }
  if (reader === undefined) {
    return { status: 401, reason: "This browser is not known to this server." };
  }
  if (request.url !== socketPath) {
    return { status: 404, reason: "There is no socket at this address." };
  }
  return (pages.get(reader) ?? 0) >= MOST_PAGES
    ? { status: 429, reason: `More than ${MOST_PAGES} pages are open. Close some of them.` }
    : undefined;
}

function refuse(stream: Duplex, { status, reason }: HttpRefusal): void {
  stream.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(reason)}`,
      "",
      reason,
    ].join("\r\n"),
    () => stream.destroy(),
  );
}

function serve(socket: WebSocket, reader: string, parts: SocketParts): void {
  servePage(socket, {
    offer: parts.offer,
    openSession: async (slug) => {
      try {
        const chapter = await parts.book.load(slug);
        return chapter && (await parts.sessions.open(reader, chapter.slug));
      } catch (error) {
        parts.report(sentenceOf(error, `The chapter ${slug} could not be opened`));
        throw error;
      }
    },
  });
}

/** Ends connections whose other end has not answered since the last round. */
function keepAlive(sockets: WebSocketServer): NodeJS.Timeout {
  const asked = new WeakSet<WebSocket>();
  const answered = new WeakSet<WebSocket>();
  const round = setInterval(() => {
    for (const socket of sockets.clients) {
      if (asked.has(socket) && !answered.has(socket)) {
        socket.terminate();
        continue;
      }
      if (!asked.has(socket)) {
        asked.add(socket);
        socket.on("pong", () => answered.add(socket));
      }
      answered.delete(socket);
      socket.ping();
    }
  }, HEARTBEAT_MILLISECONDS);
  round.unref();
  return round;
}

function leave(pages: Map<string, number>, reader: string): void {
  const left = (pages.get(reader) ?? 1) - 1;
  if (left === 0) {
    pages.delete(reader);
  } else {
    pages.set(reader, left);
  }
}
