// The options of `set` and `shopt`: their names, letters and what is on at the start.
// Source: bash(1) set, shopt.
// Not simulated: what most of them change; those that matter are read where they do.

import type { ShellState } from "./shellState.ts";

/** `set -o` names in the order in which they are listed, with their letters. */
export const setOptions: readonly (readonly [string, string])[] = [
  ["allexport", "a"],
  ["braceexpand", "B"],
  ["emacs", ""],
  ["errexit", "e"],
  ["errtrace", "E"],
  ["functrace", "T"],
  ["hashall", "h"],
  ["histexpand", "H"],
  ["history", ""],
  ["ignoreeof", ""],
  ["interactive-comments", ""],
  ["keyword", "k"],
  ["monitor", "m"],
  ["noclobber", "C"],
  ["noexec", "n"],
  ["noglob", "f"],
  ["nolog", ""],
  ["notify", "b"],
  ["nounset", "u"],
  ["onecmd", "t"],
  ["physical", "P"],
  ["pipefail", ""],
  ["posix", ""],
  ["privileged", "p"],
  ["verbose", "v"],
  ["vi", ""],
  ["xtrace", "x"],
];

const letterOrder = "abefhkmnptuvxBCEHPT";

/** `$-`. */
export function optionLetters(state: ShellState): string {
  const letters = new Map(setOptions.map(([name, letter]) => [letter, name]));
  let on = "";
  for (const letter of letterOrder) {
    if (letter === "k" && state.interactive) on += "i";
    const name = letters.get(letter);
    if (name !== undefined && state.options.has(name)) on += letter;
  }
  return on + (state.commandString ? "c" : "") + (state.readsInput ? "s" : "");
}

/** `shopt` names in their order. */
export const shoptNames: readonly string[] = (
  "autocd assoc_expand_once cdable_vars cdspell checkhash checkjobs checkwinsize cmdhist compat31 " +
  "compat32 compat40 compat41 compat42 compat43 compat44 complete_fullquote direxpand dirspell " +
  "dotglob execfail expand_aliases extdebug extglob extquote failglob force_fignore globasciiranges " +
  "globskipdots globstar gnu_errfmt histappend histreedit histverify hostcomplete huponexit " +
  "inherit_errexit interactive_comments lastpipe lithist localvar_inherit localvar_unset login_shell " +
  "mailwarn no_empty_cmd_completion nocaseglob nocasematch noexpand_translation nullglob " +
  "patsub_replacement progcomp progcomp_alias promptvars restricted_shell shift_verbose sourcepath " +
  "varredir_close xpg_echo"
).split(" ");

/** What is on at the start. */
export const shoptsAtStart: readonly string[] = (
  "checkwinsize cmdhist complete_fullquote extquote force_fignore globasciiranges globskipdots " +
  "hostcomplete interactive_comments patsub_replacement progcomp promptvars sourcepath"
).split(" ");

/** True for the name of a `set -o` option that is on. */
export function optionIsOn(state: ShellState, name: string): boolean {
  return state.options.has(name);
}
