import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { cycles, manifestViolations, workspaceViolations } from "./check-edges.js";
import { edges, published } from "./edges.js";

test("this workspace keeps to its table", () => {
  expect(workspaceViolations(fileURLToPath(new URL("../..", import.meta.url)))).toEqual([]);
});

test("a dependency that the row does not name is a violation, wherever it stands", () => {
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    const manifest = {
      name: "@convkit/schema",
      sideEffects: false,
      [kind]: { "@convkit/random": "workspace:*" },
    };
    expect(manifestViolations(manifest)).toEqual(["@convkit/schema may not depend on @convkit/random."]);
  }
  expect(
    manifestViolations({ name: "@convkit/random", sideEffects: false, dependencies: { lodash: "4.17.21" } }),
  ).toEqual(["@convkit/random may not depend on lodash."]);
});

test("tests may use what the row grants them, and no more", () => {
  const dev = (/** @type {string} */ name) => ({
    name: "@convkit/tfjs-backend-native",
    sideEffects: ["./dist/register.js"],
    devDependencies: { [name]: "workspace:*" },
  });
  expect(manifestViolations(dev("@convkit/random"))).toEqual([]);
  expect(manifestViolations(dev("@convkit/lint-config"))).toEqual([]);
  expect(manifestViolations(dev("@convkit/trainer"))).toEqual([
    "@convkit/tfjs-backend-native may not use @convkit/trainer in its tests.",
  ]);
});

test("tfjs is a peer, except where nobody depends on the package", () => {
  const dependencies = { "@tensorflow/tfjs": "4.22.0" };
  const sideEffects = false;
  expect(manifestViolations({ name: "@convkit/ops", sideEffects, dependencies })).toHaveLength(1);
  expect(manifestViolations({ name: "@convkit/ops", sideEffects, peerDependencies: dependencies })).toEqual(
    [],
  );
  expect(manifestViolations({ name: "convkit", sideEffects, dependencies })).toEqual([]);
});

test("what is published declares no side effects but the registration's", () => {
  expect(manifestViolations({ name: "@convkit/ops" })).toEqual([
    '@convkit/ops must have "sideEffects": false.',
  ]);
  expect(manifestViolations({ name: "@convkit/tfjs-backend-native", sideEffects: false })).toEqual([
    '@convkit/tfjs-backend-native must have "sideEffects": ["./dist/register.js"].',
  ]);
});

test("a package without a row is a violation", () => {
  expect(manifestViolations({ name: "@convkit/novel" })).toEqual([
    "@convkit/novel has no row in tooling/lint/edges.js.",
  ]);
});

test("a cycle is spelled out, through lazy edges too", () => {
  const table = {
    a: { may: ["b"] },
    b: { may: ["tfjs"], lazily: ["c"] },
    c: { may: ["a"] },
    d: { may: ["a"] },
  };
  expect(cycles(table)).toEqual(["a → b → c → a"]);
  expect(cycles({ a: { may: ["b"] }, b: { may: [] } })).toEqual([]);
});

test("docs/architecture.md shows this table", () => {
  const document = readFileSync(new URL("../../docs/architecture.md", import.meta.url), "utf8");
  const spoken = { node: "Node", npm: "third-party packages" };
  const words = (/** @type {string[]} */ row) => row.map((word) => spoken[word] ?? word).join(", ");
  const shown = Object.fromEntries(
    [...document.matchAll(/^\| (\S+) +\| (.+?) +\|$/gm)].map((match) => [match[1], match[2]]),
  );
  for (const [name, { may, lazily, tests }] of Object.entries(edges)) {
    const parts = [words(may)];
    if (lazily) parts.push(`${words(lazily)} lazily`);
    if (tests) parts.push(`${words(tests)} in its tests`);
    const everything = `${words(published)}, `;
    expect
      .soft(shown[name], name)
      .toBe(parts.join("; ").replace(everything, "anything published, ") || "nothing");
  }
});
