// Are commands coloured without a character being lost or becoming markup?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeHtml } from "./html.ts";
import { colourShell } from "./shellColours.ts";

/** Short form: [command], {keyword}, and so on, for reading. */
function coloured(source: string): string[] {
  return [...colourShell(source).matchAll(/<span class="sh-(\w+)">(.*?)<\/span>/gs)].map(
    ([, colour, text]) => `${colour} ${text}`,
  );
}

test("commands, strings, variables and comments are told apart", () => {
  assert.deepEqual(coloured("ip route add $net dev veth1R # a route\nA=1 ping -c 3 'x y'"), [
    "command ip",
    "variable $net",
    "comment # a route",
    "command ping",
    "string &#39;x y&#39;",
  ]);
  assert.deepEqual(coloured("for n in 1 2; do ip netns add ns$n; done | sort"), [
    "keyword for",
    "keyword in",
    "keyword do",
    "command ip",
    "variable $n",
    "keyword done",
    "command sort",
  ]);
  assert.deepEqual(coloured("echo a#b > /proc/sys/x && ls"), ["command echo", "command ls"]);
});

test("the text stays what it was, and nothing in it becomes markup", () => {
  const bit = fc.constantFrom(
    "<b>",
    "'",
    '"',
    "$",
    "${",
    "}",
    "#",
    "\\",
    "\n",
    " ",
    "&&",
    "in",
    "a",
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 40 }), (bits) => {
      const source = bits.join("");
      const bare = colourShell(source).replace(/<span class="sh-[a-z]+">|<\/span>/g, "");
      assert.equal(bare, escapeHtml(source));
    }),
  );
  const started = process.cpuUsage();
  for (const text of ["'", '"', "\\", '"\\', "$", "${", "#"]) colourShell(text.repeat(32_000));
  assert.ok(process.cpuUsage(started).user < 3_000_000);
});
