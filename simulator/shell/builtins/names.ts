// Builtins that tell what a name is: type, command -v, hash, alias, unalias, enable, help.
// Source: bash(1); formats by experiment with bash 5.2.
// Not simulated: the long texts of help; loadable builtins.

import { findProgram } from "../../process/programLookup.ts";
import type { Steps } from "../../process/wait.ts";
import { complain, refuse, say } from "../messages.ts";
import { singleQuote } from "../quote.ts";
import type { ShellState } from "../shellState.ts";
import { functionText } from "../syntax/printCommand.ts";
import { environmentOf, readVariable } from "../values.ts";
import { type Builtin, readOptions, showUsage } from "./builtin.ts";
import { usageLines, usageOf } from "./usages.ts";

const keywords =
  /^(?:if|then|else|elif|fi|time|for|in|until|while|do|done|case|esac|coproc|select|function|\{|\}|!|\[\[|\]\])$/;

/** How names are described. */
export type Description = {
  readonly caller: "type" | "command";
  /** `type -t`, `command -v`, or sentences. */
  readonly style: "kind" | "short" | "long" | "path";
  readonly all?: boolean;
  readonly noFunctions?: boolean;
  readonly forcePath?: boolean;
};

/** Says what each name is; 1 when one is nothing. */
export function* describeNames(
  state: ShellState,
  names: readonly string[],
  how: Description,
): Steps<number> {
  // `command -v` fails when it finds none; `type` when one is missing.
  const any = names.some((name) => meanings(state, name, how).length > 0);
  let status = 0;
  for (const name of names) {
    const lines = meanings(state, name, how);
    if (lines.length === 0) {
      if (how.caller !== "command" || !any) status = 1;
      if (how.style === "long") {
        yield* complain(state, `${how.caller}: ${name}: not found`);
      }
    }
    for (const line of how.all === true ? lines : lines.slice(0, 1)) {
      if (line !== "") yield* say(state, how.caller, line);
    }
  }
  return status;
}

/** Everything that a name is, first what would run. */
function meanings(state: ShellState, name: string, how: Description): string[] {
  const found: string[] = [];
  const { style } = how;
  const tell = (kind: string, short: string, long: string) => {
    const line = style === "kind" ? kind : style === "short" ? short : style === "long" ? long : "";
    found.push(line === "" ? "" : `${line}\n`);
  };
  if (how.forcePath !== true) {
    const alias = state.shopts.has("expand_aliases") ? state.aliases.get(name) : undefined;
    if (alias !== undefined) {
      tell("alias", `alias ${name}=${singleQuote(alias)}`, `${name} is aliased to \`${alias}'`);
    }
    if (keywords.test(name)) tell("keyword", name, `${name} is a shell keyword`);
    const body = how.noFunctions === true ? undefined : state.functions.get(name);
    if (body !== undefined) {
      const text = functionText(name, body.body).trimEnd();
      tell("function", name, `${name} is a function\n${text}`);
    }
    if (state.interpreter.isBuiltin(state, name))
      tell("builtin", name, `${name} is a shell builtin`);
  }
  if (found.length > 0 && how.all !== true) return found;
  const hashed = how.all === true ? undefined : state.hashed.get(name);
  for (const path of pathsOf(state, name, how.all === true)) {
    const sentence = hashed === undefined ? `${name} is ${path}` : `${name} is hashed (${path})`;
    const line = style === "kind" ? "file" : style === "long" ? sentence : path;
    found.push(`${line}\n`);
  }
  return found;
}

function pathsOf(state: ShellState, name: string, all: boolean): string[] {
  const isProgram = (path: string) => !("errno" in findProgram(state.process, path));
  if (name.includes("/")) return isProgram(name) ? [name] : [];
  const folders = (readVariable(state, "PATH") ?? "").split(":");
  const paths = folders
    .map((folder) => `${folder === "" ? "." : folder}/${name}`)
    .filter(isProgram);
  return all ? paths : paths.slice(0, 1);
}

/** type. */
export const type: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "afptP");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  const style = flags.has("t") ? "kind" : flags.has("p") || flags.has("P") ? "path" : "long";
  return yield* describeNames(state, rest, {
    caller: "type",
    style,
    all: flags.has("a"),
    noFunctions: flags.has("f"),
    forcePath: flags.has("P"),
  });
};

