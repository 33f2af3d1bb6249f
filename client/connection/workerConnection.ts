// A page whose simulator runs in a worker of its own: the same messages as to a server, no network.
// When the simulator makes a mistake it ends with a sentence, and a new one begins where the kept
// events end; Run opens a fresh machine. One that does not answer to Stop or Reset is ended likewise.
// Not here: the other end (client/worker).

import type { FromSimulator, ToSimulator } from "../worker/workerMessages.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";
import { askToKeep } from "./keeper.ts";

const LEFT = "This page was left";
/** So long it may be busy with one piece of work, in milliseconds. */
const PATIENCE = 5000;

/** Starts the simulator; it ends with the page. */
export function connectToWorker(options: ConnectionOptions): Connection {
  const { chapter, onMessage, onStatus } = options;
  const whoKeeps = askToKeep(chapter);
  let worker: Worker | undefined;
  let answered = false;
  let asking: ReturnType<typeof setTimeout> | undefined;

  const post = (message: ToSimulator) => worker?.postMessage(message);
  const join = () =>
    post({ type: "said", message: { type: "open", chapter, since: options.since() } });
  const end = () => {
    clearTimeout(asking);
    worker?.terminate();
    worker = undefined;
    answered = false;
  };
  const refuse = (reason: string) => {
    end();
    onStatus({ state: "refused", reason });
  };
  const broken = (reason: string) => {
    // One that breaks before it says hello would do so again.
    if (!answered) return refuse(`${reason}.`);
    end();
    void start(`${reason}. It ended`);
  };
  const start = async (interruption: string) => {
    const mine = new Worker(new URL("../worker/simulatorWorker.ts", import.meta.url), {
      type: "module",
      name: "simulator",
    });
    worker = mine;
    mine.onmessage = ({ data }: MessageEvent<FromSimulator>) => {
      if (worker !== mine) return;
      clearTimeout(asking);
      if (data.type === "here") return;
      if (data.type === "broken") return broken(data.reason);
      if (data.type === "closed") return refuse(data.reason);
      answered ||= data.message.type === "hello";
      onMessage(data.message);
      post({ type: "taken" });
    };
    // What it has not told of by itself: its script did not come, or does not run here.
    mine.onerror = ({ message }) => {
      if (worker === mine) broken(message || "The simulator's script did not load");
    };
    onStatus({ state: "connecting" });
    const keeping = await whoKeeps;
    if (worker !== mine) return;
    post({ type: "start", chapter, interruption, keeping });
    join();
    onStatus({ state: "open" });
  };
  const ask = () => {
    clearTimeout(asking);
    asking = setTimeout(() => broken("The simulator did not answer"), PATIENCE);
    post({ type: "ask" });
  };

  void start(LEFT);
  return {
    send(message) {
      post({ type: "said", message });
      if (worker && (message.type === "stop" || message.type === "reset")) ask();
      return worker !== undefined;
    },
    retryNow: () => {
      if (!worker) void start(LEFT);
    },
    restart: join,
  };
}
