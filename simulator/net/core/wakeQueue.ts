// Who waits for a socket (linux/kernel/sched/wait.c). The same shape as a program's Wait, so that a
// program can yield it; the kernel must not know processes.

/** Something to wait for: calls `wake` when it may have come; returns how to stop listening. */
export type Wait = (wake: () => void) => () => void;

/** Waiters of one socket. */
export type WakeQueue = { readonly wait: Wait; wakeAll(): void };

/** A queue without waiters. */
export function createWakeQueue(): WakeQueue {
  const waiters = new Set<() => void>();
  return {
    wait(wake) {
      waiters.add(wake);
      return () => waiters.delete(wake);
    },
    wakeAll() {
      for (const wake of [...waiters]) wake();
    },
  };
}
