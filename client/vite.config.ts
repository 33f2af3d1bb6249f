// Builds the page's script and style into client/dist with a manifest that the server reads to know
// their names. The HTML is the server's, so there is no index.html here.

import { defineConfig, type Plugin } from "vite";

/** What htl does with a function that stands as an attribute, and what it shall do instead. */
const htlChanges = [
  [
    /string \+= `::\$\{j\}`;/,
    'string = string.replace(/on(\\w+\\s*=\\s*)$/i, "data-on$1") + "::" + j;',
  ],
  [/element\[name\] = value;/, 'element[name.replace(/^data-on/, "on")] = value;'],
] as const;

/**
 * htl writes a function as an attribute (`onclick="::0"`) before it sets it as a property, and our
 * content policy rightly reports that attribute. Under another name it means nothing.
 */
const htlWithoutHandlers: Plugin = {
  name: "htl-without-handlers",
  transform(code, id) {
    if (!/\/htl\/(?:dist|src)\/index\.js$/.test(id)) return undefined;
    return htlChanges.reduce((changed, [from, to]) => {
      if (!from.test(changed)) throw new Error(`${id} no longer holds ${from}`);
      return changed.replace(from, () => to);
    }, code);
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [htlWithoutHandlers],
  // Inputs brings an htl of its own; one is enough.
  resolve: { dedupe: ["htl"] },
  // The simulator is a module that fetches its commands one by one.
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    // Monaco is as large as it is; it is loaded when a cell is edited and never before.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { input: "main.ts" },
  },
});
