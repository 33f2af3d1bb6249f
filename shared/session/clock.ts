// What a session needs of the world it runs in, given from outside: time, chance and a turn for
// others. A server and a page's worker have their own; tests move time by hand.
//
// Not here: any schedule; each caller says what it waits for.

/** Time as a session sees it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` once after that many milliseconds; the answer cancels it. */
  after(milliseconds: number, action: () => void): () => void;
  /** Settles when everything else that is ready has had its turn. */
  turn(): Promise<void>;
};

/** That many bytes that nobody can guess, as hexadecimal digits. */
export type Secret = (bytes: number) => string;
