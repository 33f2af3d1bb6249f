// Builds the page's script and style into client/dist with a manifest that the server reads to know
// their names. The HTML is the server's, so there is no index.html here.

import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
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
