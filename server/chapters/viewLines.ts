// The lines of a `view` fence: a view's name and what it shows, such as `arp netns12 netnsR`.

import type { ViewRequest } from "../../shared/chapter.ts";
import { suggestion } from "./nearestName.ts";
import type { Report } from "./problem.ts";

const VIEWS: readonly ViewRequest["view"][] = [
  ...(["topology", "arp", "routes", "rules", "links", "fdb", "vlans", "sysctls"] as const),
  "packets",
  "why",
];
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Reads the lines of a view fence; the first one is line `firstLine` of the file. */
export function readViews(source: string, firstLine: number, report: Report): ViewRequest[] {
  return source.split("\n").flatMap((text, at): ViewRequest[] => {
    const say = (message: string) => report(firstLine + at, message);
    const [name = "", ...names] = text.trim().split(/\s+/);
    if (name === "") return [];
    const view = VIEWS.find((known) => known === name);
    if (view === undefined) {
      const near = suggestion(name, VIEWS) || ` Known are ${VIEWS.join(", ")}.`;
      say(`There is no view \`${name}\`.${near}`);
      return [];
    }
    if (view === "why") {
      if (names.length > 0) say("`why` takes no names; it is about the newest ping that failed.");
      return [{ view }];
    }
    if (names.length === 0 && view !== "topology" && view !== "packets") {
      say(`Say what \`${view}\` is to show: ${view} netns12.`);
      return [];
    }
    const bad = names.find((one) => !NAME.test(one));
    if (bad !== undefined) {
      say(`\`${bad.slice(0, 80)}\` is no name; write names with a space between them.`);
      return [];
    }
    const twice = names.find((one, index) => names.indexOf(one) < index);
    if (twice !== undefined) say(`The line names \`${twice}\` twice; leave one out.`);
    return view === "packets" ? [{ view, devices: names }] : [{ view, namespaces: names }];
  });
}
