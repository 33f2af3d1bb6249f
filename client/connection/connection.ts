// How a page is connected to what runs its cells, whatever that is.
// Not here: the WebSocket (socketConnection.ts), the worker (workerConnection.ts).

import type { ClientMessage } from "../../shared/protocol.ts";
import type { ServerMessage } from "../../shared/session.ts";

export type ConnectionStatus =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  /** Tries again at `retryAt`, in milliseconds since 1970. */
  | { readonly state: "away"; readonly retryAt: number }
  /** It is there and will not have us; trying again by itself does not help. */
  | { readonly state: "refused"; readonly reason: string };

export type Connection = {
  /** False when there is no connection; the message is then not sent at all. */
  send(message: ClientMessage): boolean;
  /** Tries at once instead of at `retryAt`. */
  retryNow(): void;
  /** Drops the connection and comes back, asking for events from `since()` on. */
  restart(): void;
};

export type ConnectionOptions = {
  readonly chapter: string;
  /** The last event that the page has folded in. */
  readonly since: () => number;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
};
