// What one command prints: the same calls make the text for people and, with -j, the JSON document;
// that is how iproute2 keeps the two in step. With -c names, addresses and states get colours.
// Without -j the JSON calls do nothing; with -j the text calls do nothing.
// Not simulated: the bold palette that COLORFGBG asks for.

import type { Process } from "../../process/process.ts";
import { createJsonWriter, type JsonValue } from "./json.ts";
import type { IpOptions } from "./options.ts";

/** What a piece of text is, for its colour. */
export type Paint = "name" | "mac" | "inet" | "inet6" | "up" | "down";

const COLORS: Readonly<Record<Paint, number>> = {
  name: 36,
  mac: 33,
  inet: 35,
  inet6: 34,
  up: 32,
  down: 31,
};

/** Collects the output of one command. */
export type Output = {
  readonly json: boolean;
  /** A property in JSON, `text` otherwise. */
  put(key: string, value: JsonValue, text: string): void;
  /** JSON only. */
  property(key: string, value: JsonValue): void;
  /** Text only. */
  text(text: string): void;
  /** The text with its colour if there are colours. */
  paint(kind: Paint | undefined, text: string): string;
  openObject(key?: string): void;
  closeObject(): void;
  openArray(key?: string): void;
  closeArray(): void;
  /** An item of an array in JSON, `text` otherwise. */
  item(value: JsonValue, text: string): void;
  /** All text so far, or the finished JSON document. Empties the output for what follows in text. */
  take(): string;
};

/** True when colours are wanted for this process's standard output; JSON never has them. */
export function wantsColor(self: Process, options: IpOptions): boolean {
  if (options.json || options.color === "never") return false;
  return options.color === "always" || self.files.get(1)?.kind === "tty";
}

/** Starts the output of a command; with -j the caller opens the outer array. */
export function createOutput(options: Pick<IpOptions, "json" | "pretty">, color = false): Output {
  const { json } = options;
  const writer = createJsonWriter(options.pretty);
  let text = "";
  return {
    json,
    put(key, value, words) {
      if (json) writer.value(key, value);
      else text += words;
    },
    property(key, value) {
      if (json) writer.value(key, value);
    },
    text(words) {
      if (!json) text += words;
    },
    paint: (kind, words) =>
      color && kind !== undefined ? `\u001b[${COLORS[kind]}m${words}\u001b[0m` : words,
    openObject(key) {
      if (json) writer.openObject(key);
    },
    closeObject() {
      if (json) writer.closeObject();
    },
    openArray(key) {
      if (json) writer.openArray(key);
    },
    closeArray() {
      if (json) writer.closeArray();
    },
    item(value, words) {
      if (json) writer.value(undefined, value);
      else text += words;
    },
    take() {
      const all = json ? writer.text() : text;
      text = "";
      return all;
    },
  };
}
