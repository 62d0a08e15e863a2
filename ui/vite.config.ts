// Two pages out of one source tree: the desk's window (index.html → dist) and the reviewers' console
// (console.html → dist-console, served by the intake server under /console/).
import { renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The server answers /console/ with index.html. */
function consoleIndex(): Plugin {
  return {
    name: "console-index",
    closeBundle: () => renameSync(here("./dist-console/console.html"), here("./dist-console/index.html")),
  };
}

export default defineConfig(({ mode }) => {
  const isConsole = mode === "console";
  return {
    base: isConsole ? "/console/" : "./",
    plugins: [vue(), ...(isConsole ? [consoleIndex()] : [])],
    define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
    resolve: { alias: { "@": here("./src") } },
    build: {
      outDir: isConsole ? "dist-console" : "dist",
      emptyOutDir: true,
      target: ["es2022", "safari16"],
      // Strict CSP: nothing inlined, no module preload shim.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: here(isConsole ? "./console.html" : "./index.html") },
    },
    test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
  };
});
