// Do js cells become a module that defines the variables which their author wrote?

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Module, Runtime } from "@observablehq/runtime";
import fc from "fast-check";
import { parseChapter } from "./parseChapter.ts";
import { compileScript } from "./scriptCell.ts";
import { scriptModule } from "./scriptModule.ts";

/** What the module exports, as the page reads it. */
type Cells = readonly {
  readonly id: string;
  readonly line: number;
  readonly shown: number;
  readonly error?: string;
  readonly variables: readonly {
    readonly name?: string;
    readonly inputs: readonly string[];
    readonly definition: (...inputs: never[]) => unknown;
  }[];
}[];

function chapterOf(...sources: readonly string[]) {
  const fences = sources.map((source) => `\`\`\`js\n${source}\n\`\`\`\n`);
  return parseChapter(`---\ntitle: x\n---\n${fences.join("")}`, { slug: "01-x", file: "x.md" });
}

async function load(code: string): Promise<Cells> {
  const module: { cells: Cells } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module.cells;
}

/** The runtime's module has more than the page uses of it. */
type Readable = Module & { value(name: string): Promise<unknown> };

/** Runs the cells in the real runtime and returns a way to read the value of a variable. */
async function define(sources: readonly string[], builtins: Record<string, unknown> = {}) {
  const module = new Runtime(builtins).module() as Readable;
  for (const cell of await load(scriptModule(chapterOf(...sources)))) {
    for (const { name, inputs, definition } of cell.variables) {
      module.variable(true).define(name ?? null, inputs, definition);
    }
  }
  return (name: string): Promise<unknown> => module.value(name);
}

test("expressions, blocks, async cells and generators compute", async () => {
  const value = await define([
    "a = 2",
    "b = a * (3, 4) // twice",
    "block = { const c = a + b; return c; }",
    "later = { await null; return Promise.resolve(block); }",
    "object = ({a, ...{b}})",
    "function twice(x) { return 2 * x; }",
    "counted = { yield 1; }",
    `quoted = \`\${a} </script> \${twice(b)}\``,
    "typed = /[<>]/.test(quoted)",
  ]);
  assert.equal(await value("b"), 8);
  assert.equal(await value("later"), 10);
  assert.deepEqual(await value("object"), { a: 2, b: 8 });
  assert.equal(await value("counted"), 1);
  assert.equal(await value("quoted"), "2 </script> 16");
  assert.equal(await value("typed"), true);
});

function* values(value: number) {
  yield value;
}

test("viewof is an input and its values", async () => {
  const input = { value: 7 };
  const cells = [
    "viewof x = make()",
    "same = { const $1 = 1; return [x + $1, viewof x === make()]; }",
  ];
  const value = await define(cells, {
    make: () => () => input,
    Generators: () => ({ input: (view: { value: number }) => values(view.value) }),
  });
  assert.equal(await value("viewof x"), input);
  assert.deepEqual(await value("same"), [8, true]);
});

test("mutable is a value that cells may set", async () => {
  const code = scriptModule(chapterOf("mutable n = 1", "add = () => ++mutable n", "twice = 2 * n"));
  const [first, add, twice] = await load(code);
  const [initial, box, values] = first?.variables ?? [];
  assert.deepEqual([initial?.name, box?.name, values?.name], ["initial n", "mutable n", "n"]);
  assert.equal(first?.shown, 2);
  assert.deepEqual(add?.variables[0]?.inputs, ["mutable n"]);
  assert.deepEqual(twice?.variables[0]?.inputs, ["n"]);
  const call = (definition: unknown, ...inputs: unknown[]): unknown =>
    Reflect.apply(definition as () => unknown, undefined, inputs);
  const made = call(box?.definition, 1);
  const stream = call(values?.definition, made) as Iterator<Promise<number>>;
  const increase = call(add?.variables[0]?.definition, made) as () => number;
  assert.equal(await stream.next().value, 1);
  const next = stream.next().value;
  assert.equal(increase(), 2);
  assert.equal(await next, 2);
  increase();
  increase();
  assert.equal(await stream.next().value, 4);
});

test("a cell with a mistake exports a sentence, the others work", async () => {
  const chapter = chapterOf("a = (", "b = 1");
  assert.equal(chapter.errors[0]?.line, 5);
  const [broken, whole] = await load(scriptModule(chapter));
  assert.deepEqual(broken?.variables, []);
  assert.match(broken?.error ?? "", /^Line 5: This is not a JavaScript cell: Unexpected/);
  assert.equal(whole?.variables[0]?.name, "b");
});

test("cells cannot reach out of their function", async () => {
  for (const source of [
    "1); } }] }]; evil(); [(",
    "<!-- x",
    "x = 1 --> 2",
    "}{",
    "arguments",
    "`",
    "*/ /*",
  ]) {
    const cells = await load(scriptModule(chapterOf(source, "fine = 1")));
    assert.equal(cells.length, 2, source);
    assert.equal(cells[1]?.variables[0]?.name, "fine");
  }
});

test("whatever compiles is a module that loads", async () => {
  const bit = fc.constantFrom(
    ..."x viewof mutable = 1 + ( ) { } [ ] , ; ` ${ \n // /* */ <!-- --> function async await yield => return const 'a' /re/ . ? :".split(
      " ",
    ),
    "\n",
    "x = ",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bit, { maxLength: 12 }), async (bits) => {
      const source = bits.join(" ");
      if ("error" in compileScript(source)) return;
      const [cell] = await load(scriptModule(chapterOf(source)));
      assert.equal(typeof cell?.variables[0]?.definition, "function");
    }),
    { numRuns: 300 },
  );
});

test("no nesting, however deep, ends the process", () => {
  const bits = [
    "(",
    "[",
    "{",
    "`${",
    "!",
    "a=>",
    "a?b:",
    "a+",
    "a.",
    "new ",
    "await ",
    "if(a)",
    "a:",
    "-",
    "x=",
    "()=>{",
    "a`b`",
    "a?.",
    "a**",
    "case ",
    "else ",
  ];
  for (const bit of bits) compileScript(`${bit.repeat(60_000 / bit.length)}a`);
  assert.ok("variables" in compileScript(`a = ${"[1, 2, x => x + 1],".repeat(300)} 1`));
  assert.ok("variables" in compileScript(`{ ${"b.c.d(1) + 2;\n".repeat(300)} }`));
});
