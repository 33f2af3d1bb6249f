// Does a chapter become blocks and cells, and do errors leave the rest of it whole?

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import type { Block, Chapter } from "../../shared/chapter.ts";
import { parseChapter } from "./parseChapter.ts";
import { contents, renderChapter } from "./renderChapter.ts";
import { scriptModule } from "./scriptModule.ts";
import { CHAPTER } from "./testChapter.ts";
import { parseTopology } from "./topology.ts";

const file = new URL("../../content/topologies/two-segments.yaml", import.meta.url);
const { topology } = parseTopology(await readFile(file, "utf8"), "two-segments");
assert.ok(topology);
const topologies = new Map([["two-segments", topology]]);

function parse(text: string): Chapter {
  return parseChapter(text, { slug: "05-x", file: "notebooks/05-x/index.md", topologies });
}

/** The messages of a chapter with its front matter in lines 1 to 4, each with its line. */
function mistakes(body: string): string[] {
  const head = "---\ntitle: x\ntopology: two-segments\n---\n";
  return parse(head + body).errors.map(({ line, message }) => `${line}: ${message}`);
}

function types(chapter: Chapter): string {
  return chapter.blocks.map((block: Block) => block.type).join(" ");
}

test("a whole chapter becomes blocks in order", () => {
  const chapter = parse(CHAPTER);
  assert.deepEqual(chapter.errors, []);
  assert.equal(chapter.title, "Link two segments of one subnet by a routing namespace");
  assert.equal(chapter.topology, "two-segments");
  assert.equal(types(chapter), "prose prose sh prose predict sh view prose js js prose");
  const [, , , , predict, ping, view, , input] = chapter.blocks;
  assert.deepEqual(ping, {
    type: "sh",
    id: "ping-across",
    line: 28,
    source: "ping -c 3 192.168.5.22",
    on: "netns12",
    expect: "fail",
    needs: ["setup"],
    title: 'Ping "across"',
  });
  assert.deepEqual(predict, {
    type: "predict",
    id: "predict-ping-across",
    line: 21,
    for: "ping-across",
    question: "Where does the ARP request for `192.168.5.22` appear?",
    options: ["on veth1R only", "on veth1R and veth2R", "nowhere"],
  });
  assert.deepEqual(view, {
    type: "view",
    id: "view-1",
    line: 32,
    views: [
      { view: "arp", namespaces: ["netns12", "netnsR"] },
      { view: "routes", namespaces: ["netnsR"] },
      { view: "packets", devices: ["veth1R", "veth2R"] },
    ],
  });
  assert.equal(input?.type === "js" && input.id, "js-1");
});

test("the contents are the headings of level 2 and 3", () => {
  assert.deepEqual(contents(parse(CHAPTER)), [
    { id: "h-build-it", text: "Build it", level: 2 },
    { id: "h-predict", text: "Predict", level: 3 },
    { id: "h-play", text: "Play", level: 2 },
  ]);
});

const fence = (info: string, source = "ls") => `\`\`\`${info}\n${source}\n\`\`\`\n`;

