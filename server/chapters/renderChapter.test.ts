// What HTML does a chapter become, and does nothing of it come from the author as markup?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseChapter } from "./parseChapter.ts";
import { renderChapter } from "./renderChapter.ts";
import { CHAPTER } from "./testChapter.ts";

function render(body: string, head = "title: x"): string {
  const text = `---\n${head}\n---\n${body}`;
  return renderChapter(parseChapter(text, { slug: "05-x", file: "notebooks/05-x/index.md" }));
}

/** The page's content without its title. */
function prose(body: string): string {
  return render(body).replace(/^<header.*<\/header>\n<section>\n([\s\S]*)\n<\/section>$/, "$1");
}

test("prose becomes plain HTML", () => {
  const table: [string, string][] = [
    [
      "One *two* **three** ~~four~~ `<five>` ~six~",
      "<p>One <em>two</em> <strong>three</strong> <del>four</del> <code>&lt;five&gt;</code> ~six~</p>",
    ],
    [
      "[a](https://example.org/?a=1&b=2)",
      '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener">a</a></p>',
    ],
    ["[a](../04-arp/index.md)", '<p><a href="04-arp" rel="noopener">a</a></p>'],
    ["![A map](map.svg)", '<p><img src="05-x/figures/map.svg" alt="A map" loading="lazy"></p>'],
    [
      '![A map](./map.svg "The net")',
      '<figure><img src="05-x/figures/map.svg" alt="A map" loading="lazy"><figcaption>The net</figcaption></figure>',
    ],
    ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
    ["3. a\n\n4. b", '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
    ["> Note", '<aside class="note" role="note"><p>Note</p></aside>'],
    ["```text\n<b>\n```", '<pre class="language-text" tabindex="0"><code>&lt;b&gt;</code></pre>'],
    ["root@netnsR.example", "<p>root@netnsR.example</p>"],
    ["a  \nb", "<p>a<br>b</p>"],
  ];
  for (const [body, html] of table) assert.equal(prose(body), html);
});

test("tables have header cells with a scope", () => {
  assert.match(
    prose("|a|b|\n|-|-:|\n|1|2|"),
    /<th scope="col">a<\/th><th scope="col" class="align-right">b<\/th>.*<td>1<\/td><td class="align-right">2<\/td>/,
  );
});

test("headings have ids and links in the chapter lead to them", () => {
  const html = render(
    "## Experiment 1: `ping`!\n\n[up](#experiment-1-ping)\n\n## Experiment 1: ping",
  );
  assert.match(
    html,
    /<section aria-labelledby="h-experiment-1-ping">\n<h2 id="h-experiment-1-ping">Experiment 1: <code>ping<\/code>!<\/h2>/,
  );
  assert.match(html, /<a href="#h-experiment-1-ping">up<\/a>/);
  assert.match(html, /<h2 id="h-experiment-1-ping-1">/);
  assert.doesNotMatch(html, /chapter-errors/);
});

test("cells read well without scripts and carry what the page needs", () => {
  const html = render(CHAPTER.slice(CHAPTER.indexOf("Prose")));
  const expected = [
    '<vb-cell id="cell-ping-across" data-cell="ping-across" data-on="netns12" data-expect="fail" data-needs="setup" data-title="Ping &quot;across&quot;"><p class="cell-label">In <code>netns12</code>: Ping &quot;across&quot;</p><pre tabindex="0"><code><span class="sh-command">ping</span> -c 3 192.168.5.22</code></pre></vb-cell>',
    '<vb-view id="cell-view-1" data-cell="view-1" data-views="arp netns12 netnsR; routes netnsR; packets veth1R veth2R">',
    '<vb-predict id="cell-predict-ping-across" data-cell="predict-ping-across" data-for="ping-across"><fieldset><legend>Where does the ARP request for <code>192.168.5.22</code> appear?</legend><label><input type="radio" name="predict-predict-ping-across" value="0"> <span>on veth1R only</span></label>',
    '<vb-script id="cell-shown" data-cell="shown"><pre tabindex="0"><code>html`&lt;p&gt;',
    '<pre class="language-sh" tabindex="0"><code><span class="sh-command">ls</span> <span class="sh-comment"># only shown</span></code></pre>',
  ];
  for (const part of expected) assert.ok(html.includes(part), `${part}\n\n${html}`);
});

test("mistakes stand at the top and at their fence", () => {
  const html = render('```sh {#a onn=x}\necho "<b>"\n```');
  const words =
    "<code>notebooks/05-x/index.md:4</code> A <code>sh</code> fence does not know <code>onn</code>. Did you mean <code>on</code>?";
  assert.ok(
    html.includes(
      `<aside class="chapter-errors" role="note"><p>This chapter has a mistake. What is not concerned works.</p><ul><li>${words}</li></ul></aside>`,
    ),
  );
  assert.ok(
    html.includes(
      `<vb-error data-line="4"><p>${words}</p><pre tabindex="0"><code>\`\`\`sh {#a onn=x}\necho &quot;&lt;b&gt;&quot;\n\`\`\`</code></pre></vb-error>`,
    ),
  );
});

/** All that the renderer may ever write as a tag, with all attributes it may have. */
const TAGS =
  /<(?:\/?(?:header|h[1-6]|p|section|aside|ul|ol|li|code|pre|span|em|strong|del|a|figure|figcaption|div|table|thead|tbody|tr|th|td|vb-cell|vb-view|vb-predict|vb-script|vb-error|fieldset|legend|label)|br|hr|img|input)((?: (?:id|class|role|tabindex|href|rel|src|alt|loading|scope|start|type|name|value|aria-label|aria-labelledby|data-[a-z]+)="[^"<>]*")*)>/g;

function assertHarmless(html: string): void {
  const rest = html.replace(TAGS, (_, attributes: string) => {
    for (const [, name = "", value = ""] of attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
      if (name === "href") assert.match(value, /^(?:https?:\/\/|#|\d\d-[a-z0-9-]+)/);
      if (name === "src") assert.match(value, /^05-x\/figures\/[\w./-]+$/);
      if (name === "id") assert.match(value, /^(?:cell|h)-/);
      if (name === "class") assert.match(value, /^[\w+#. -]+$/);
    }
    return "";
  });
  assert.doesNotMatch(rest, /[<>]/, html);
}

const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><script>alert(1)</script></svg>",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  '<base href="//evil.example">',
  '<meta http-equiv="refresh" content="0;url=//evil.example">',
  '<form id=chapter-data><input name=attributes></form><a id=vethbook name=document href="clobbered:x">',
  "<iframe srcdoc='<script>alert(1)</script>'>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<a href='javascript:alert(1)'>x</a>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](javascript://e.example/%0aalert(1))",
  "[x](java\tscript:alert(1))",
  "[x](java&#10;script:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](<javascript:alert(1)>)",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](vbscript:alert(1))",
  "[x](//evil.example)",
  "[x](\\\\evil.example)",
  "[x](https://user:secret@evil.example)",
  '[x](https://e.example/"onmouseover="alert(1))',
  '[x](#"><script>alert(1)</script>)',
  "<javascript:alert(1)>",
  "![x](javascript:alert(1))",
  '![x](x.svg"onerror="alert(1))',
  '![" onerror="alert(1)](map.svg)',
  "![x](../../secret.svg)",
  "![x](%2e%2e/secret.svg)",
  "![x](map.svg?x)",
  "## <img src=x onerror=alert(1)>",
  '## " onclick="alert(1)',
  "## chapter-data",
  "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
  "```<script>\n</code></pre><script>alert(1)</script>\n```",
  '```"onload="alert(1)\nx\n```',
  "```sh {#a title=\"<script>alert(1)</script>\"}\necho '</code></pre><script>alert(1)</script>' $<b> # <i>\n```",
  '```sh {#"><script>alert(1)</script>}\nls\n```',
  "```sh {#a on=<script>}\nls\n```",
  "```sh {#a}\nls\n```\n```predict {for=a}\n<script>alert(1)</script>\n- <img src=x onerror=alert(1)>\n- `<b>`\n```",
  "```view\narp <script>\n<script> a\n```",
  "```js\nx = `</code></pre><script>alert(1)</script>`\n```",
  "```js\n<script>alert(1)</script>\n```",
  '```check {hint="<script>"}\n<script>alert(1)</script>\n```',
  "$$<script>alert(1)</script>$$",
  "```mermaid\ngraph TD; A[<img src=x onerror=alert(1)>]\n```",
  "[^x]: <script>alert(1)</script>\n\n[^x]",
  "[x]: javascript:alert(1)\n\n[x]",
];

test("nothing of an author becomes markup, a script or an address of another kind", () => {
  for (const attack of ATTACKS) {
    assertHarmless(render(attack));
    assertHarmless(render(`- ${attack.replaceAll("\n", "\n  ")}`));
    assertHarmless(render(`> ${attack.replaceAll("\n", "\n> ")}`));
    const title = JSON.stringify(attack);
    assertHarmless(render("x", `title: ${title}\nsummary: ${title}\n${title}: x`));
  }
  assertHarmless(render(ATTACKS.join("\n\n")));
});

test("no mix of attacks becomes markup either", () => {
  const part = fc.oneof(
    fc.constantFrom(...ATTACKS),
    fc.constantFrom("\n", "\n\n", "`", "*", "> ", "- ", "|", "[", "](", ")"),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) =>
      assertHarmless(render(parts.join(""))),
    ),
    { numRuns: 200 },
  );
});
