// Writing to standard output so that nothing is cut off: a pipe takes what it can, the rest waits,
// and a reader that has gone away (`| head`) ends the program quietly.

/** Resolves when the text or the bytes have been handed over. */
export function write(data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(data, () => resolve());
  });
}

/** Ends the program without a word when nobody reads any more. */
export function endWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
}
