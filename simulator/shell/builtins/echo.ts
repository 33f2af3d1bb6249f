// echo.
// Source: bash(1) echo, dash(1) echo.

import { say } from "../messages.ts";
import { decodeAnsi } from "../syntax/ansiQuote.ts";
import type { Builtin } from "./builtin.ts";

/** echo. */
export const echo: Builtin = function* (state, { args }) {
  let newline = true;
  let escapes = state.dash || state.shopts.has("xpg_echo");
  let at = 0;
  const option = state.dash ? /^-n$/ : /^-[neE]+$/;
  for (; option.test(args[at] ?? "") && (at === 0 || !state.dash); at++) {
    for (const letter of (args[at] ?? "").slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  let text = at === 0 ? args.join(" ") : args.slice(at).join(" ");
  if (escapes) {
    const decoded = decodeAnsi(text, "echo");
    text = decoded.text;
    if (decoded.stopped) newline = false;
  }
  return yield* say(state, "echo", newline ? `${text}\n` : text);
};
