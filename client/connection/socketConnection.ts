// The page's one WebSocket: opens it, says from which event on it wants to hear, and comes back by
// itself when the server was away. What arrives is handed on; nothing is interpreted here.
// Not here: what the messages mean (page/receive.ts).

import type { ServerMessage } from "../../shared/session.ts";
import { retryDelay } from "./backoff.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";

/** Close code 1012 of RFC 6455's registry. */
const serviceRestart = 1012;

const keyIsOld =
  "The key of this page is no longer valid. Open the address that the server printed when it started.";

/** Connects, and stays connected for as long as the page lives. */
export function connectToServer(options: ConnectionOptions): Connection {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  const open = () => {
    clearTimeout(timer);
    options.onStatus({ state: "connecting" });
    const mine = new WebSocket(socketAddress());
    socket = mine;
    mine.onopen = () => {
      mine.send(JSON.stringify({ type: "open", chapter: options.chapter, since: options.since() }));
    };
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      const message: ServerMessage = JSON.parse(String(event.data));
      if (message.type === "hello") {
        attempt = 0;
        options.onStatus({ state: "open" });
      }
      options.onMessage(message);
    };
    mine.onclose = (event) => {
      if (socket !== mine) return;
      socket = undefined;
      attempt += 1;
      // The server asks for a new connection; it is there.
      if (event.code === serviceRestart) timer = setTimeout(open, retryDelay(1, 0));
      else void sayWhy(event);
    };
  };

  const sayWhy = async (event: CloseEvent) => {
    const reason = event.reason || (await refusal());
    if (socket) return;
    const delay = retryDelay(attempt, Math.random());
    if (reason) options.onStatus({ state: "refused", reason });
    else options.onStatus({ state: "away", retryAt: Date.now() + delay });
    timer = setTimeout(open, reason ? 30_000 : delay);
  };

  open();
  return {
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    retryNow: () => {
      if (!socket) open();
    },
    restart: () => {
      const old = socket;
      open();
      old?.close();
    },
  };
}

function socketAddress(): string {
  const address = new URL("/socket", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** A refused upgrade looks like a dead server to a script, so ask by plain HTTP. */
async function refusal(): Promise<string | undefined> {
  try {
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    return answer.status === 401 || answer.status === 403 ? keyIsOld : undefined;
  } catch {
    return undefined;
  }
}
