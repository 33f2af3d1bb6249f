// Time and chance of a worker, as the session and the simulated machine want them.
// A turn goes by a message to ourselves: a timer of zero waits four milliseconds, and a promise lets
// nobody else in.
// Not here: the machine's own time (simulator/clock.ts).

import type { Clock, Secret } from "../../shared/session/clock.ts";
import type { World } from "../../simulator/sandbox/pace.ts";

const after: Clock["after"] = (milliseconds, action) => {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
};

/** A function that settles when everything else that is ready has had its turn. */
function turns(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(undefined);
    });
}

const turn = turns();

/** The reader's time for a session. */
export const workerClock: Clock = { now: () => Date.now(), after, turn };

/** The reader's time for a machine: it only ever rises. */
export const workerWorld: World = { now: () => performance.now(), after, turn };

/** Bytes of the browser's generator as hexadecimal digits. */
export const workerSecret: Secret = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
