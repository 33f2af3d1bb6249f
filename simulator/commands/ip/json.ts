// iproute2's JSON: one line, or with -p its own way of breaking lines, where arrays stay on a line
// and objects do not. Written as it goes, so that a key may come twice where iproute2 repeats it.
// Not simulated: floating-point numbers in iproute2's %g form beyond what JavaScript prints alike.

/** A number in the form in which it shall be written, such as 0.00. */
export type JsonNumber = { readonly raw: string };

/** What a JSON value may be. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | JsonNumber
  | readonly JsonValue[];

/** Writes one JSON document. `key` is left out inside arrays. */
export type JsonWriter = {
  openObject(key?: string): void;
  closeObject(): void;
  openArray(key?: string): void;
  closeArray(): void;
  value(key: string | undefined, value: JsonValue): void;
  /** All that was written, with the newline that ends a document. */
  text(): string;
};

const ESCAPES: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\f": "\\f",
  "\b": "\\b",
  "\\": "\\\\",
  '"': '\\"',
};

/** A string as iproute2 quotes it. */
function jsonString(text: string): string {
  return `"${text.replace(/[\t\n\r\f\b\\"]/g, (character) => ESCAPES[character] ?? character)}"`;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Starts a document. */
export function createJsonWriter(pretty: boolean): JsonWriter {
  let text = "";
  let depth = 0;
  let separator = "";
  const line = () => {
    if (pretty) text += `\n${"    ".repeat(depth)}`;
  };
  const before = (key: string | undefined) => {
    text += separator;
    separator = "";
    if (key === undefined) return;
    line();
    text += `${jsonString(key)}:${pretty ? " " : ""}`;
  };
  const writer: JsonWriter = {
    openObject(key) {
      before(key);
      text += "{";
      depth += 1;
    },
    closeObject() {
      depth -= 1;
      if (separator !== "") line();
      text += "}";
      separator = ",";
    },
    openArray(key) {
      before(key);
      text += pretty ? "[ " : "[";
      depth += 1;
    },
    closeArray() {
      depth -= 1;
      text += pretty && separator !== "" ? " ]" : "]";
      separator = ",";
    },
    value(key, value) {
      if (isArray(value)) {
        writer.openArray(key);
        for (const item of value) writer.value(undefined, item);
        writer.closeArray();
        return;
      }
      before(key);
      if (typeof value === "string") text += jsonString(value);
      else text += typeof value === "object" && value !== null ? value.raw : String(value);
      separator = ",";
    },
    text: () => `${text}\n`,
  };
  return writer;
}
