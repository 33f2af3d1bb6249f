// Permissions as chmod(1), mkdir -m and find -perm take them (755, u+x,go-w), and as ls shows them.
// Not simulated: special bits in symbolic modes other than s and t, conditional X of folders.

/** One step of a mode: `=` sets, `+` adds, `-` takes away. */
type Step = { readonly who: number; readonly how: string; readonly what: string };

/** A mode that was read. */
export type ModeChange = { readonly octal: number } | { readonly steps: readonly Step[] };

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

const WHAT: Readonly<Record<string, number>> = {
  r: 0o444,
  w: 0o222,
  x: 0o111,
  s: 0o6000,
  t: 0o1000,
};

/** Reads a mode; undefined when it is none. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const octal = Number.parseInt(text, 8);
    return octal > 0o7777 ? undefined : { octal };
  }
  const steps: Step[] = [];
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (match === null) return undefined;
    const who = [...(match[1] ?? "")].reduce((mask, letter) => mask | (WHO[letter] ?? 0), 0);
    for (const [, how = "", what = ""] of (match[2] ?? "").matchAll(/([-+=])([rwxXstugo]*)/g)) {
      steps.push({ who, how, what });
    }
  }
  return { steps };
}

/** The mode after a change; without a `who`, the umask keeps its bits out. */
export function changedMode(
  change: ModeChange,
  { mode, folder, umask }: { mode: number; folder: boolean; umask: number },
): number {
  if ("octal" in change) return change.octal;
  let result = mode;
  for (const { who, how, what } of change.steps) {
    let bits = 0;
    for (const letter of what) {
      if (letter === "X") bits |= folder || (result & 0o111) !== 0 ? 0o111 : 0;
      else if ("ugo".includes(letter)) {
        const part = (result >> (6 - 3 * "ugo".indexOf(letter))) & 7;
        bits |= part * 0o111;
      } else bits |= WHAT[letter] ?? 0;
    }
    const mask = who === 0 ? 0o7777 & ~umask : who;
    bits &= mask;
    if (how === "+") result |= bits;
    else if (how === "-") result &= ~bits;
    else result = (result & ~(who === 0 ? 0o7777 : who)) | bits;
  }
  return result;
}

/** rwxr-xr-x and its kin. */
export function modeText(mode: number): string {
  const letters = [..."rwxrwxrwx"].map((letter, index) =>
    (mode >> (8 - index)) & 1 ? letter : "-",
  );
  const special = (bit: number, index: number, letter: string) => {
    if ((mode & bit) === 0) return;
    letters[index] = letters[index] === "x" ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, "s");
  special(0o2000, 5, "s");
  special(0o1000, 8, "t");
  return letters.join("");
}
