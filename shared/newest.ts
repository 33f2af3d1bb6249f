// How does a slow consumer never fall behind? It gets only the newest value. Any number of
// consumers may read; each starts with the value of now, if there is one.

/** A value that changes, as seen by consumers that may be slow. */
export type Newest<T> = AsyncIterable<T> & {
  put(value: T): void;
  /** Ends all consumers after the newest value. */
  end(): void;
};

/** A fresh one without a value. */
export function newestOnly<T>(): Newest<T> {
  let latest: { readonly value: T } | undefined;
  let ended = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    const all = [...waiting];
    waiting.clear();
    for (const resolve of all) resolve();
  };
  return {
    put(value) {
      if (ended) return;
      latest = { value };
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    [Symbol.asyncIterator]() {
      let seen: { readonly value: T } | undefined;
      let left = false;
      return {
        async next() {
          while (latest === seen && !ended && !left) {
            await new Promise<void>((resolve) => waiting.add(resolve));
          }
          if (left || latest === seen || latest === undefined)
            return { done: true, value: undefined };
          seen = latest;
          return { done: false, value: latest.value };
        },
        async return() {
          left = true;
          wake();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
