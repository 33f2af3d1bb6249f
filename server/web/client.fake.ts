// The other end of the server in the tests: plain requests with any header, and a page that speaks
// the protocol as the real one does: it drops what it has seen, starts anew when it is behind.
//
// Not here: drawing anything.

import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { WebSocket } from "ws";
import type { ClientMessage } from "../../shared/protocol.ts";
import type { ServerMessage, SessionEvent } from "../../shared/session.ts";

/** An answer of the server. */
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** Asks for a path exactly as it is written. */
export async function ask(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const asking = request({ hostname: hostname.replace(/[[\]]/g, ""), port, path, headers, method });
  asking.end();
  const [response] = await once(asking, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

/** Exchanges the token of a printed address for a Cookie header. */
export async function comeIn(url: string): Promise<string> {
  const { pathname, search } = new URL(url);
  const { headers } = await ask(url, pathname + search);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

/** The status with which an upgrade is refused; 101 when it is not. */
export async function upgradeStatus(
  url: string,
  headers: Readonly<Record<string, string>>,
  path = "/socket",
): Promise<number> {
  const { hostname, port } = new URL(url);
  const asking = request({
    hostname,
    port,
    path,
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      ...headers,
    },
  });
  asking.end();
  return new Promise((resolve, reject) => {
    asking.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.once("upgrade", (_response, stream) => {
      stream.destroy();
      resolve(101);
    });
    asking.once("error", reject);
  });
}

/** A socket that is open, as a page of this server opens it. */
export async function openSocket(url: string, cookie: string): Promise<WebSocket> {
  const { host, origin } = new URL(url);
  const socket = new WebSocket(`ws://${host}/socket`, { headers: { Cookie: cookie }, origin });
  await once(socket, "open");
  return socket;
}

/** A page of the tests. It keeps its events over `connect` and `drop`. */
export class FakeBrowserPage {
  readonly messages: ServerMessage[] = [];
  events: SessionEvent[] = [];
  seq = 0;
  anew = 0;
  /** Whether it says what it has seen. */
  acknowledges = true;
  #socket: WebSocket | undefined;
  #waiting: (() => void)[] = [];
  readonly #url: string;
  readonly #cookie: string;

  constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  async connect(chapter = "01-plain"): Promise<void> {
    const socket = await openSocket(this.#url, this.#cookie);
    this.#socket = socket;
    socket.on("message", (data) => {
      if (this.#socket === socket) {
        this.#receive(JSON.parse(String(data)));
      }
    });
    this.send({ type: "open", chapter, since: this.seq });
  }

  /** Cuts the connection as a lost network does. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** Settles with the first event, seen or coming, that fits. */
  async until(fits: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) {
        return found;
      }
      await this.news();
    }
  }

  /** Settles with the first message, seen or coming, of a type. */
  async message<Type extends ServerMessage["type"]>(
    type: Type,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    for (;;) {
      for (const message of this.messages) {
        if (message.type === type) {
          return message as Extract<ServerMessage, { type: Type }>;
        }
      }
      await this.news();
    }
  }

  /** Settles with the next message. */
  news(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #receive(message: ServerMessage): void {
    if (message.type === "hello" && this.seq + 1 < message.first) {
      this.events = [];
      this.seq = message.first - 1;
      this.anew += 1;
    }
    if (message.type === "events") {
      for (const event of message.events) {
        if (event.seq > this.seq) {
          this.events.push(event);
          this.seq = event.seq;
        }
      }
      if (this.acknowledges) {
        this.send({ type: "seen", seq: this.seq });
      }
    } else {
      this.messages.push(message);
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) {
      wake();
    }
  }
}
