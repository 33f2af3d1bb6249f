// What this browser remembers for the reader: edited cells, predictions, small settings. Storage
// may be full or forbidden; then the page works and forgets.

const prefix = "vethbook:";

/** The remembered text, or undefined. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(prefix + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a text; undefined forgets it. */
export function remember(key: string, text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, text);
  } catch {
    // A page that cannot remember still works.
  }
}
