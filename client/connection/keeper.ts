// Which tab keeps what happens in a chapter? The first one that is open. The lock ends with its page,
// however that ends; a simulator that breaks does not lose it.
// Source: Web Locks API.
// Not here: how it is kept (client/worker/indexedRecord.ts).

import type { Keeping } from "../worker/workerMessages.ts";

/** A page that is reloaded may have to wait for itself, in milliseconds. */
const PATIENCE = 500;

/** Asks for the chapter; this page has it then for as long as it lives. */
export function askToKeep(chapter: string): Promise<Keeping> {
  // A page that came over plain HTTP from another machine has no locks.
  if (!("locks" in navigator)) return Promise.resolve("nowhere");
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(PATIENCE);
    const hold = () => {
      resolve("here");
      return new Promise<never>(() => {});
    };
    navigator.locks
      .request(`vethbook:${chapter}`, { signal }, hold)
      .catch(() => resolve("elsewhere"));
  });
}
