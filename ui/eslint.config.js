// Rules of the page: Vue + TypeScript, and the walls between the rooms.
import vue from "eslint-plugin-vue";
import { defineConfigWithVueTs, vueTsConfigs } from "@vue/eslint-config-typescript";

const onlyHost = (...extra) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        { group: ["@tauri-apps/*"], message: "Only src/host talks to the program." },
        { group: ["reka-ui"], message: "Reka UI is wrapped once, in src/shared." },
        ...extra,
      ],
    },
  ],
  "no-restricted-globals": [
    "error",
    { name: "fetch", message: "Only src/host and src/console/api talk to anything." },
    { name: "XMLHttpRequest", message: "Only src/host and src/console/api talk to anything." },
    { name: "localStorage", message: "Nothing is kept in the web view; the encrypted store keeps it." },
    { name: "sessionStorage", message: "Nothing is kept in the web view; the encrypted store keeps it." },
  ],
});

export default defineConfigWithVueTs(
  { ignores: ["dist/**", "dist-console/**", "src/host/bindings/**"] },
  vue.configs["flat/recommended"],
  vueTsConfigs.recommended,
  {
    files: ["src/**/*.{ts,vue}"],
    rules: {
      ...onlyHost(),
      "vue/no-v-html": "error",
      "vue/block-order": ["error", { order: ["script", "template", "style"] }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/define-macros-order": "error",
      "vue/no-static-inline-styles": "error",
      "vue/prefer-true-attribute-shorthand": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      // Layout is the formatter's business, not the linter's.
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/attributes-order": "off",
      "vue/first-attribute-linebreak": "off",
      "vue/multi-word-component-names": "off",
      "vue/require-default-prop": "off",
    },
  },
  { files: ["src/host/**"], rules: { "no-restricted-imports": "off" } },
  { files: ["src/console/api/**"], rules: { "no-restricted-globals": "off" } },
  {
    files: ["src/shared/Combobox.vue", "src/shared/Dialog.vue"],
    rules: { "no-restricted-imports": "off" },
  },
);
