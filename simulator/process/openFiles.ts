// Descriptors: sharing an open file and letting it go (dup(2), close(2)). An open file counts the
// descriptors that refer to it; the last one releases it.
// Not simulated: close-on-exec; who starts a program says which files it gets.

import type { OpenFile, Process } from "./process.ts";

/** One more descriptor refers to it. */
export function shareFile(file: OpenFile): OpenFile {
  file.references += 1;
  return file;
}

/** One descriptor less refers to it. */
export function dropFile(file: OpenFile): void {
  file.references -= 1;
  if (file.references === 0) file.release();
}

/** Puts a file, whose reference the caller gives away, at a descriptor; what was there is closed. */
export function setFile(self: Process, fd: number, file: OpenFile): void {
  const before = self.files.get(fd);
  self.files.set(fd, file);
  if (before !== undefined) dropFile(before);
}

/** Closes a descriptor; false when it was not open. */
export function closeFile(self: Process, fd: number): boolean {
  const file = self.files.get(fd);
  if (file === undefined) return false;
  self.files.delete(fd);
  dropFile(file);
  return true;
}

/** The lowest descriptor from `least` on that is free. */
export function freeDescriptor(self: Process, least = 0): number {
  let fd = least;
  while (self.files.has(fd)) fd += 1;
  return fd;
}
