// The simulator in the page: a session like the server's, over the simulated machine, in a worker, so
// that the page stays quick whatever the machine does. The page speaks to it as to a server.
//
// A mistake of ours ends the worker with a sentence; the page then starts a new one, which finds what
// was kept.
// Not here: the page's end (client/connection/workerConnection.ts), the machine (simulator).

import type { SessionRecord } from "../../shared/session/eventLog.ts";
import { PageConnection, type PageLink } from "../../shared/session/pageConnection.ts";
import { sentenceOf } from "../../shared/session/sentence.ts";
import { Session } from "../../shared/session/session.ts";
import type { ServerMessage } from "../../shared/session.ts";
import { openSimulator } from "../../simulator/sandbox/simulatorSandbox.ts";
import { chapterRecord } from "./chapterRecord.ts";
import { simulatorOffer } from "./simulatorOffer.ts";
import { warmUp } from "./warmUp.ts";
import { workerClock, workerSecret, workerWorld } from "./workerClock.ts";
import type { Beginning, FromSimulator, ToSimulator } from "./workerMessages.ts";

let record: Promise<SessionRecord> | undefined;
let session: Promise<Session> | undefined;
let connection: PageConnection | undefined;
/** What each message that is on its way calls when the page has it. */
const onTheirWay: (() => void)[] = [];

const tell = (message: FromSimulator) => postMessage(message);
const say = (message: ServerMessage, whenTaken: () => void = () => {}) => {
  onTheirWay.push(whenTaken);
  tell({ type: "said", message });
};

addEventListener("message", ({ data }: MessageEvent<ToSimulator>) => {
  switch (data.type) {
    case "start":
      session = openSession(data);
      void session.then(warmUp);
      break;
    case "said":
      // A page that asks anew gets a connection of its own; the machine goes on.
      if (data.message.type === "open") {
        connection?.closed();
        connection = openConnection();
      }
      connection?.receive(data.message);
      break;
    case "taken":
      onTheirWay.shift()?.();
      break;
    case "ask":
      tell({ type: "here" });
  }
});

async function openSession(beginning: Beginning): Promise<Session> {
  const report = (text: string) => say({ type: "notice", text });
  record = chapterRecord(beginning, report);
  return new Session({
    id: beginning.chapter,
    source: {
      ...simulatorOffer,
      open: async () =>
        openSimulator({
          world: workerWorld,
          seed: Number.parseInt(workerSecret(4), 16),
          start: Date.now(),
          pace: simulatorOffer.pace,
        }),
    },
    record: await record,
    clock: workerClock,
    secret: workerSecret,
    report,
    interruption: beginning.interruption,
    onIdle: () => {},
  });
}

function openConnection(): PageConnection {
  let isOpen = true;
  const link: PageLink = {
    get isOpen() {
      return isOpen;
    },
    bufferedBytes: 0,
    send: say,
    close(_code, reason) {
      isOpen = false;
      tell({ type: "closed", reason });
    },
  };
  return new PageConnection({
    link,
    clock: workerClock,
    offer: simulatorOffer,
    openSession: async () => session,
  });
}

/** Says why this worker ends, after what can be kept is kept. */
async function breakDown(error: unknown): Promise<void> {
  await (await record?.catch(() => undefined))?.flush();
  tell({ type: "broken", reason: sentenceOf(error, "The simulator made a mistake") });
}
addEventListener("error", (event) => {
  event.preventDefault();
  void breakDown(event.error);
});
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  void breakDown(event.reason);
});
