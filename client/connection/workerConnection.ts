// A page whose simulator runs in a worker of its own: the same messages as to a server, no network.
// When the simulator makes a mistake it ends with a sentence, and a new one begins where the kept
// events end; Run opens a fresh machine.
// Not here: the other end (client/worker).

import type { FromSimulator, ToSimulator } from "../worker/workerMessages.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";

const LEFT = "This page was left";

/** Starts the simulator, after the first paint; it ends with the page. */
export function connectToWorker(
  options: ConnectionOptions,
  afterPaint: (start: () => void) => void,
): Connection {
  let worker: Worker | undefined;
  let answered = false;

  const post = (message: ToSimulator) => worker?.postMessage(message);
  const join = () => {
    const { chapter } = options;
    post({ type: "said", message: { type: "open", chapter, since: options.since() } });
  };
  const end = (reason: string) => {
    worker?.terminate();
    worker = undefined;
    options.onStatus({ state: "refused", reason });
  };
  const start = (interruption: string) => {
    const mine = new Worker(new URL("../worker/simulatorWorker.ts", import.meta.url), {
      type: "module",
      name: "simulator",
    });
    worker = mine;
    answered = false;
    mine.onmessage = ({ data }: MessageEvent<FromSimulator>) => {
      if (worker !== mine) return;
      if (data.type === "broken") broken(data.reason);
      else if (data.type === "closed") end(data.reason);
      else {
        answered ||= data.message.type === "hello";
        options.onMessage(data.message);
        post({ type: "taken" });
      }
    };
    // What it has not told of by itself: its script did not come, or does not run here.
    mine.onerror = ({ message }) => {
      if (worker === mine) broken(message || "The simulator's script did not load");
    };
    post({ type: "start", chapter: options.chapter, interruption });
    join();
    options.onStatus({ state: "open" });
  };
  const broken = (reason: string) => {
    // One that breaks before it says hello would do so again.
    if (!answered) return end(`${reason}.`);
    worker?.terminate();
    start(`${reason}. It ended`);
  };

  options.onStatus({ state: "connecting" });
  afterPaint(() => start(LEFT));
  return {
    send(message) {
      post({ type: "said", message });
      return worker !== undefined;
    },
    retryNow: () => {
      if (!worker) start(LEFT);
    },
    restart: join,
  };
}
