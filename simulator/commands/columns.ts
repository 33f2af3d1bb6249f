// Tables as util-linux prints them (libsmartcols): columns as wide as their widest cell, one space in
// between, the last one not padded; or raw, with one space; or JSON.
// Not simulated: shrinking a table to the width of a terminal.

/** One column: what its cells say, and on which side they stand. */
export type Column<Row> = {
  readonly text: (row: Row) => string;
  readonly right?: boolean;
  /** The width that it likes to have when its cells are at least as wide as its heading. */
  readonly hint?: number;
  /** JSON shows it without quotes. */
  readonly number?: boolean;
};

/** How a table looks. */
export type TableLook = {
  readonly style: "table" | "raw" | "json";
  readonly headings: boolean;
  /** The name of the list in JSON. */
  readonly root: string;
};

/** Draws a table. */
export function drawTable<Row>(
  rows: readonly Row[],
  columns: readonly (Column<Row> & { readonly name: string })[],
  look: TableLook,
): string {
  if (look.style === "json") return drawJson(rows, columns, look.root);
  if (rows.length === 0) return "";
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  if (look.headings) cells.unshift(columns.map(({ name }) => name));
  const raw = look.style === "raw";
  const widths = columns.map((column, index) => {
    return raw ? 0 : columnWidth(column, rows.map(column.text), cells[0]?.[index] ?? "");
  });
  const drawn = cells.map((line) => {
    const padded = line.map((cell, index) => {
      const text = raw ? cell.replace(/ /g, "\\x20") : cell;
      const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - [...text].length));
      if (columns[index]?.right) return space + text;
      return index === line.length - 1 ? text : text + space;
    });
    return `${padded.join(" ")}\n`;
  });
  return drawn.join("");
}

/** A narrow column is as wide as its heading, any other at least as wide as its hint. */
function columnWidth<Row>(column: Column<Row>, cells: readonly string[], heading: string): number {
  const width = Math.max(0, ...cells.map((cell) => [...cell].length));
  if (width < heading.length) return heading.length;
  const { hint = 0 } = column;
  return heading.length < hint ? Math.max(width, hint) : width;
}

function drawJson<Row>(
  rows: readonly Row[],
  columns: readonly (Column<Row> & { readonly name: string })[],
  root: string,
): string {
  const items = rows.map((row) => {
    const pairs = columns.map(({ name, text, number }) => {
      const cell = text(row);
      const value = cell === "" ? "null" : number ? cell : JSON.stringify(cell);
      return `         ${JSON.stringify(name.toLowerCase())}: ${value}`;
    });
    return `{\n${pairs.join(",\n")}\n      }`;
  });
  return `{\n   ${JSON.stringify(root)}: [\n      ${items.join(",")}\n   ]\n}\n`;
}
