// A WebSocket as what carries messages to a page: frames of JSON text, checked before anybody acts
// on them.
// Source: RFC 6455.
// Not here: who may connect (socket.ts), what messages do (shared/session/pageConnection.ts).

import type { WebSocket } from "ws";
import { type ClientMessage, clientMessage } from "../../shared/protocol.ts";
import { type ConnectionParts, PageConnection } from "../../shared/session/pageConnection.ts";
import { systemClock } from "../session/systemClock.ts";

/** Serves the page at the other end of the socket until it closes. */
export function servePage(
  socket: WebSocket,
  parts: Pick<ConnectionParts, "openSession" | "offer">,
): void {
  const link = {
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (message: unknown, whenSent: () => void) => {
      socket.send(JSON.stringify(message), whenSent);
    },
    close: (code: number, reason: string) => socket.close(code, reason),
  };
  const connection = new PageConnection({ ...parts, link, clock: systemClock });
  socket.on("message", (data, isBinary) => {
    connection.receive(isBinary ? undefined : parseMessage(String(data)));
  });
  socket.on("close", () => connection.closed());
  // A broken frame: ws closes the connection by itself; without a listener it would throw.
  socket.on("error", () => undefined);
}

function parseMessage(text: string): ClientMessage | undefined {
  try {
    return clientMessage.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