/** hash. */
export const hash: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "dlp:rt");
  if (options === undefined) return 2;
  const { flags, rest, values } = options;
  if (flags.has("r")) {
    state.hashed.clear();
    if (rest.length === 0) return 0;
  }
  if (rest.length === 0) return yield* listHash(state, flags.has("l"));
  let status = 0;
  for (const name of rest) {
    const path = values.get("p");
    const known = state.hashed.get(name);
    if (flags.has("d") ? state.hashed.delete(name) : flags.has("t") && known !== undefined) {
      if (flags.has("t") && known !== undefined) {
        yield* say(state, "hash", rest.length > 1 ? `${name}\t${known.path}\n` : `${known.path}\n`);
      }
      continue;
    }
    if (path !== undefined) {
      state.hashed.set(name, { path, hits: 0 });
      continue;
    }
    const found =
      flags.has("d") || flags.has("t")
        ? undefined
        : findProgram(state.process, name, environmentOf(state));
    if (found === undefined || "errno" in found) {
      if (found !== undefined && state.interpreter.isBuiltin(state, name)) continue;
      yield* complain(state, `hash: ${name}: not found`);
      status = 1;
    } else state.hashed.set(name, { path: found.path, hits: 0 });
  }
  return status;
};

function* listHash(state: ShellState, again: boolean): Steps<number> {
  if (state.hashed.size === 0)
    return again ? 0 : yield* say(state, "hash", "hash: hash table empty\n");
  let text = again ? "" : "hits\tcommand\n";
  for (const [name, { path, hits }] of state.hashed) {
    text += again ? `builtin hash -p ${path} ${name}\n` : `${`${hits}`.padStart(4)}\t${path}\n`;
  }
  return yield* say(state, "hash", text);
}

/** alias. */
export const alias: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "p");
  if (options === undefined) return 2;
  const line = (name: string, value: string) => `alias ${name}=${singleQuote(value)}\n`;
  if (options.rest.length === 0 || options.flags.has("p")) {
    for (const name of [...state.aliases.keys()].sort()) {
      yield* say(state, "alias", line(name, state.aliases.get(name) ?? ""));
    }
  }
  let status = 0;
  for (const word of options.rest) {
    const equals = word.indexOf("=", 1);
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = state.aliases.get(name);
    if (equals > 0 && /[\s$`'"\\/|&;()<>]/.test(name)) {
      yield* complain(state, `alias: \`${name}': invalid alias name`);
      status = 1;
    } else if (equals > 0) state.aliases.set(name, word.slice(equals + 1));
    else if (value !== undefined) yield* say(state, "alias", line(name, value));
    else status = yield* refuse(state, `alias: ${name}: not found`);
  }
  return status;
};

/** unalias. */
export const unalias: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "a");
  if (options === undefined) return 2;
  if (options.flags.has("a")) state.aliases.clear();
  else if (options.rest.length === 0) {
    yield* showUsage(state, "unalias");
    return 2;
  }
  let status = 0;
  for (const name of options.rest) {
    if (!state.aliases.delete(name)) status = yield* refuse(state, `unalias: ${name}: not found`);
  }
  return status;
};

/** enable. */
export const enable: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "adnpsf:");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  if (rest.length === 0) {
    const names = usageLines().map((line) => line.split(" ")[0] ?? "");
    const off = flags.has("n");
    const wanted = names.filter((name) => flags.has("a") || state.disabled.has(name) === off);
    const lines = wanted.map((name) => `enable ${state.disabled.has(name) ? "-n " : ""}${name}\n`);
    return yield* say(state, "enable", lines.join(""));
  }
  let status = 0;
  for (const name of rest) {
    if (!usageLines().some((line) => line.split(" ")[0] === name)) {
      status = yield* refuse(state, `enable: ${name}: not a shell builtin`);
    } else if (flags.has("n")) state.disabled.add(name);
    else state.disabled.delete(name);
  }
  return status;
};

/** help: the usages; the long texts are not here. */
export const help: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "dms");
  if (options === undefined) return 2;
  const names = usageLines().map((line) => line.split(" ")[0] ?? "");
  if (options.rest.length === 0) {
    yield* complain(state, "vethbook simulator: the list of help is not simulated");
    return 2;
  }
  let status = 0;
  for (const name of options.rest) {
    if (names.includes(name)) yield* say(state, "help", `${name}: ${usageOf(name)}\n`);
    else {
      status = yield* refuse(
        state,
        `help: no help topics match \`${name}'.  Try \`help help' or \`man -k ${name}' or \`info ${name}'.`,
      );
    }
  }
  return status;
};
