/** Holds every package.json of the workspace to the table in edges.js: `node tooling/lint/check-edges.js`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { bringsItsOwnTfjs, edges, hasSideEffects, published } from "./edges.js";
import { edgeOf, mayImport, rowName } from "./judge-edge.js";

/**
 * @typedef {{ name: string, private?: boolean, sideEffects?: unknown, dependencies?: Record<string, string>,
 *   devDependencies?: Record<string, string>, peerDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} Manifest
 */

/** Presets and checks that only development sees. */
const tooling = ["lint-config", "typescript-config", "vitest-config"];

/**
 * What a package's manifest says against the table.
 *
 * @param {Manifest} manifest
 * @returns {string[]} one sentence per violation.
 */
export function manifestViolations(manifest) {
  const { name } = manifest;
  const row = edges[rowName(name)];
  if (row === undefined) return [`${name} has no row in tooling/lint/edges.js.`];
  const violations = [];
  const runtime = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  };
  for (const dependency of Object.keys(runtime)) {
    const verdict = mayImport(name, edgeOf(dependency, name), { isTest: false, manner: "lazy" });
    if (verdict !== "allowed") violations.push(`${name} may not depend on ${dependency}.`);
  }
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (dependency.startsWith("@tensorflow/") && !bringsItsOwnTfjs.includes(rowName(name))) {
      violations.push(
        `${name} must name ${dependency} as a peer: two copies of tfjs do not know each other's layers.`,
      );
    }
  }
  const expected = hasSideEffects[rowName(name)] ?? false;
  if (
    published.includes(rowName(name)) &&
    JSON.stringify(manifest.sideEffects) !== JSON.stringify(expected)
  ) {
    violations.push(`${name} must have "sideEffects": ${JSON.stringify(expected)}.`);
  }
  for (const dependency of Object.keys(manifest.devDependencies ?? {})) {
    const edge = edgeOf(dependency, name);
    if (!dependency.startsWith("@convkit/") || edge.some((word) => tooling.includes(word))) continue;
    if (mayImport(name, edge, { isTest: true, manner: "lazy" }) !== "allowed") {
      violations.push(`${name} may not use ${dependency} in its tests.`);
    }
  }
  return violations;
}

/**
 * Packages that reach themselves through the table.
 *
 * @param {Record<string, import("./edges.js").Row>} table
 * @returns {string[]} one path `a → b → a` per cycle found.
 */
export function cycles(table) {
  /** @type {string[]} */
  const found = [];
  const finished = new Set();
  /** @param {string} name @param {string[]} path */
  function visit(name, path) {
    if (path.includes(name)) {
      found.push([...path.slice(path.indexOf(name)), name].join(" → "));
      return;
    }
    if (finished.has(name)) return;
    for (const next of [...table[name].may, ...(table[name].lazily ?? [])]) {
      if (next in table) visit(next, [...path, name]);
    }
    finished.add(name);
  }
  for (const name of Object.keys(table)) visit(name, []);
  return found;
}

/** @param {string} root of the workspace. @returns {Manifest[]} of packages/ and apps/. */
function readManifests(root) {
  return ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((folder) =>
      JSON.parse(readFileSync(join(root, parent, folder, "package.json"), "utf8")),
    ),
  );
}

/** @param {string} root of the workspace. @returns {string[]} one sentence per violation. */
export function workspaceViolations(root) {
  const manifests = readManifests(root);
  const rows = manifests.map(({ name }) => rowName(name));
  return [
    ...manifests.flatMap(manifestViolations),
    ...cycles(edges).map((path) => `Cycle: ${path}.`),
    ...Object.keys(edges)
      .filter((name) => !rows.includes(name))
      .map((name) => `The row ${name} has no package.`),
  ];
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const violations = workspaceViolations(fileURLToPath(new URL("../..", import.meta.url)));
  for (const violation of violations) console.error(violation);
  if (violations.length > 0) {
    console.error("The table stands in tooling/lint/edges.js and docs/architecture.md.");
    process.exitCode = 1;
  }
}
