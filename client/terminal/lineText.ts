// One line of a terminal's buffer as DOM text: runs of cells with the same colours become one
// span. Made by createElement and textContent only, so no printed byte can become markup.

import type { IBuffer, IBufferCell, IBufferLine } from "@xterm/xterm";

/** How a stretch of text looks, as class names and, for colours beyond the palette, a style. */
type Look = { readonly classes: string; readonly color: string; readonly background: string };

/** The text of buffer line `row`: strings where it is plain, elements where it has a look. */
export function lineNodes(buffer: IBuffer, row: number): (string | HTMLElement)[] {
  const nodes: (string | HTMLElement)[] = [];
  const line = buffer.getLine(row);
  if (!line) return nodes;
  const continues = buffer.getLine(row + 1)?.isWrapped ?? false;
  const end = continues ? line.length : lastColumn(line);
  let text = "";
  let look: Look | undefined;
  let key = "";
  const flush = () => {
    if (text) nodes.push(look ? textWithLook(text, look) : text);
    text = "";
  };
  let cell: IBufferCell | undefined;
  for (let column = 0; column < end; column += 1) {
    cell = line.getCell(column, cell);
    if (!cell || cell.getWidth() === 0) continue;
    const nextKey = lookKey(cell);
    if (nextKey !== key) {
      flush();
      look = nextKey ? lookOf(cell) : undefined;
      key = nextKey;
    }
    text += cell.getChars() || " ";
  }
  flush();
  return nodes;
}

function lastColumn(line: IBufferLine): number {
  let column = line.length;
  while (column > 0 && isBlank(line, column - 1)) column -= 1;
  return column;
}

function isBlank(line: IBufferLine, column: number): boolean {
  const cell = line.getCell(column);
  return !cell || (cell.getWidth() > 0 && cell.getChars().trim() === "");
}

function textWithLook(text: string, look: Look): HTMLElement {
  const span = document.createElement("span");
  span.className = look.classes;
  if (look.color) span.style.color = look.color;
  if (look.background) span.style.backgroundColor = look.background;
  span.textContent = text;
  return span;
}

/** Empty for plain text, else different for every different look. */
function lookKey(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return "";
  return [
    cell.getFgColorMode(),
    cell.getFgColor(),
    cell.getBgColorMode(),
    cell.getBgColor(),
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isInverse(),
    cell.isInvisible(),
    cell.isStrikethrough(),
  ].join();
}

function lookOf(cell: IBufferCell): Look {
  const classes = [
    cell.isBold() && "t-bold",
    cell.isDim() && "t-dim",
    cell.isItalic() && "t-italic",
    cell.isUnderline() && "t-underline",
    cell.isStrikethrough() && "t-strike",
    cell.isInverse() && "t-inverse",
    cell.isInvisible() && "t-invisible",
  ].filter((name): name is string => typeof name === "string");
  let color = "";
  let background = "";
  if (cell.isFgRGB()) color = hex(cell.getFgColor());
  else if (cell.isFgPalette()) {
    if (cell.getFgColor() < 16) classes.push(`t-fg${cell.getFgColor()}`);
    else color = paletteColor(cell.getFgColor());
  }
  if (cell.isBgRGB()) background = hex(cell.getBgColor());
  else if (cell.isBgPalette()) {
    if (cell.getBgColor() < 16) classes.push(`t-bg${cell.getBgColor()}`);
    else background = paletteColor(cell.getBgColor());
  }
  return { classes: classes.join(" "), color, background };
}

function hex(color: number): string {
  return `#${color.toString(16).padStart(6, "0")}`;
}

/** Colours 16 to 255 of the usual 256: a cube of 6 levels, then 24 greys. */
function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  const red = level(Math.floor(cube / 36));
  const green = level(Math.floor(cube / 6) % 6);
  return `rgb(${red}, ${green}, ${level(cube % 6)})`;
}
