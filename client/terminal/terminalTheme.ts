// The sixteen colours of terminals, taken from the style sheet so that cells and dock agree and both
// follow light and dark.

import type { ITheme } from "@xterm/xterm";

const names = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "brightBlack",
  "brightRed",
  "brightGreen",
  "brightYellow",
  "brightBlue",
  "brightMagenta",
  "brightCyan",
  "brightWhite",
] as const;

/** xterm's theme by the custom properties that hold at `element`. */
export function terminalTheme(element: Element): ITheme {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  const colors = names.map((name, index) => [name, value(`--t${index}`)]);
  return {
    ...Object.fromEntries(colors),
    background: value("--terminal"),
    foreground: value("--ink"),
    cursor: value("--accent"),
    cursorAccent: value("--terminal"),
    selectionBackground: value("--selection"),
  };
}
