// The view `why`: the newest ping that failed, the first thing that went wrong with it, and what proves
// that. One ping sends several packets; the newest one that failed counts.

import type { Frames } from "../packets/captured.ts";
import type { Moments, ViewTable } from "../views/viewTable.ts";
import { newestFailure } from "./failures.ts";
import { explain } from "./sentences.ts";

/** The view as a table of facts under its sentence. */
export function whyView(moments: Moments | undefined, frames: Frames | undefined): ViewTable {
  const none = { title: "Why", columns: ["fact", "in", "shown by"], rows: [] };
  if (moments === undefined) return { ...none, sentence: "Nothing has run yet." };
  if (frames?.missing !== undefined) {
    return { ...none, sentence: `${frames.missing} So why a ping fails is not known here.` };
  }
  const failure = newestFailure(frames?.list ?? []);
  if (failure === undefined) {
    return { ...none, sentence: "No ping has failed, as far as frames tell." };
  }
  const from = moments.state.namespaces.find(({ inode }) => inode === failure.namespace)?.name;
  const { sentence, facts } = explain(failure, moments.state);
  return {
    ...none,
    title: `Why ${failure.target} did not answer ${from ?? ""}`.trim(),
    sentence,
    rows: facts.map(({ text, namespace, command }) => ({
      key: `${text} ${command}`,
      aside: false,
      fields: [{ text }, { text: namespace }, { text: command }],
    })),
  };
}
