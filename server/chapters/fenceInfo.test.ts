// Are the attributes of a fence read, and every way to misspell them told?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ID, parseFenceInfo } from "./fenceInfo.ts";

const read = (info: string) => {
  const { language, attributes, mistakes } = parseFenceInfo(info);
  return { language, attributes: attributes && Object.fromEntries(attributes), mistakes };
};

test("ids, plain and quoted values are read", () => {
  assert.deepEqual(read('sh {#ping-1 on=netns12 needs=a,b title="Say \\"hi\\" {now}"}'), {
    language: "sh",
    attributes: { [ID]: "ping-1", on: "netns12", needs: "a,b", title: 'Say "hi" {now}' },
    mistakes: [],
  });
  assert.deepEqual(read("js{#a}").attributes, { [ID]: "a" });
  assert.deepEqual(read("sh {}"), { language: "sh", attributes: {}, mistakes: [] });
  assert.deepEqual(read("console"), { language: "console", attributes: undefined, mistakes: [] });
  assert.deepEqual(read(""), { language: "", attributes: undefined, mistakes: [] });
});

test("each mistake has a sentence that says what to write", () => {
  const table: [string, RegExp][] = [
    ["sh {#a on=x", /brace is not closed/],
    ["sh {#a #b}", /stands twice/],
    ["sh {on=x on=y}", /`on` stands twice/],
    ["sh {on=}", /`on` has no value/],
    ["sh {on}", /`on` is no attribute/],
    ["sh {on = x}", /`on` is no attribute/],
    ['sh {title="a b}', /quotes .* do not fit/],
    ['sh {title="a"b}', /quotes .* do not fit/],
    ["sh {#a} more", /Nothing may follow/],
    ["sh #a on=x", /Attributes stand in braces/],
  ];
  for (const [info, message] of table) assert.match(read(info).mistakes[0] ?? "", message, info);
});

test("any info string is read in no time and without a throw", () => {
  const info = fc.array(fc.constantFrom("{", "}", '"', "\\", "#", "=", " ", "on", "sh", ","), {
    maxLength: 60,
  });
  fc.assert(fc.property(info, (parts) => void parseFenceInfo(parts.join(""))));
  const started = process.cpuUsage();
  parseFenceInfo(`sh {title="${"\\".repeat(100_000)}`);
  parseFenceInfo(`sh {${'a="'.repeat(30_000)}`);
  parseFenceInfo(`sh {${"a=b".repeat(30_000)}`);
  parseFenceInfo(`sh {${" ".repeat(100_000)}`);
  assert.ok(process.cpuUsage(started).user < 2_000_000);
});
