// How long to wait before the next try to reach the server: doubling, with jitter, so that a room
// full of pages does not come back in one instant.

const firstMilliseconds = 500;
const longestMilliseconds = 10_000;

/** Milliseconds before try number `attempt` (from 1); `random` is between 0 and 1. */
export function retryDelay(attempt: number, random: number): number {
  const full = Math.min(longestMilliseconds, firstMilliseconds * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
