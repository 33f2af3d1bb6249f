// What went wrong when somebody called the program wrongly: exit status 2, one sentence.

/** A refusal of the arguments or of the file they name; the message is one plain sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
