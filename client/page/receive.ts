// What a message of the server means for the page: events are folded into the store, output goes
// to its log, and the server is told what has been shown, which opens its window for more.

import type { ServerMessage, SessionEvent } from "../../shared/session.ts";
import type { Connection } from "../connection/connection.ts";
import { withPackets } from "../packets/captured.ts";
import { bytesOf, outputLog } from "../session/outputLog.ts";
import { applyEvent, emptySession } from "../session/sessionModel.ts";
import { nextFrame } from "./nextFrame.ts";
import { type PageStore, showsPackets } from "./store.ts";

/** A terminal keeps this much for the moment when its dock is opened. */
const terminalBytes = 2 * 1024 * 1024;

export type Receiver = {
  receive(message: ServerMessage, connection: Connection): void;
};

/** `onLive` hears each event that happens while the page is connected, not the replayed ones. */
export function receiver(store: PageStore, onLive: (event: SessionEvent) => void): Receiver {
  let session: string | undefined;
  let head = 0;
  let acknowledging = false;

  const acknowledge = (connection: Connection) => {
    if (acknowledging) return;
    acknowledging = true;
    nextFrame(() => {
      acknowledging = false;
      connection.send({ type: "seen", seq: store.state.session.seq });
    });
  };

  return {
    receive(message, connection) {
      switch (message.type) {
        case "hello": {
          const { seq } = store.state.session;
          const other = session !== undefined && session !== message.session;
          session = message.session;
          head = message.head;
          // The network of before may be gone; if there is one, the server tells it next.
          store.update({ offer: message.offer, network: undefined });
          if (showsPackets(store)) {
            const { life = 0, list = [] } = store.state.frames ?? {};
            connection.send({ type: "packets", life, since: list.at(-1)?.number ?? 0 });
          }
          if (seq === 0) return;
          if (other || seq > message.head) {
            forget(store, 0);
            connection.restart();
          } else if (seq + 1 < message.first) forget(store, message.first - 1);
          return;
        }
        case "events":
          for (const event of message.events) {
            if (event.seq <= store.state.session.seq) continue;
            fold(store, event, event.seq <= head);
            if (event.seq <= head) continue;
            if (event.type === "sandbox-ended") store.update({ network: undefined });
            onLive(event);
          }
          acknowledge(connection);
          return;
        case "state":
          store.update({
            network: {
              state: message.state,
              ...(message.before ? { before: message.before } : {}),
            },
          });
          return;
        case "packets":
          store.update({ frames: withPackets(store.state.frames, message) });
          return;
        case "notice":
          store.update({ notice: message.text });
          return;
        case "refused":
          // A window that changes its size need not know that a terminal is gone.
          if (message.of !== "terminal-resize") store.update({ notice: message.reason });
      }
    },
  };
}

/** Starts anew behind event `seq`. */
function forget(store: PageStore, seq: number): void {
  store.outputs.clear();
  for (const terminal of store.terminals.keys()) store.touched({ terminals: terminal });
  store.terminals.clear();
  store.update({ session: { ...emptySession, seq } });
}

function fold(store: PageStore, event: SessionEvent, history: boolean): void {
  store.update({ session: applyEvent(store.state.session, event) });
  switch (event.type) {
    case "run-output": {
      const log = store.outputs.get(event.run) ?? outputLog();
      log.append({ bytes: bytesOf(event.data), history });
      store.outputs.set(event.run, log);
      store.touched({ runs: event.run });
      return;
    }
    case "terminal-opened":
      store.terminals.set(event.terminal, { output: outputLog(terminalBytes) });
      store.touched({ terminals: event.terminal });
      return;
    case "terminal-output": {
      const terminal = store.terminals.get(event.terminal) ?? { output: outputLog(terminalBytes) };
      terminal.output.append({ bytes: bytesOf(event.data), history });
      store.terminals.set(event.terminal, terminal);
      store.touched({ terminals: event.terminal });
      return;
    }
    case "terminal-ended": {
      const output = store.terminals.get(event.terminal)?.output ?? outputLog(terminalBytes);
      store.terminals.set(event.terminal, { output, ended: event.reason });
      store.touched({ terminals: event.terminal });
    }
  }
}
