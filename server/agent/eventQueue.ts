// A queue between someone who pushes when things happen and one consumer who pulls when ready.
// Not here: making the one who pushes wait. Whoever needs that asks `size`, and is told by
// `onDrain` when the consumer has taken an item.

/** A queue that one `for await` reads to its end. */
export type Queue<Item> = AsyncIterableIterator<Item> & {
  /** Adds an item; when more than the limit wait, the oldest is dropped. */
  push(item: Item): void;
  /** No more items come; the consumer still gets those that wait. */
  end(): void;
  /** How many items wait. */
  readonly size: number;
  /** True once somebody has begun to pull. */
  readonly consumed: boolean;
};

/** Makes an empty queue. `onPull` is called whenever the consumer has taken an item or waits. */
export function createQueue<Item>(
  limit: number,
  onPull: (taken: Item | undefined) => void = () => {},
): Queue<Item> {
  const items: Item[] = [];
  let ended = false;
  let consumed = false;
  let wake: (() => void) | undefined;
  const signal = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    get size() {
      return items.length;
    },
    get consumed() {
      return consumed;
    },
    push(item) {
      if (ended) return;
      items.push(item);
      if (items.length > limit) items.shift();
      signal();
    },
    end() {
      ended = true;
      signal();
    },
    async next() {
      consumed = true;
      while (true) {
        const item = items.shift();
        onPull(item);
        if (item !== undefined) return { done: false, value: item };
        if (ended) return { done: true, value: undefined };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async return() {
      ended = true;
      items.length = 0;
      signal();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
