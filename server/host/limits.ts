// How much one host sandbox may take of this host. The numbers are far above what a chapter needs
// and far below what would be felt.

/** Limits that the agent sets from inside, and that a control group sets from outside. */
export const limits = {
  /** Processes of one sandbox; a fork bomb stops here. */
  processes: 200,
  /** Address space of each process, in bytes. */
  processMemory: 1024 * 1024 * 1024,
  /** Memory of the whole sandbox with what it stores in its tmpfs, in bytes. */
  memory: 512 * 1024 * 1024,
  networkNamespaces: 100,
} as const;

/** PATH of everything in the sandbox. */
export const environmentPath = "/usr/sbin:/usr/bin:/sbin:/bin";
