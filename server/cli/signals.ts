// What Ctrl-C and a polite kill do to this program: whoever waits for one ends what was started. A
// second signal does not wait for that.
// Source: signal(7).

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves with the name of the first signal; the second one ends the program at once. */
export function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of signals) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(1);
        resolve(signal);
      });
    }
  });
}
