import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { undeclaredImports } from "./declared-imports.js";

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convkit-declared-"));
  mkdirSync(join(folder, "dist"));
  const manifest = {
    name: "@scope/self",
    dependencies: { "@scope/named": "1.0.0" },
    peerDependencies: { peer: "*" },
    optionalDependencies: { optional: "*" },
    devDependencies: { "dev-only": "*" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("what the manifest declares may be imported, by any path of it", () => {
  writeFileSync(
    join(folder, "dist/index.js"),
    `import "./own.js"; import "node:fs"; import "fs"; import "@scope/self/sub"; import "@scope/named/deep/path";
     export { a } from "peer"; await import("optional/sub");`,
  );
  expect(undeclaredImports(folder)).toEqual([]);
});

test("a development dependency is not enough, in code or in declarations", () => {
  writeFileSync(join(folder, "dist/index.js"), 'export const load = () => import("dev-only");');
  writeFileSync(join(folder, "dist/index.d.ts"), 'export type A = import("@scope/other/sub").A;');
  expect(undeclaredImports(folder).sort()).toEqual([
    "dist/index.d.ts: @scope/other/sub",
    "dist/index.js: dev-only",
  ]);
});

test("a folder that brings its own node_modules answers for itself", () => {
  mkdirSync(join(folder, "dist/standalone/node_modules/next"), { recursive: true });
  writeFileSync(join(folder, "dist/standalone/node_modules/next/index.js"), 'require("react");');
  writeFileSync(join(folder, "dist/standalone/server.js"), 'import "next";');
  writeFileSync(join(folder, "dist/index.js"), 'import "next";');
  expect(undeclaredImports(folder)).toEqual(["dist/index.js: next"]);
});

test("what npm has put beside the package is not the package's", () => {
  mkdirSync(join(folder, "node_modules/nested"), { recursive: true });
  writeFileSync(join(folder, "node_modules/nested/index.js"), 'import "whatever";');
  writeFileSync(join(folder, "dist/index.js"), 'import "next";');
  expect(undeclaredImports(folder)).toEqual(["dist/index.js: next"]);
});
