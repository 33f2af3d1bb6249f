// Bounds how long something may take; the timer never keeps the process alive.

/** Settles as `promise` does, or rejects with `sentence` after so many seconds. */
export async function within<T>(
  seconds: number,
  promise: Promise<T>,
  sentence: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), seconds * 1000);
    timer.unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