test("every mistake in a fence is told with its line", () => {
  const a = fence("sh {#a}");
  const table: [string, string | RegExp][] = [
    [fence("sh {#a onn=netns12}"), "5: A `sh` fence does not know `onn`. Did you mean `on`?"],
    [fence("sh {#a color=red}"), /^5: .*does not know `color`. It knows #id, on, expect/],
    [fence("view {on=netns12}", "arp netnsR"), /^5: A `view` fence does not know `on`/],
    [fence("sh {id=a}"), /^5: An id is written #a/],
    [fence("sh {#a #b}"), /^5: An id .* stands twice/],
    [fence("sh {#a on=netns12 on=netns12}"), /^5: `on` stands twice/],
    [fence("sh {#a"), /^5: The brace is not closed/],
    [fence("sh {}"), /^5: A cell that runs needs an id/],
    [fence("sh {#-a}"), /^5: `#-a` is no id/],
    [fence("sh {#net}"), /^5: The id `net` would hide/],
    [fence("sh {#fetch}"), /^5: The id `fetch` would hide/],
    [fence("sh {#new}"), /^5: The id `new` would hide/],
    [fence("sh {#a expect=sure}"), /^5: `expect` is ok, fail or any, not `sure`/],
    [fence("sh {#a}", ""), /^5: The `sh` fence is empty/],
    [fence("sh {#a}", "ls\nrm \x03 x"), /^7: .*invisible character \(U\+0003\)/],
    [fence("sh {#a}", "ls \u202e x"), /^6: .*invisible character \(U\+202E\)/],
    [fence("sh {#a on=netns13}"), /^5: The topology .* no namespace `netns13`. Did you mean/],
    [a + a, "8: The id `a` is taken by the fence in line 5; choose another."],
    [fence("sh {#a-1}") + fence("sh {#a1}"), /^8: `a1` and `a-1` are both `a1` in js cells/],
    [a + fence("sh {#b needs=aa}"), "8: No cell is called `aa`. Did you mean `a`?"],
    [fence("sh {#b needs=later}") + fence("sh {#later}"), /^5: `later` stands later \(line 8\)/],
    [fence("sh {#b needs=b}"), /^5: The cell needs itself/],
    [fence("sh {#b needs=a}") + fence("sh {#a needs=b}"), /^5: `b` and `a` need each other/],
    [a + fence("sh {#b needs=a,a}"), /^8: `needs` names `a` twice/],
    [fence("view {#v}", "arp lab") + fence("sh {#b needs=v}"), /^8: `v` is a view fence/],
    [fence("view", "arps netnsR"), "6: There is no view `arps`. Did you mean `arp`?"],
    [fence("view", "\narp"), /^7: Say what `arp` is to show/],
    [fence("view", "arp netns"), /^5: The topology .* no namespace `netns`/],
    [fence("view", "packets veth3R"), /^5: The topology .* no device `veth3R`/],
    [fence("view", "arp <b>"), /^6: `<b>` is no name/],
    [fence("check", "reach a b"), /^5: This version does not know `check` fences yet/],
    [a + fence("predict {for=b}", "Q?\n- x\n- y"), /^8: No cell is called `b`/],
    [a + fence("predict {for=a}", "Q?\n- x\n- y"), /^8: The cell `a` stands before its question/],
    [fence("predict", "Q?\n- x\n- y") + a, /^5: A `predict` fence needs the id of its cell/],
    [fence("predict {for=a}", "Q?\n- x") + a, /^5: A prediction has 2 to 6 options/],
    [fence("predict {for=a}", "- x\n- y") + a, /^5: The question is missing/],
    [fence("predict {for=a}", "Q?\n- x\nand\n- y") + a, /^8: After the first option/],
    [fence("predict {for=a}", "Q?\n- x\n- x\n- y") + a, /^8: The option `x` stands twice/],
    [fence("predict {for=v}", "Q\n- x\n- y") + fence("view {#v}", "arp lab"), /is a view fence/],
    [
      fence("perdict {for=a}", "x"),
      /^5: A `perdict` fence cannot have attributes; write ```predict/,
    ],
    [fence("bash {#a}"), /^5: A `bash` fence cannot have attributes; write ```sh/],
    [fence("predic", "x"), /^5: There is no fence `predic`; write `predict`/],
    [fence("sh on=netns12"), /^5: Attributes stand in braces/],
    [
      `- item\n\n  ${fence("sh {#a}").replaceAll("\n", "\n  ")}`,
      /^7: .*only at the left margin|^7: .*works only/,
    ],
    [`- item\n\n  \`\`\`text\n  x\n`, /^7: The fence is not closed/],
    [fence("js", "x = = 1"), /^6: This is not a JavaScript cell: Unexpected token/],
    [fence("js", "const x = 1;\nx + 1"), /^6: .*Put several statements in braces/],
    [fence("js", "x = 1 +\n  nett.namespaces"), /^7: Nothing is called `nett`. Did you mean `net`/],
    [fence("js", "x = 1") + fence("js", "x = 2"), /^9: `x` is taken by the cell in line 5/],
    [a + fence("js", "a = 2"), /^9: `a` is taken by the cell in line 5/],
    [fence("js", "net = 1"), /^6: `net` is the page's own name/],
    [fence("js", 'eval("1")'), /^6: `eval` is not allowed/],
    [fence("js", 'import {x} from "y"'), /^6: A cell cannot import/],
  ];
  for (const [body, expected] of table) {
    const [first = "", ...others] = mistakes(body);
    if (typeof expected === "string") assert.equal(first, expected, body);
    else assert.match(first, expected, body);
    assert.deepEqual(others, [], body);
  }
});

test("every mistake in prose is told with its line", () => {
  const table: [string, RegExp][] = [
    ["Text <b>bold</b>", /^5: A chapter holds no HTML/],
    ["a\n<!-- hidden -->\n", /^6: A chapter holds no HTML/],
    ["![](map.svg)", /^5: The picture has no description/],
    ["![map](https://example.org/map.svg)", /^5: A picture cannot come from/],
    ["![map](../04-x/map.svg)", /^5: A picture cannot come from/],
    ["[x](javascript:alert(1))", /^5: A link cannot lead to `javascript:alert\(1\)`/],
    ["[x](/etc/passwd)", /^5: A link cannot lead to/],
    ["## One\n\n[x](#two)", /^7: The link leads to `#two`/],
    ["[x]\n\n[x]: https://example.org", /^7: Write the address at the link itself/],
    ["Text[^1]\n\n[^1]: note", /^5: Footnotes are not supported/],
    ["# Title", /^5: The title stands in the front matter/],
    ["### Deep", /^5: The heading skips a level; write ##/],
    [`${"> ".repeat(30)}x`, /^5: Lists or quotes nest too deeply/],
    ["word ".repeat(3000), /^5: This part is longer than 8 KB/],
  ];
  for (const [body, expected] of table) assert.match(mistakes(body)[0] ?? "", expected, body);
});

test("a broken fence becomes an error block with its source, the rest opens", () => {
  const chapter = parse(CHAPTER.replace("expect=fail", "expct=fail"));
  assert.equal(types(chapter), "prose prose sh prose predict error view prose js js prose");
  const error = chapter.blocks[5];
  assert.ok(error?.type === "error");
  assert.deepEqual(error.error, {
    file: "notebooks/05-x/index.md",
    line: 28,
    message: "A `sh` fence does not know `expct`. Did you mean `expect`?",
  });
  assert.match(error.source, /^```sh \{#ping-across .*\nping -c 3 192.168.5.22\n```$/);
  assert.deepEqual(chapter.errors, [error.error]);
});

test("a fence that is not closed does not take the rest along", () => {
  const chapter = parse(
    CHAPTER.replace("ping -c 3 192.168.5.22\n```\n", "ping -c 3 192.168.5.22\n"),
  );
  assert.equal(types(chapter), "prose prose sh prose predict error view prose js js prose");
  assert.deepEqual(
    chapter.errors.map(({ line, message }) => `${line}: ${message}`),
    ["28: The fence is not closed; write ``` on a line of its own after it."],
  );
});

test("front matter is needed, and a chapter without it still opens", () => {
  for (const text of [
    "Text\n",
    "---\ntitle: x\n\nText\n",
    "---\ntopology: two-segment\n---\nText",
  ]) {
    const chapter = parse(text);
    assert.ok(chapter.errors.length > 0, text);
    assert.equal(chapter.title, "05-x");
    assert.match(types(chapter), /prose/);
  }
  assert.match(
    parse("---\ntitle: x\ntopology: two-segment\n---\nText").errors[0]?.message ?? "",
    /no usable content\/topologies\/two-segment.yaml; did you mean two-segments\?/,
  );
});

test("line ends of other systems and a byte order mark change nothing", () => {
  assert.deepEqual(parse(`\uFEFF${CHAPTER.replaceAll("\n", "\r\n")}`), parse(CHAPTER));
});

const scrap = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    ..."``` ~~~ ```sh ```js ```view ```predict {#a on=b} {for=a} --- > - 1. # | <b> [ ]( ![ * ** ` $".split(
      " ",
    ),
    "---\ntitle: x\n---",
    "|a|b|\n|-|-|",
    "[^1]:",
    "    code",
    "\n\n",
  ),
);
const anyText = fc.array(fc.tuple(scrap, fc.constantFrom("", " ", "\n")), { maxLength: 40 });

test("any text opens, renders and compiles", () => {
  fc.assert(
    fc.property(anyText, (scraps) => {
      const chapter = parse(scraps.flat().join(""));
      assert.equal(typeof renderChapter(chapter), "string");
      assert.equal(typeof scriptModule(chapter), "string");
    }),
    { numRuns: 200 },
  );
});

test("up to 1 MB of anything is answered in time", () => {
  const size = 1024 * 1024;
  const hostile = [
    "a\n=\n",
    "1. ",
    "~~a",
    "[a](",
    "[",
    "*a ",
    "> ",
    "- a\n",
    "|",
    "`a``b",
    "\n",
    "``` ",
    "<a ",
    "![",
    "a@b.",
  ];
  for (const bit of hostile) {
    const started = process.cpuUsage();
    parse(bit.repeat(size / bit.length));
    // 200 KB without an empty line, and a part that is just short enough to be read.
    parse(bit.repeat((200 * 1024) / bit.length));
    parse(bit.repeat(8000 / bit.length));
    assert.ok(process.cpuUsage(started).user < 10_000_000, JSON.stringify(bit));
  }
});
