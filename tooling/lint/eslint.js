/**
 * The one lint preset: what style.md-like rules of CONTRIBUTING.md ("Style") a machine can hold, and the import
 * edges. Every package's eslint.config.js re-exports it; apps re-export ./app.js, which lets them print.
 */
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { fileName } from "./rules/file-name.js";
import { headerComment } from "./rules/header-comment.js";
import { importEdges } from "./rules/import-edges.js";

/** Tools demand default exports of their configurations, which may read the environment. */
const toolConfigs = ["*.config.{js,ts}", "eslint.js", "app.js", "vitest.js"];
const tests = ["**/*.test.ts", "**/*.test.js", "test/**", "**/fixtures/**"];
const typeScript = ["**/*.ts"];

export default defineConfig(
  { ignores: ["dist/**", "build/**", "coverage/**", ".scratch/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    files: typeScript,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: process.cwd() } },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-base-to-string": "error",
      "@typescript-eslint/no-deprecated": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-for-in-array": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-promise-reject-errors": "error",
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      // `default: x satisfies never` is how a union is exhausted here.
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
    },
  },
  {
    plugins: {
      convkit: {
        rules: { "file-name": fileName, "header-comment": headerComment, "import-edges": importEdges },
      },
    },
    rules: {
      // TypeScript and Node judge undefined names; ESLint knows no globals here.
      "no-undef": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-lines": ["error", 400],
      "@typescript-eslint/max-params": ["error", { max: 4 }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Read the environment in env.ts, and hand values down.",
        },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: ["process", "node:process"].map((name) => ({
            name,
            importNames: ["env"],
            message: "Read the environment in env.ts, and hand values down.",
          })),
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportAllDeclaration",
          message: "Expected a hand-written list of named exports. Received: `export *`.",
        },
        {
          selector: "ExportDefaultDeclaration",
          message: "Expected a named export; only tool configurations export a default.",
        },
        {
          selector: "ExportSpecifier[exported.name='default']",
          message: "Expected a named export; only tool configurations export a default.",
        },
      ],
      "convkit/file-name": "error",
    },
  },
  { files: ["src/**"], rules: { "no-console": "error" } },
  { files: ["{src,test,conformance}/**"], rules: { "convkit/import-edges": "error" } },
  {
    files: ["src/**/*.ts"],
    ignores: [...tests, "**/index.ts"],
    rules: { "convkit/header-comment": "error" },
  },
  {
    files: ["**/env.{ts,mjs}"],
    rules: { "no-restricted-properties": "off", "no-restricted-imports": "off" },
  },
  {
    // A test hands its environment to the processes it starts, and a fixture stands for a user's own module.
    files: tests,
    rules: { "no-restricted-properties": "off", "no-restricted-syntax": "off", "max-lines": "off" },
  },
  {
    files: toolConfigs,
    rules: { "no-restricted-properties": "off", "no-restricted-syntax": "off" },
  },
  { files: ["**/*.{js,mjs}", "*.config.ts"], ...tseslint.configs.disableTypeChecked },
);
