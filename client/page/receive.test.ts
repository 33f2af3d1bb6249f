// Does the page end up with each event exactly once, whatever a reload or a new connection brings?
// A page in the background (no animation frames) is enough for that; there is no DOM here.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { ClientMessage } from "../../shared/protocol.ts";
import type { ServerMessage, SessionEvent } from "../../shared/session.ts";
import type { Connection } from "../connection/connection.ts";
import { joined } from "../session/outputLog.ts";
import { receiver } from "./receive.ts";
import { createStore, type PageStore, paceOf } from "./store.ts";

Object.assign(globalThis, { document: { hidden: true } });

const offer = { kind: "vm", label: "Linux 6.1 in a VM" } as const;
let store: PageStore;
let live: string[];
let restarts: number;
let sent: ClientMessage[];
let receive: (message: ServerMessage) => void;

beforeEach(() => {
  store = createStore("chapter", []);
  live = [];
  restarts = 0;
  const messages: ClientMessage[] = [];
  sent = messages;
  const connection: Connection = {
    send: (message) => messages.push(message) > 0,
    retryNow: () => {},
    restart: () => {
      restarts += 1;
    },
  };
  const { receive: take } = receiver(store, ({ type }) => live.push(type));
  receive = (message) => take(message, connection);
});

function hello(session: string, first: number, head: number) {
  return { type: "hello", session, first, head, offer } as const satisfies ServerMessage;
}

function output(seq: number, text: string): SessionEvent {
  return { type: "run-output", run: "a", data: btoa(text), seq, time: seq };
}

function shown(): string {
  const log = store.outputs.get("a");
  return log ? new TextDecoder().decode(joined(log)) : "";
}

test("events that come twice are shown once", () => {
  receive(hello("s", 1, 2));
  receive({ type: "events", events: [output(1, "one "), output(2, "two ")] });
  receive(hello("s", 1, 3));
  receive({ type: "events", events: [output(2, "two "), output(3, "three")] });
  assert.equal(shown(), "one two three");
});

test("only what happens now is live", () => {
  receive(hello("s", 1, 2));
  receive({ type: "events", events: [output(1, "1"), output(2, "2"), output(3, "3")] });
  assert.deepEqual(live, ["run-output"]);
  assert.deepEqual(
    store.outputs.get("a")?.chunks.map(({ history }) => history),
    [true, true, false],
  );
});

test("a page that is behind what is kept starts anew from there", () => {
  receive(hello("s", 1, 2));
  receive({ type: "events", events: [output(1, "1"), output(2, "2")] });
  receive(hello("s", 10, 11));
  receive({ type: "events", events: [output(10, "a"), output(11, "b")] });
  assert.equal(shown(), "ab");
  assert.equal(restarts, 0);
});

test("another session, or one that forgot what the page has seen, is read from its start", () => {
  for (const again of [hello("t", 1, 9), hello("s", 1, 1)]) {
    receive(hello("s", 1, 2));
    receive({ type: "events", events: [output(1, "1"), output(2, "2")] });
    restarts = 0;
    receive(again);
    assert.equal(restarts, 1);
    assert.equal(store.state.session.seq, 0);
    assert.equal(shown(), "");
  }
});

test("the network of a sandbox that ended is gone, until a new state comes", () => {
  const state = { time: 1, namespaces: [] };
  receive(hello("s", 1, 0));
  receive({ type: "state", state });
  assert.equal(store.state.network?.state, state);
  receive({
    type: "events",
    events: [{ type: "sandbox-ended", reason: "Reset.", seq: 1, time: 1 }],
  });
  assert.equal(store.state.network, undefined);
});

test("a refusal becomes a notice, but not one about the size of a window", () => {
  receive({ type: "refused", of: "terminal-resize", reason: "There is no such terminal." });
  assert.equal(store.state.notice, undefined);
  receive({ type: "refused", of: "run", reason: "Too many cells are waiting." });
  assert.equal(store.state.notice, "Too many cells are waiting.");
});

test("a terminal that is opened again begins an empty log", () => {
  receive(hello("s", 1, 0));
  const opened = { type: "terminal-opened", terminal: "lab" } as const;
  const printed = { type: "terminal-output", terminal: "lab", data: btoa("$ ") } as const;
  receive({
    type: "events",
    events: [
      { ...opened, seq: 1, time: 1 },
      { ...printed, seq: 2, time: 2 },
      { type: "terminal-ended", terminal: "lab", reason: "The shell has ended.", seq: 3, time: 3 },
    ],
  });
  assert.equal(store.terminals.get("lab")?.output.size, 2);
  assert.equal(store.terminals.get("lab")?.ended, "The shell has ended.");
  receive({ type: "events", events: [{ ...opened, seq: 4, time: 4 }] });
  assert.equal(store.terminals.get("lab")?.output.size, 0);
  assert.equal(store.terminals.get("lab")?.ended, undefined);
});

test("what has been shown is told to the server once, with the newest number", async () => {
  receive(hello("s", 1, 0));
  receive({ type: "events", events: [output(1, "1")] });
  receive({ type: "events", events: [output(2, "2")] });
  while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(sent, [{ type: "seen", seq: 2 }]);
});

test("time is virtual where the offer says so, and passes as the session says", () => {
  receive(hello("s", 1, 1));
  const set: SessionEvent = { type: "pace-set", pace: 10, seq: 1, time: 1 };
  receive({ type: "events", events: [set] });
  assert.equal(paceOf(store.state), undefined);
  receive({ ...hello("s", 1, 1), offer: { kind: "simulator", label: "simulator", pace: 1 } });
  assert.equal(paceOf(store.state), 10);
});

test("a sentence for the reader is shown", () => {
  receive({ type: "notice", text: "Nothing is kept." });
  assert.equal(store.state.notice, "Nothing is kept.");
});
