// How the id of a cell becomes a variable of JavaScript cells. The compiler of js cells and the
// page must agree on it, so it stands here once.

/**
 * The variable that holds the run of a shell cell: its id in camelCase, so `ping-across` is
 * `pingAcross`.
 */
export function cellVariableName(id: string): string {
  return id.replace(/-+([A-Za-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}

/** Names that the page provides to every js cell, besides one variable per shell cell. */
export const PROVIDED_NAMES: readonly string[] = [
  "invalidation",
  "visibility",
  "Inputs",
  "Generators",
  "html",
  "svg",
  "net",
  "netBefore",
  "runs",
];
