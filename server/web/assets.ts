// Which built scripts and styles a page needs, by vite's manifest (client/dist/.vite/manifest.json).
// It is read anew for each page: a rebuild shows at the next reload.
//
// Source: vite, "Backend Integration".
// Not here: building them (client/vite.config.ts); serving them (routes.ts).

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const manifestFormat = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    css: z.array(z.string()).optional(),
    imports: z.array(z.string()).optional(),
  }),
);

/** Addresses of what a page loads. */
export type PageAssets = {
  readonly script: string | undefined;
  readonly preload: readonly string[];
  readonly styles: readonly string[];
};

/** What the entry, such as "main.ts", needs; nothing at all when the client is not built. */
export async function pageAssets(dist: string, entry: string): Promise<PageAssets> {
  const manifest = await readManifest(dist);
  const chunk = manifest[entry];
  if (chunk === undefined) {
    return { script: undefined, preload: [], styles: [] };
  }
  const names = new Set<string>();
  const follow = (name: string) => {
    if (!names.has(name)) {
      names.add(name);
      manifest[name]?.imports?.forEach(follow);
    }
  };
  follow(entry);
  const chunks = [...names].flatMap((name) => manifest[name] ?? []);
  return {
    script: `/${chunk.file}`,
    preload: chunks.filter((one) => one !== chunk).map((one) => `/${one.file}`),
    styles: [...new Set(chunks.flatMap((one) => one.css ?? []))].map((file) => `/${file}`),
  };
}

async function readManifest(dist: string): Promise<z.infer<typeof manifestFormat>> {
  try {
    const text = await readFile(join(dist, ".vite", "manifest.json"), "utf8");
    return manifestFormat.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
