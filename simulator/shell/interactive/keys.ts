// From bytes to editing commands: which key does what in emacs mode, as Debian's /etc/inputrc and
// bash's defaults have it for an xterm.
// Source: readline(3) DEFAULT KEY BINDINGS; `bind -p` of bash 5.2.
// Not simulated: bind, inputrc files, vi mode; a lone Escape waits for the next key.

/** A key that was pressed. */
export type Key =
  /** Bytes of one character that stands for itself. */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "command"; readonly name: string }
  | { readonly type: "paste"; readonly text: string };

const CONTROL: Readonly<Record<string, string>> = {
  "\x01": "beginning-of-line",
  "\x02": "backward-char",
  "\x04": "delete-char-or-eof",
  "\x05": "end-of-line",
  "\x06": "forward-char",
  "\x07": "abort",
  "\x08": "backward-delete-char",
  "\t": "complete",
  "\n": "accept-line",
  "\x0b": "kill-line",
  "\x0c": "clear-screen",
  "\r": "accept-line",
  "\x0e": "next-history",
  "\x0f": "operate-and-get-next",
  "\x10": "previous-history",
  "\x11": "quoted-insert",
  "\x12": "reverse-search-history",
  "\x13": "forward-search-history",
  "\x14": "transpose-chars",
  "\x15": "unix-line-discard",
  "\x16": "quoted-insert",
  "\x17": "unix-word-rubout",
  "\x19": "yank",
  "\x1f": "undo",
  "\x7f": "backward-delete-char",
};

const META: Readonly<Record<string, string>> = {
  "\x08": "backward-kill-word",
  "\x7f": "backward-kill-word",
  "\x0c": "clear-display",
  "\x12": "revert-line",
  "<": "beginning-of-history",
  ">": "end-of-history",
  "#": "insert-comment",
  ".": "yank-last-arg",
  _: "yank-last-arg",
  "?": "possible-completions",
  "\\": "delete-horizontal-space",
  b: "backward-word",
  c: "capitalize-word",
  d: "kill-word",
  f: "forward-word",
  l: "downcase-word",
  r: "revert-line",
  t: "transpose-words",
  u: "upcase-word",
  y: "yank-pop",
};

/** What follows ESC [ or ESC O. */
const SEQUENCES: Readonly<Record<string, string>> = {
  A: "previous-history",
  B: "next-history",
  C: "forward-char",
  D: "backward-char",
  F: "end-of-line",
  H: "beginning-of-line",
  "1~": "beginning-of-line",
  "2~": "quoted-insert",
  "3~": "delete-char",
  "4~": "end-of-line",
  "7~": "beginning-of-line",
  "8~": "end-of-line",
  "1;3C": "forward-word",
  "1;3D": "backward-word",
  "1;5C": "forward-word",
  "1;5D": "backward-word",
  "3;5~": "kill-word",
};

const PASTE_END = "\x1b[201~";
const LONGEST_SEQUENCE = 16;
/** What a paste that never ends may hold. */
const LONGEST_PASTE = 1_000_000;

/** Takes bytes one by one; a key when one is complete. */
export type KeyReader = {
  take(byte: string): Key | undefined;
  /** The next key stands for itself. */
  quoteNext(): void;
};

/** A reader that is between two keys. */
export function keyReader(): KeyReader {
  let held = "";
  let paste: string | undefined;
  let quoted = false;
  const done = (key: Key | undefined): Key | undefined => {
    held = "";
    return key;
  };
  const takePaste = (byte: string): Key | undefined => {
    paste += byte;
    if (paste === undefined || (!paste.endsWith(PASTE_END) && paste.length < LONGEST_PASTE))
      return undefined;
    const text = paste.endsWith(PASTE_END) ? paste.slice(0, -PASTE_END.length) : paste;
    paste = undefined;
    return { type: "paste", text: text.replace(/\r\n?/g, "\n") };
  };
  return {
    take(byte) {
      if (paste !== undefined) return takePaste(byte);
      held += byte;
      if (held === "\x1b[200~") {
        paste = "";
        return done(undefined);
      }
      const key = decode(held, quoted);
      if (key === "more") return undefined;
      quoted = false;
      return done(key);
    },
    quoteNext() {
      quoted = true;
    },
  };
}

/** How many bytes the character has that begins with this one. */
function lengthOf(lead: string): number {
  if (lead < "\xc2") return 1;
  return lead < "\xe0" ? 2 : lead < "\xf0" ? 3 : lead < "\xf5" ? 4 : 1;
}

function decode(held: string, quoted: boolean): Key | undefined | "more" {
  const first = held.charAt(0);
  if (first >= "\x80") {
    const broken = held.length > 1 && !/^[\x80-\xbf]$/.test(held.slice(-1));
    return held.length < lengthOf(first) && !broken ? "more" : { type: "text", text: held };
  }
  if (quoted) return { type: "text", text: held };
  if (first === "\x18") return afterControlX(held);
  if (first !== "\x1b") return named(CONTROL[first], first);
  if (held.length === 1) return "more";
  const second = held.charAt(1);
  if (second !== "[" && second !== "O") return named(META[second.toLowerCase()]);
  if (held.length === 2) return "more";
  const rest = held.slice(2);
  if (held.length < LONGEST_SEQUENCE && !/[@-~]$/.test(rest)) return "more";
  return named(SEQUENCES[rest]);
}

function afterControlX(held: string): Key | undefined | "more" {
  if (held.length === 1) return "more";
  return named(
    held === "\x18\x15" ? "undo" : held === "\x18\x7f" ? "backward-kill-line" : undefined,
  );
}

function named(name: string | undefined, text?: string): Key | undefined {
  if (name !== undefined) return { type: "command", name };
  return text === undefined || text < " " ? undefined : { type: "text", text };
}
