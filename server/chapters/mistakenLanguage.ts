// A fence whose language is not one of Vethbook's but looks as if it was meant to be: `bash {#id}`,
// `perdict`, `View`. All other languages are simply shown.

import type { FenceInfo } from "./fenceInfo.ts";
import { nearestName } from "./nearestName.ts";
import { CELL_LANGUAGES, isCellLanguage } from "./shownCode.ts";

/** The sentence about a mistaken language; undefined when there is nothing to say. */
export function mistakenLanguage({ language, attributes }: FenceInfo): string | undefined {
  if (isCellLanguage(language)) return undefined;
  const near = nearestName(language, CELL_LANGUAGES);
  if (attributes !== undefined) {
    const meant = SHELLS.has(language) ? "sh" : (near ?? "sh");
    return `A \`${language}\` fence cannot have attributes; write \`\`\`${meant} {…}, or take the braces out to only show it.`;
  }
  // Short names are near to too much: `c`, `s`, `ts`.
  if (near === undefined || language.length < 4 || KNOWN.has(language)) return undefined;
  return `There is no fence \`${language}\`; write \`${near}\`, or \`text\` to only show it.`;
}

const SHELLS = new Set(["bash", "shell", "zsh", "console", "terminal"]);

/** Languages that are near to ours by chance. */
const KNOWN = new Set(["json", "html", "vue", "diff", "text", "bash", "fish", "zsh"]);
