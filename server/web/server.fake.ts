// A whole server for the tests: the real one on port 0, with sandboxes in memory and two small
// chapters. Run by itself (`STATE [PORT]`) it is the child process that a test kills.
//
// Not here: the other end (client.fake.ts).

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Chapter } from "../../shared/chapter.ts";
import { figurePath } from "../chapters/chapters.ts";
import { fakeSource } from "../session/sandbox.fake.ts";
import type { Book } from "./book.ts";
import { type RunningServer, runServer, type ServerOptions } from "./runServer.ts";

/** Words that would be markup if anything were not escaped. */
export const hostileTitle = `</title><script>alert(1)</script>"'&<img src=x onerror=alert(2)>`;

const chapters: readonly Chapter[] = [
  {
    slug: "01-plain",
    title: "A plain chapter",
    summary: "One cell.",
    errors: [],
    blocks: [
      {
        type: "sh",
        id: "a",
        line: 3,
        source: "echo '</script><!--' \u2028",
        on: "lab",
        expect: "ok",
        needs: [],
      },
    ],
  },
  { slug: "02-hostile", title: hostileTitle, summary: hostileTitle, errors: [], blocks: [] },
];

/** The chapters; their figures lie in `folder`/notebooks. */
export function fakeBook(folder: string): Book {
  return {
    list: async () => chapters,
    load: async (slug) => chapters.find((chapter) => chapter.slug === slug),
    html: () => "<p>Text.</p>",
    contents: ({ title }) => [
      { id: "one", text: title, level: 2 },
      { id: "one-a", text: "A", level: 3 },
      { id: "two", text: "Two", level: 2 },
    ],
    script: () => "export const cells = [];\n",
    figure: (slug, name) => figurePath(slug, name, folder),
  };
}

/** What a test holds of its server. */
export type FakeServer = RunningServer & {
  readonly source: ReturnType<typeof fakeSource>;
  readonly lines: readonly string[];
};

/** Starts a server whose state, built client and chapters lie below `folder`. */
export async function startFakeServer(
  folder: string,
  options: Partial<ServerOptions> = { port: 0 },
): Promise<FakeServer> {
  const source = fakeSource();
  const lines: string[] = [];
  const server = await runServer(
    { open: false, ...options },
    {
      source,
      book: fakeBook(folder),
      dist: join(folder, "dist"),
      state: join(folder, "state"),
      report: (line) => lines.push(line),
    },
  );
  return { ...server, source, lines };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = "", port = "0"] = process.argv;
  const { url } = await startFakeServer(folder, { port: Number(port) });
  process.stdout.write(`${url}\n`);
}
