// A queue between someone who pushes when things happen and one consumer who pulls when ready.
// Not here: making the one who pushes wait. Whoever wants that looks at `weight` after each push,
// and again in `onPull`.

/** A queue that one `for await` reads to its end. */
export type Queue<Item> = AsyncIterableIterator<Item> & {
  /** Adds an item; does nothing once the queue has ended or its consumer has left. */
  push(item: Item): void;
  /** Takes away the item that has waited longest. */
  dropOldest(): void;
  /** No more items come; the consumer still gets those that wait. */
  end(): void;
  /** How many items wait. */
  readonly size: number;
  /** Sum of the weights of the items that wait. */
  readonly weight: number;
  /** True once somebody has begun to pull. */
  readonly consumed: boolean;
};

/** What a queue needs to know; by default every item weighs 1. */
export type QueueOptions<Item> = {
  weigh?(item: Item): number;
  /** Called whenever the consumer asks for an item, after it was taken from the queue. */
  onPull?(): void;
};

/** Makes an empty queue. */
export function createQueue<Item>(options: QueueOptions<Item> = {}): Queue<Item> {
  const items: Item[] = [];
  const weigh = options.weigh ?? (() => 1);
  let weight = 0;
  let ended = false;
  let consumed = false;
  let wake: (() => void) | undefined;
  const signal = (): void => {
    wake?.();
    wake = undefined;
  };
  const take = (): Item | undefined => {
    const item = items.shift();
    if (item !== undefined) weight -= weigh(item);
    return item;
  };
  return {
    get size() {
      return items.length;
    },
    get weight() {
      return weight;
    },
    get consumed() {
      return consumed;
    },
    push(item) {
      if (ended) return;
      items.push(item);
      weight += weigh(item);
      signal();
    },
    dropOldest() {
      take();
    },
    end() {
      ended = true;
      signal();
    },
    async next() {
      consumed = true;
      while (true) {
        const item = take();
        options.onPull?.();
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
      weight = 0;
      options.onPull?.();
      signal();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
